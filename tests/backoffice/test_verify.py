"""Each invariant holds in an honest installation and notices the one thing that it watches for."""

from __future__ import annotations

import pytest

from tests.cast import World
from valera.backoffice.queries import INVARIANTS
from valera.backoffice.verify import verify
from valera.kit.db import Database

# What breaks an invariant: constraints that stand in the way are dropped first, as a careless operator or a bug would have to.
BREAK: dict[str, str] = {
    "an update is stored once": """
        insert into telegram_update_conflicts (account_id, bot_id, update_id, body_hash, peer_id, kind, body)
        select account_id, bot_id, update_id, body_hash, peer_id, kind, body from telegram_updates limit 1""",
    "a client's message comes from an update": "update messages set update_id = 987654 where role = 'user'",
    "an update becomes one message": """
        drop index messages_update;
        delete from telegram_update_conflicts;
        insert into messages (account_id, chat_id, role, content, bot_id, update_id)
        select account_id, chat_id, role, content, bot_id, update_id from messages where role = 'user' limit 1""",
    "messages stand in the order of ingest": """
        insert into telegram_updates (account_id, bot_id, update_id, peer_id, kind, body, body_hash, done_at)
        select account_id, bot_id, n, peer_id, kind, body, body_hash, now()
          from telegram_updates u, generate_series(5001, 5002) n where u.account_id = (select min(id) from accounts) order by n;
        insert into messages (account_id, chat_id, role, content, bot_id, update_id)
        select account_id, chat_id, 'user', '', bot_id, n from messages m, (values (5002), (5001)) v (n)
         where m.role = 'user' and m.account_id = (select min(id) from accounts) order by n desc""",
    "a burst has one turn, and a turn answers something": """
        insert into turns (account_id, chat_id, state) select account_id, id, 'done' from chats limit 1""",
    "a turn that is done says one thing": """
        with t as (insert into turns (account_id, chat_id, state) select account_id, id, 'done' from chats limit 1 returning account_id, id)
        update messages m set turn_id = t.id from t where m.account_id = t.account_id and m.role = 'user'""",
    "an effect happens once": """
        alter table turn_steps drop constraint turn_steps_account_id_turn_id_effect_key_key;
        insert into turn_steps (account_id, turn_id, step_no, round, kind, effect_key, content)
        select account_id, id, n, 1, 'tool', 'hold_slot:1', '{}' from (select * from turns limit 1) t, generate_series(90, 91) n""",
    "a delivery has its finished turn or its author": """
        with t as (insert into turns (account_id, chat_id, state) select account_id, id, 'waiting' from chats limit 1 returning *)
        insert into deliveries (account_id, chat_id, bot_id, telegram_chat_id, text, turn_id)
        select t.account_id, c.id, c.bot_id, 1, 'x', t.id from t join chats c on (c.account_id, c.id) = (t.account_id, t.chat_id)""",
    "a booking has the client's confirmation or a member's": "delete from booking_events where event = 'confirmed'",
    "a booking is confirmed once": """
        insert into booking_events (account_id, booking_id, event, actor, revision, member_id)
        select account_id, booking_id, 'confirmed', 'member', 9, (select min(id) from memberships m where m.account_id = e.account_id)
          from booking_events e where event = 'confirmed' limit 1""",
    "every change of a booking is told, and the last one tells its state": "update bookings set revision = revision + 1",
    "a bay holds one car at a time": """
        alter table bookings drop constraint bookings_no_overlap;
        insert into bookings (account_id, bay_id, chat_id, status, during, hold_expires_at)
        select account_id, bay_id, chat_id, 'held', during, now() + interval '1 hour' from bookings where status = 'confirmed' limit 1""",
    "booking numbers are dense": "update bookings set number = number + 1 where number is not null",
    "no update is stuck": "update telegram_updates set done_at = null, received_at = now() - interval '2 minutes'",
    "no turn is stuck": """
        update turns set state = 'running', leased_until = now() - interval '2 minutes' where id = (select min(id) from turns)""",
    "no delivery is stuck": """
        update deliveries set state = 'sending', leased_until = now() - interval '2 minutes'
         where id = (select min(id) from deliveries)""",
    "no file is forgotten": """
        update attachments set state = 'waiting', due_at = now() - interval '11 minutes' where id = (select min(id) from attachments)""",
    "a message shows how its files stand": """
        update messages m set attachments = jsonb_build_array(jsonb_build_object('kind', 'photo', 'file_id', a.file_id, 'state', 'waiting'))
          from attachments a where a.message_id = m.id""",
    "no hold outlives its time": """
        insert into bookings (account_id, bay_id, status, during, hold_expires_at)
        select account_id, id, 'held', '[2031-01-01 10:00Z,2031-01-01 11:00Z)', now() - interval '2 minutes' from bays limit 1""",
    "a reminder that was said has its turn, and a turn reminds once": "update turns set trigger = 'reminder'",
    "no job is stuck": "update jobs.pgqueuer set execute_after = now() - interval '6 minutes'",
    "no client is forgotten": "update messages set turn_id = null, created_at = now() - interval '6 minutes' where role = 'user'",
    "a reservation belongs to a running turn": """
        alter table turns drop constraint turns_check;
        update turns set reserved = 1 where id = (select min(id) from turns)""",
    "a turn costs what its steps cost": """
        update turns set charged_on = '2026-11-20', finished_at = now(), input_tokens = 5 where id = (select min(id) from turns)""",
    "a day's costs hold those of all its turns": """
        update turns set charged_on = current_date, cost = 1 where id = (select min(id) from turns)""",
    "a budget is compared with all that was used": "update spending set spent = 7 where period = 'month'",
}


async def broken(db: Database) -> set[str]:
    return {finding.invariant for finding in await verify(db) if finding.breaches}


def test_every_invariant_is_tried() -> None:
    assert BREAK.keys() == INVARIANTS.keys()


async def test_empty_installation_is_sound(db: Database) -> None:
    assert await broken(db) == set()


@pytest.mark.parametrize("invariant", INVARIANTS)
async def test_breach_is_found_and_named(db: Database, world: World, invariant: str) -> None:
    owner = await db.connect(role="valera_owner")
    before = await broken(db)

    await owner.execute(BREAK[invariant])

    found = {finding.invariant: finding for finding in await verify(db) if finding.breaches}
    await owner.close()
    assert invariant not in before
    assert invariant in found
    assert found[invariant].breaches[0].account_id in {world.garage.account_id, world.rival.account_id}
    assert found[invariant].tell().startswith("BROKEN")
