"""Whoever looks after bots: webhooks point here, polled bots are polled by one process, and the team hears what is wrong."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from tests.telegram.bots.stage import HERE, VAULT, Stage, until
from valera.accounts.notice import NoticeKind
from valera.kit.secrets import Secret
from valera.reception.polling import queries
from valera.telegram.bots.webhook import webhook_secret
from valera.telegram.update_kinds import ALLOWED_UPDATES

# ---- webhooks -----------------------------------------------------------------------------------


async def has_webhook(stage: Stage) -> bool:
    return stage.bot.url == f"{HERE}/telegram/{stage.garage.webhook_key}"


async def test_every_bots_webhook_points_here_and_says_what_it_wants(stage: Stage) -> None:
    stage.start_keeper(HERE)
    await until(lambda: has_webhook(stage))
    await until(lambda: _count(stage, "setWebhook", 2))

    assert stage.rival_bot.url == f"{HERE}/telegram/{stage.rival.webhook_key}"
    assert (stage.bot.allowed_updates, stage.bot.max_connections) == (list(ALLOWED_UPDATES), 40)
    assert stage.bot.secret != stage.rival_bot.secret
    assert await stage.kinds() == set()


async def _count(stage: Stage, method: str, number: int) -> bool:
    return stage.telegram.count(method) >= number


async def _once_more(stage: Stage) -> None:
    """Until the garage's bot has been looked at from the beginning once more."""
    before = stage.bot.looks
    await stage.poke(stage.garage.bot_id)
    await until(lambda: _looks(stage, before + 1))


async def _looks(stage: Stage, number: int) -> bool:
    return stage.bot.looks >= number


async def test_a_foreign_webhook_is_not_stolen_and_told(stage: Stage) -> None:
    stage.bot.url = "https://n8n.example.org/webhook/7/SECRET-PATH"
    stage.start_keeper(HERE)

    await until(lambda: _has(stage, NoticeKind.USED_ELSEWHERE))

    [notice] = await stage.notices()
    assert stage.bot.url.startswith("https://n8n.")
    assert "n8n.example.org" in notice.explain("ru")[1]
    assert "SECRET-PATH" not in repr(notice)
    assert await stage.notices(stage.rival) == []

    stage.bot.url = ""  # it was removed there
    await _once_more(stage)
    await until(lambda: has_webhook(stage))
    await _once_more(stage)
    await until(lambda: _has_none(stage))


async def _has(stage: Stage, kind: NoticeKind) -> bool:
    return kind in await stage.kinds()


async def _has_none(stage: Stage) -> bool:
    return await stage.kinds() == set()


@pytest.mark.parametrize("drift", ["removed", "another address of ours", "other updates"])
async def test_our_webhook_is_set_again_and_the_team_hears_of_it(stage: Stage, drift: str) -> None:
    stage.start_keeper(HERE)
    await until(lambda: has_webhook(stage))
    await _once_more(stage)

    if drift == "removed":
        stage.bot.url = ""
    elif drift == "other updates":
        stage.bot.allowed_updates = ["message"]
    else:
        stage.bot.url = f"https://before.example.org/telegram/{stage.garage.webhook_key}"
    await _once_more(stage)
    await until(lambda: _has(stage, NoticeKind.WEBHOOK_CHANGED))

    assert await has_webhook(stage)
    assert stage.bot.allowed_updates == list(ALLOWED_UPDATES)
    await _once_more(stage)
    await until(lambda: _has_none(stage))


@pytest.mark.parametrize("trouble", ["error", "queue"])
async def test_updates_that_do_not_arrive_are_told_until_they_do(stage: Stage, trouble: str) -> None:
    stage.start_keeper(HERE)
    await until(lambda: has_webhook(stage))
    if trouble == "error":
        stage.bot.error = "SSL error {error:0A000086:SSL routines::certificate verify failed}"
    else:
        for number in range(21):
            stage.bot.put(600 + number)
    await _once_more(stage)
    await until(lambda: _has(stage, NoticeKind.WEBHOOK_FAILING))

    [notice] = await stage.notices()
    assert ("сертификат" in notice.explain("ru")[1]) == (trouble == "error")
    assert notice.explain("en")[1]

    stage.bot.error = ""
    stage.bot.queue.clear()
    await _once_more(stage)
    await until(lambda: _has_none(stage))


async def test_a_token_that_is_refused_pauses_its_bot_until_it_is_taken_again(stage: Stage) -> None:
    stage.telegram.bots.pop(stage.bot.token)
    stage.start_keeper(HERE)
    await until(lambda: _has(stage, NoticeKind.TOKEN_REVOKED))

    assert await stage.owner.fetchval("select state from bots where id = $1", stage.garage.bot_id) == "paused"
    await until(lambda: _count(stage, "setWebhook", 1))  # the other shop's is not held up

    stage.telegram.bots[stage.bot.token] = stage.bot
    await stage.poke(stage.garage.bot_id)
    await until(lambda: _has_none(stage))
    assert await stage.owner.fetchval("select state from bots where id = $1", stage.garage.bot_id) == "active"


async def test_telegram_that_is_not_there_yet_is_asked_again_soon_and_quietly(stage: Stage) -> None:
    stage.telegram.refuses["getWebhookInfo"] = (502, "Bad Gateway")
    with capture_logs() as said:
        stage.start_keeper(HERE)
        await until(lambda: _count(stage, "getWebhookInfo", 4))
        stage.telegram.refuses.clear()
        await until(lambda: has_webhook(stage))

    assert {line["log_level"] for line in said if line["event"] == "bot_not_watched"} == {"info"}


async def test_a_token_that_does_not_open_holds_up_no_other_bot(stage: Stage) -> None:
    await stage.owner.execute("update bots set token = 'nonsense' where id = $1", stage.garage.bot_id)
    stage.start_keeper(HERE)

    await until(lambda: _count(stage, "setWebhook", 1))
    assert stage.rival_bot.url


# ---- polling ------------------------------------------------------------------------------------


async def test_without_an_address_bots_are_polled_and_nothing_comes_twice(stage: Stage) -> None:
    stage.start_keeper(None)
    for number in range(601, 604):
        stage.bot.put(number)
    await until(lambda: _stored(stage, 3))
    stage.bot.put(604)
    await until(lambda: _stored(stage, 4))

    assert await stage.stored() == [601, 602, 603, 604]
    assert await stage.stored(stage.rival) == []
    assert stage.bot.allowed_updates == list(ALLOWED_UPDATES)
    assert stage.telegram.count("setWebhook") == 0


async def _stored(stage: Stage, number: int) -> bool:
    return len(await stage.stored()) >= number


async def test_the_offset_moves_after_the_commit(stage: Stage) -> None:
    stage.bot.put(601)
    stage.start_keeper(None)
    await until(lambda: _stored(stage, 1))
    await until(lambda: _is_empty(stage))

    offsets = [params.get("offset") for method, params in stage.telegram.calls if method == "getUpdates"]
    assert offsets.count(602) >= 1
    assert {offset for offset in offsets if offset is not None} == {602}


async def _is_empty(stage: Stage) -> bool:
    return not stage.bot.queue


async def test_what_could_not_be_stored_is_asked_for_again(stage: Stage) -> None:
    await stage.owner.execute("alter table telegram_updates add constraint closed check (update_id < 600 or update_id > 700)")
    stage.bot.put(601)
    stage.bot.put(602)
    stage.start_keeper(None)
    await until(lambda: _polls(stage, 2))
    assert set(stage.bot.queue) == {601, 602}

    await stage.owner.execute("alter table telegram_updates drop constraint closed")
    await until(lambda: _stored(stage, 2))
    assert sorted(await stage.stored()) == [601, 602]  # the door may have opened between both


async def _polls(stage: Stage, number: int) -> bool:
    return stage.bot.polls >= number


async def test_an_update_that_was_stored_and_not_confirmed_is_recognised(stage: Stage) -> None:
    """As after kill -9 between the commit and the next request."""
    stage.bot.put(601)
    key = stage.garage.webhook_key
    assert await stage.post(f"/telegram/{key}", stage.bot.queue[601], webhook_secret(VAULT, key).reveal().encode()) == 200
    stage.start_keeper(None)
    await until(lambda: _is_empty(stage))

    assert await stage.stored() == [601]
    assert await stage.conflicts() == 0


async def test_one_process_polls_and_the_next_takes_over(stage: Stage) -> None:
    first = stage.start_keeper(None)
    await until(lambda: _polls(stage, 1))
    stage.start_keeper(None)
    await asyncio.sleep(1.2)  # the second has asked for the lock
    assert stage.bot.polls == 1

    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await until(lambda: _polls(stage, 2))
    stage.bot.put(601)
    await until(lambda: _stored(stage, 1))


async def test_a_holder_whose_connection_is_cut_stops_polling(stage: Stage) -> None:
    """And somebody takes over: here itself, with a new connection."""
    stage.start_keeper(None)
    await until(lambda: _polls(stage, 1))
    await stage.owner.execute("set role none")
    cut = await stage.owner.fetchval(
        "select count(pg_terminate_backend(pid)) from pg_locks where locktype = 'advisory' and classid = 2 and objsubid = 2"
    )
    await until(lambda: _polls(stage, 2))
    stage.bot.put(601)
    await stage.owner.execute("set role valera_owner")
    await until(lambda: _stored(stage, 1))

    assert cut == 1


async def test_ours_is_taken_away_before_polling_and_a_foreign_webhook_is_not(stage: Stage) -> None:
    stage.bot.url = f"https://before.example.org/telegram/{stage.garage.webhook_key}"
    stage.rival_bot.url = "https://n8n.example.org/webhook/7"
    stage.start_keeper(None)
    await until(lambda: _polls(stage, 1))
    await until(lambda: _rival_has_notice(stage))

    assert stage.bot.url == ""
    assert stage.rival_bot.url == "https://n8n.example.org/webhook/7"
    assert stage.rival_bot.polls == 0


async def _rival_has_notice(stage: Stage) -> bool:
    return bool(await stage.notices(stage.rival))


async def test_a_webhook_that_appears_while_polling_is_seen(stage: Stage) -> None:
    stage.start_keeper(None)
    await until(lambda: _polls(stage, 1))
    foreign = Secret("whatever")
    await stage.bot_api.set_webhook(Secret(stage.bot.token), url="https://n8n.example.org/x", secret=foreign, allowed_updates=["message"])

    await until(lambda: _has(stage, NoticeKind.USED_ELSEWHERE))
    assert stage.bot.url == "https://n8n.example.org/x"


async def test_another_program_that_polls_is_told_of(stage: Stage) -> None:
    stage.telegram.refuses["getUpdates"] = (409, "Conflict: terminated by other getUpdates request; make sure that only one …")
    stage.start_keeper(None)
    for _ in range(6):
        before = stage.telegram.count("getUpdates")
        await until(lambda before=before: _count(stage, "getUpdates", before + 1))
        await stage.poke(stage.garage.bot_id)
        if await _has(stage, NoticeKind.POLLED_ELSEWHERE):
            break
        await asyncio.sleep(0.05)

    await until(lambda: _has(stage, NoticeKind.POLLED_ELSEWHERE))


async def test_a_bot_that_comes_while_it_runs_is_looked_after_at_once(stage: Stage) -> None:
    await stage.owner.execute("update bots set state = 'removed', token = '' where id = $1", stage.garage.bot_id)
    stage.start_keeper(None)
    await until(lambda: _rival_polls(stage))
    assert stage.bot.polls == 0

    await stage.owner.execute("update bots set state = 'active', token = 'nonsense' where id = $1", stage.garage.bot_id)
    with capture_logs() as said:
        await stage.poke(stage.garage.bot_id)
        async with asyncio.timeout(4):  # sooner than the list is read again
            while not any(line["event"] == "bot_not_watched" for line in said):
                await asyncio.sleep(0.02)


async def _rival_polls(stage: Stage) -> bool:
    return stage.rival_bot.polls > 0


async def test_a_holder_that_falls_silent_loses_the_lock(stage: Stage) -> None:
    """A process that is stuck, or a host that is gone: PostgreSQL ends what nothing is heard from."""
    stuck, other = await stage.db.connect(), await stage.db.connect()
    await queries.end_when_silent(stuck, seconds=1)
    assert await queries.try_lock(stuck)
    assert not await queries.try_lock(other)

    await until(lambda: queries.try_lock(other))
    stuck.terminate()
    other.terminate()
