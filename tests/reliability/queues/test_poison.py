"""Work that fails whoever takes it: three tries, then it is put aside, and the chat goes on. Also where it leaves nobody to count."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.reception.stage import CLIENT, Stage
from valera.kit.db import DatabaseUnavailable
from valera.reception.intake import DEADLY_AFTER, POISON_AFTER
from valera.reception.turn import MAX_CLAIMS

DEADLY = "да"
"""A plain yes is looked up with the clock's time; `deadly_intake` has a clock that ends its process."""

EXPIRE = "update mailboxes set leased_until = now() - interval '1 ms' where leased_until is not null"


@pytest.fixture(autouse=True)
async def quiet(stage: Stage) -> None:
    """What the cast left is done with."""
    await stage.owner.execute("update mailboxes set due_at = null; update turns set state = 'done'; update deliveries set state = 'sent'")


async def take_in_or_die(stage: Stage) -> int:
    """One worker process claims what is due and takes it in, with a clock that kills it. Its exit code."""
    program = Path(__file__).with_name("deadly_intake.py")
    process = await asyncio.create_subprocess_exec(sys.executable, str(program), stage.db.url)
    code = await asyncio.wait_for(process.wait(), 60)
    await stage.owner.execute(EXPIRE)
    return code


@pytest.mark.timeout(240)
async def test_update_that_kills_its_worker_is_parked_and_the_chat_goes_on(stage: Stage) -> None:
    for text in ("раз", "раз-раз", DEADLY, "два"):
        await stage.write(text)
    deaths = 0
    while await take_in_or_die(stage) != 0:
        deaths += 1
        assert deaths <= DEADLY_AFTER

    await stage.take_in()

    assert deaths == DEADLY_AFTER
    assert await stage.messages() == [("user", "раз"), ("user", "раз-раз"), ("user", "два")]
    [parked] = await stage.rows("select body from quarantined_updates where reason = 'could not be taken in'")
    assert DEADLY in parked["body"].decode()
    assert await stage.owner.fetchval("select failures from mailboxes where peer_id = $1", CLIENT) == 0


async def test_lease_that_ran_out_makes_suspicious_until_the_mailbox_is_empty(stage: Stage) -> None:
    await stage.write("раз")
    await stage.write("два")
    [first] = await stage.claim_mailboxes()
    await stage.owner.execute(EXPIRE)

    [second] = await stage.claim_mailboxes()
    taken = await stage.intake.take_in(second)

    assert (first.failures, second.failures) == (0, 1)
    assert taken.more  # one by one
    assert await stage.owner.fetchval("select failures from mailboxes where peer_id = $1", CLIENT) == 1
    await stage.take_in()
    assert await stage.owner.fetchval("select failures from mailboxes where peer_id = $1", CLIENT) == 0
    assert await stage.messages() == [("user", "раз"), ("user", "два")]


async def test_leases_that_run_out_before_anything_is_tried_park_nothing(stage: Stage) -> None:
    """Workers that are killed, or starved of connections, between claim and work: whatever it was, it was not the update."""
    await stage.write("раз")
    for _ in range(3 * POISON_AFTER):
        assert len(await stage.claim_mailboxes()) == 1
        await stage.owner.execute(EXPIRE)

    await stage.take_in()

    assert await stage.messages() == [("user", "раз")]


async def test_tries_that_ended_with_their_worker_park_no_innocent_update(stage: Stage) -> None:
    """As in a storm of kill -9, or where workers are too slow for their leases (found by the chaos run: 50 good messages were parked)."""
    await stage.write("раз")
    for _ in range(POISON_AFTER):
        assert len(await stage.claim_mailboxes()) == 1
        await stage.owner.execute("update mailboxes set failures = failures + 1 where failures > 0")  # a try was begun
        await stage.owner.execute(EXPIRE)

    await stage.take_in()

    assert await stage.messages() == [("user", "раз")]


async def test_database_that_goes_away_counts_for_nothing(stage: Stage) -> None:
    await stage.write("раз")
    for _ in range(3 * POISON_AFTER):
        [claim] = await stage.claim_mailboxes()
        await stage.intake.give_back(claim)  # as the worker does at DatabaseUnavailable

    [claim] = await stage.claim_mailboxes()
    await stage.intake.take_in(claim)

    assert claim.failures == 0
    assert await stage.messages() == [("user", "раз")]


async def test_turn_whose_workers_die_ends_with_an_apology_and_a_person(stage: Stage) -> None:
    await stage.write("раз")
    await stage.take_in()
    for _ in range(MAX_CLAIMS):
        assert len(await stage.claim_turns()) == 1
        await stage.owner.execute("update turns set leased_until = now() - interval '1 ms' where state = 'running'")

    await stage.run_turns()

    assert await stage.turn_states() == ["failed"]
    assert len(await stage.said()) == 1
    assert await stage.owner.fetchval("select human_called_at is not null from chats where id = $1", await stage.chat_id())


async def test_turn_that_the_database_left_alone_is_tried_again(stage: Stage) -> None:
    stage.script.answers = [DatabaseUnavailable("gone"), "Здравствуйте!"]
    await stage.write("раз")
    await stage.take_in()
    [claim] = await stage.claim_turns()
    with pytest.raises(DatabaseUnavailable):
        await stage.turns.run_turn(claim)
    await stage.turns.release(claim, is_failure=False)
    await stage.owner.execute("update turns set leased_until = now() - $1::interval where state = 'running'", timedelta(seconds=1))

    await stage.run_turns()

    assert await stage.said() == ["Здравствуйте!"]
