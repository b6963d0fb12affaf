"""Hop 2: updates become messages, in order, once; and it is decided whether a turn is due."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.reception.stage import CLIENT, Stage
from tests.reception.webhook import encoded, message_update
from valera.kit.db import account_scope
from valera.reception.ingest_queries import store_updates
from valera.reception.intake import Settling
from valera.reception.lease import LeaseLost
from valera.telegram.update import read_envelope


async def test_messages_stand_in_the_order_of_ingest(stage: Stage) -> None:
    for text in ("раз", "два", "три"):
        await stage.write(text)

    await stage.take_in()

    assert await stage.messages() == [("user", "раз"), ("user", "два"), ("user", "три")]
    assert await stage.turn_states() == ["waiting"]


async def test_first_message_makes_client_person_chat_and_event(stage: Stage) -> None:
    await stage.write("привет")

    await stage.take_in()

    [row] = await stage.rows(
        "select c.name, u.first_name, u.language, h.status from chats h join clients c on c.id = h.client_id"
        " join telegram_users u on u.telegram_id = c.telegram_user_id where h.telegram_chat_id = $1",
        CLIENT,
    )
    assert tuple(row) == ("Вера", "Вера", "ru", "assistant")
    assert [
        row["event_type"]
        for row in await stage.rows("select event_type from analytics_events where properties ->> 'chat' = $1", str(await stage.chat_id()))
    ] == ["dialogue_started"]


async def test_same_mailbox_taken_twice_makes_no_second_message(stage: Stage) -> None:
    await stage.write("раз")
    [claim] = await stage.claim_mailboxes()
    await stage.intake.take_in(claim)
    await stage.owner.execute("update telegram_updates set done_at = null where peer_id = $1", CLIENT)
    await stage.owner.execute("update mailboxes set due_at = now() where peer_id = $1", CLIENT)

    await stage.take_in()

    assert await stage.messages() == [("user", "раз")]


async def test_update_that_commits_while_the_mailbox_is_released_is_not_forgotten(stage: Stage) -> None:
    await stage.write("рано")
    [claim] = await stage.claim_mailboxes()
    late = await stage.db.connect(role="valera_ingest")
    body = encoded(message_update("поздно", user=CLIENT))
    envelope = read_envelope(body)
    transaction = late.transaction()
    await transaction.start()
    row = (stage.shop.account_id, stage.shop.bot_id, envelope.update_id, envelope.peer_id, envelope.kind, body, None)
    await store_updates(late, [row])

    taking = asyncio.create_task(stage.intake.take_in(claim))
    await asyncio.sleep(0.3)
    assert not taking.done()  # it waits for the mailbox
    await transaction.commit()
    taken = await taking
    await stage.take_in()
    await late.close()

    assert taken.more
    assert await stage.messages() == [("user", "рано"), ("user", "поздно")]


async def test_stale_lease_writes_nothing(stage: Stage) -> None:
    await stage.write("раз")
    [stale] = await stage.claim_mailboxes()
    await stage.owner.execute("update mailboxes set leased_until = now() - interval '1 second' where peer_id = $1", CLIENT)
    [fresh] = await stage.claim_mailboxes()

    with pytest.raises(LeaseLost):
        await stage.intake.take_in(stale)
    assert await stage.messages() == []
    await stage.intake.take_in(fresh)

    assert await stage.messages() == [("user", "раз")]


async def test_burst_settles_into_one_turn_and_not_for_ever(stage: Stage) -> None:
    stage.settling = Settling(quiet=timedelta(seconds=60), most=timedelta(seconds=300))
    await stage.write("раз")
    await stage.take_in()
    [first] = await stage.rows("select extract(epoch from due_at - now()) as wait, settle_until from turns where state = 'waiting'")
    await stage.owner.execute("update turns set settle_until = now() + interval '40 seconds' where state = 'waiting'")
    await stage.write("два")
    await stage.take_in()
    [second] = await stage.rows("select extract(epoch from due_at - now()) as wait from turns where state = 'waiting'")

    assert 40 < first["wait"] <= 60
    assert second["wait"] <= 40
    assert await stage.claim_turns() == []


async def test_intake_does_not_wait_for_a_running_turn(stage: Stage) -> None:
    await stage.write("раз")
    await stage.take_in()
    assert len(await stage.claim_turns()) == 1

    await stage.write("два")
    await stage.take_in()

    assert await stage.messages() == [("user", "раз"), ("user", "два")]
    assert await stage.turn_states() == ["running", "waiting"]


async def test_human_chat_gets_messages_and_no_turn(stage: Stage) -> None:
    await stage.write("раз")
    await stage.take_in()
    await stage.owner.execute("update chats set status = 'human' where telegram_chat_id = $1", CLIENT)
    await stage.owner.execute("delete from turns where state = 'waiting'")
    await stage.write("два")

    await stage.take_in()

    assert await stage.messages() == [("user", "раз"), ("user", "два")]
    assert await stage.turn_states() == []


async def test_conflicting_body_is_taken_in_too(stage: Stage) -> None:
    await stage.receive(message_update("раз", user=CLIENT, update_id=83_001))
    await stage.take_in()
    await stage.receive(message_update("два", user=CLIENT, update_id=83_001))

    await stage.take_in()

    assert await stage.messages() == [("user", "раз"), ("user", "два")]
    assert await stage.owner.fetchval("select count(*) from telegram_update_conflicts where update_id = 83001 and done_at is not null") == 1


async def test_poison_update_is_parked_after_three_tries_and_the_chat_goes_on(stage: Stage) -> None:
    await stage.owner.execute("reset role")
    await stage.owner.execute("set role valera_owner")
    await stage.owner.execute("alter table messages add constraint poison check (content <> 'яд')")
    await stage.write("яд")
    await stage.write("после")
    tries = 0
    for _ in range(6):
        await stage.owner.execute("update mailboxes set due_at = now() where due_at is not null")
        for claim in await stage.claim_mailboxes():
            try:
                await stage.intake.take_in(claim)
            except Exception:  # noqa: BLE001  (what the worker's lane does)
                tries += 1
                await stage.intake.count_failure(claim)

    assert tries == 3
    assert await stage.messages() == [("user", "после")]
    [parked] = await stage.rows(
        "select reason, body from quarantined_updates where account_id = $1 and reason = 'could not be taken in'", stage.shop.account_id
    )
    assert "яд" in parked["body"].decode()


async def test_rival_sees_nothing_of_what_was_taken_in(stage: Stage, world: object) -> None:
    await stage.write("секрет гаража")
    await stage.take_in()

    with account_scope(world.rival.account_id):  # type: ignore[attr-defined]
        async with stage.db.account_tx() as tx:
            seen = await tx.connection.fetch("select content from messages")

    assert "секрет гаража" not in [row["content"] for row in seen]
