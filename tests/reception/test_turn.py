"""Hops 3 to 5: one turn answers everything, once, whatever dies or changes hands meanwhile."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.reception.stage import CLIENT, Stage
from valera.assistant.chain.ask import Question, ask
from valera.assistant.errors import CapReached, ModelError
from valera.assistant.loop import Caps
from valera.chats.chat import answer, hand_back, take_over
from valera.kit.db import NetworkCallInTransaction, account_scope
from valera.reception import turn_queries as queries
from valera.reception.lease import LeaseLost

FIND_TOMORROW = [("find_slots", {"when": "завтра в 11", "service": "Бампер"})]


async def free(stage: Stage) -> None:
    """As if the worker had died a while ago."""
    await stage.owner.execute("update turns set leased_until = now() - interval '1 second' where state = 'running'")


async def slot_id(stage: Stage) -> str:
    key = await stage.owner.fetchval("select key from slot_offers where chat_id = $1 order by id limit 1", await stage.chat_id())
    assert key is not None, "no slot was offered"
    return key


async def test_a_burst_is_answered_by_one_turn(stage: Stage) -> None:
    stage.script.answers = ["Здравствуйте. Чем помочь?"]

    said = await stage.hear("Здравствуйте", "у меня вопрос", "по машине")

    assert said == ["Здравствуйте. Чем помочь?"]
    assert stage.script.asked() == ["Здравствуйте", "у меня вопрос", "по машине"]
    assert await stage.turn_states() == ["done"]
    [event] = await stage.rows("select properties from analytics_events where event_type = 'answered'")
    assert event["properties"]["duration_ms"] >= 0


async def test_next_turn_knows_what_was_said_and_done(stage: Stage) -> None:
    stage.script.answers = [[("my_bookings", {})], "Записей у вас пока нет.", "Пожалуйста."]
    await stage.hear("есть записи?")

    await stage.hear("спасибо")

    shown = repr(stage.script.seen[-1])
    assert stage.script.asked() == ["есть записи?", "спасибо"]
    assert "Записей у вас пока нет." in shown
    assert "'bookings': []" in shown


async def test_after_a_crash_the_journal_is_read_instead_of_asking_again(stage: Stage) -> None:
    stage.script.answers = [[("my_bookings", {})], RuntimeError("the worker dies here")]
    with pytest.raises(RuntimeError):
        await stage.hear("есть записи?")
    await free(stage)
    stage.script.answers = ["Записей у вас пока нет."]

    await stage.run_turns()

    assert await stage.said() == ["Записей у вас пока нет."]
    assert len(stage.script.seen) == 3  # the first answer, the death, the last answer
    steps = await stage.rows(
        "select kind from turn_steps s join turns t on t.id = s.turn_id join chats c on c.id = t.chat_id"
        " where c.telegram_chat_id = $1 order by step_no",
        CLIENT,
    )
    assert [row["kind"] for row in steps] == ["model", "tool", "model"]


async def test_an_effect_is_not_repeated_after_a_crash_nor_in_a_new_round(stage: Stage) -> None:
    async def writes_again() -> None:
        await stage.write("и ещё вопрос")
        await stage.take_in()

    stage.script.answers = [FIND_TOMORROW, RuntimeError("dies")]
    with pytest.raises(RuntimeError):
        await stage.hear("запишите на завтра в 11")
    key = await slot_id(stage)
    stage.script.answers = [[("hold_slot", {"slot_id": key})], RuntimeError("dies after the hold")]
    await free(stage)
    with pytest.raises(RuntimeError):
        await stage.run_turns()
    await free(stage)
    stage.script.answers = ["Подтвердите, пожалуйста.", [("hold_slot", {"slot_id": key})], "Подтвердите, пожалуйста, и задайте вопрос."]
    stage.script.meanwhile = writes_again

    await stage.run_turns()

    holds = await stage.rows("select status from bookings where chat_id = $1", await stage.chat_id())
    assert [row["status"] for row in holds] == ["held"]
    assert await stage.said() == ["Подтвердите, пожалуйста, и задайте вопрос."]
    assert stage.script.asked() == ["запишите на завтра в 11", "и ещё вопрос"]


async def test_client_who_writes_again_restarts_the_turn_twice_at_most(stage: Stage) -> None:
    async def writes(text: str) -> None:
        await stage.write(text)
        await stage.take_in()

    rounds = 0
    original = stage.script.__call__

    async def one_more() -> None:
        nonlocal rounds
        rounds += 1
        if rounds < 5:
            stage.script.meanwhile = one_more
            await writes(f"ещё {rounds}")

    stage.script.meanwhile = one_more
    stage.script.answers = ["Хорошо.", "Ясно.", "Понял.", "Да.", "Нет."]
    await stage.write("начало")
    await stage.take_in()
    [claim] = await stage.claim_turns()
    await stage.turns.run_turn(claim)

    assert original is not None
    assert await stage.said() == ["Понял."]
    assert stage.script.asked(2) == ["начало", "ещё 1", "ещё 2"]
    waiting = await stage.rows("select id from turns where state = 'waiting'")
    assert len(waiting) == 1  # what came during the last round is answered by a turn of its own


async def test_when_a_person_takes_over_meanwhile_nothing_is_sent(stage: Stage) -> None:
    async def takes_over() -> None:
        with account_scope(stage.shop.account_id):
            async with stage.db.account_tx() as tx:
                await take_over(tx, await stage.chat_id(), by=stage.shop.member_id)

    stage.script.meanwhile = takes_over
    stage.script.answers = ["Сейчас расскажу."]

    said = await stage.hear("сколько стоит?")

    assert said == []
    assert await stage.turn_states() == ["withdrawn"]


async def test_takeover_withdraws_what_was_ready_and_hand_back_answers_what_is_open(stage: Stage) -> None:
    stage.script.answers = ["Ответ, который не успели отправить."]
    await stage.hear("вопрос")
    chat_id = await stage.chat_id()
    with account_scope(stage.shop.account_id):
        async with stage.db.account_tx() as tx:
            await answer(tx, chat_id, by=stage.shop.member_id, text="Это Марина, добрый день.")
    human = await stage.said()
    await stage.write("спасибо, а сколько ждать?")
    await stage.take_in()
    silent = await stage.run_turns()

    with account_scope(stage.shop.account_id):
        async with stage.db.account_tx() as tx:
            await hand_back(tx, chat_id, by=stage.shop.member_id)
    stage.script.answers = ["Около часа ответить не могу, уточню."]
    await stage.run_turns()

    assert human == ["Это Марина, добрый день."]
    assert silent == 0
    assert (await stage.said())[1:] == ["Около часа ответить не могу, уточню."]
    assert "Это Марина, добрый день." in repr(stage.script.seen[-1])


async def test_one_turn_at_a_time_per_chat(stage: Stage) -> None:
    await stage.write("раз")
    await stage.take_in()
    first = await stage.claim_turns(worker=1)
    await stage.write("два")
    await stage.take_in()

    second = await stage.claim_turns(worker=2)

    assert (len(first), second) == (1, [])


async def test_stale_worker_writes_nothing(stage: Stage) -> None:
    await stage.write("раз")
    await stage.take_in()
    [stale] = await stage.claim_turns(worker=1)
    await free(stage)
    [fresh] = await stage.claim_turns(worker=2)
    stage.script.answers = ["от старого", "от нового"]

    with pytest.raises(LeaseLost):
        await stage.turns.run_turn(stale)
    stage.script.answers = ["от нового"]
    await stage.turns.run_turn(fresh)

    assert await stage.said() == ["от нового"]


async def test_worker_that_loses_its_turn_during_the_model_call_writes_nothing(stage: Stage) -> None:
    async def stolen() -> None:
        await free(stage)
        assert len(await stage.claim_turns(worker=2)) == 1

    await stage.write("раз")
    await stage.take_in()
    [claim] = await stage.claim_turns(worker=1)
    stage.script.meanwhile = stolen
    stage.script.answers = ["поздно"]

    with pytest.raises(LeaseLost):
        await stage.turns.run_turn(claim)

    assert await stage.said() == []


@pytest.mark.parametrize("how", ["dead", "stuck"])
async def test_turn_of_a_dead_or_stuck_worker_is_free_at_once(stage: Stage, how: str) -> None:
    """Dead: its advisory lock is gone, and two beats are missing. Stuck: it holds the lock, but its heartbeat stopped."""
    alive = await stage.db.connect()
    await alive.execute("select pg_advisory_lock(1, 77)")
    async with stage.db.queue() as tx:
        await queries.beat(tx, worker=77, lasts=timedelta(seconds=60))
    await stage.write("раз")
    await stage.take_in()
    [claim] = await stage.claim_turns(worker=77)
    async with stage.db.queue() as tx:
        assert await queries.bury_dead_turns(tx) == 0

    if how == "dead":
        await alive.close()
        await asyncio.sleep(0.2)
        async with stage.db.queue() as tx:
            assert await queries.bury_dead_turns(tx) == 0  # a lock can be lost by who lives
        await stage.owner.execute("update workers set alive_until = now() + interval '0.9 seconds'")
    else:
        await stage.owner.execute("update workers set alive_until = now() - interval '1 second'")
    async with stage.db.queue() as tx:
        buried = await queries.bury_dead_turns(tx)
    [again] = await stage.claim_turns(worker=78)

    assert (buried, again.id, again.fence) == (1, claim.id, claim.fence + 1)
    if not alive.is_closed():
        await alive.close()


async def test_worker_stuck_inside_a_transaction_is_ended_by_the_server(stage: Stage) -> None:
    stuck = await stage.db.connect()
    await stuck.execute("begin")
    await asyncio.sleep(2.6)

    with pytest.raises(Exception, match=r"idle-in-transaction|closed|terminat"):
        await stuck.execute("select 1")
    stuck.terminate()


async def test_third_failure_apologises_and_calls_a_person(stage: Stage) -> None:
    stage.script.answers = [RuntimeError("1"), RuntimeError("2"), RuntimeError("3")]
    await stage.write("раз")
    await stage.take_in()
    for _ in range(3):
        [claim] = await stage.claim_turns()
        with pytest.raises(RuntimeError):
            await stage.turns.run_turn(claim)
        await stage.turns.release(claim)
        await free(stage)

    await stage.run_turns()

    [said] = await stage.said()
    assert "сотрудник" in said
    assert await stage.turn_states() == ["failed"]
    assert await stage.owner.fetchval("select human_called_at is not null from chats where telegram_chat_id = $1", CLIENT)
    assert await stage.owner.fetchval("select count(*) from analytics_events where event_type = 'failed'") == 1


async def test_failed_turn_waits_and_keeps_the_order_of_its_chat(stage: Stage) -> None:
    stage.script.answers = [RuntimeError("1")]
    await stage.write("раз")
    await stage.take_in()
    [claim] = await stage.claim_turns()
    with pytest.raises(RuntimeError):
        await stage.turns.run_turn(claim)
    await stage.turns.release(claim)
    await stage.write("два")
    await stage.take_in()

    assert await stage.claim_turns() == []  # neither the failed one, which waits, nor the next one, which may not overtake
    await asyncio.sleep(1.1)
    stage.script.answers = ["Отвечаю на всё."]
    await stage.run_turns()

    assert stage.script.asked() == ["раз", "два"]
    assert await stage.said() == ["Отвечаю на всё."]


async def test_endless_tool_calls_end_at_the_cap(stage: Stage) -> None:
    stage.caps = Caps(answers=4)
    stage.script.answers = [[("my_bookings", {})] for _ in range(10)]
    await stage.write("раз")
    await stage.take_in()
    [claim] = await stage.claim_turns()

    with pytest.raises(CapReached):
        await stage.turns.run_turn(claim)

    assert len(stage.script.seen) == 4


async def test_calls_past_the_cap_are_refused_in_words(stage: Stage) -> None:
    stage.caps = Caps(calls=2)
    stage.script.answers = [[("my_bookings", {})] * 5, "Записей нет."]

    assert await stage.hear("раз") == ["Записей нет."]
    steps = await stage.rows(
        "select content ->> 'outcome' as outcome from turn_steps"
        " where kind = 'tool' and turn_id = (select max(id) from turns) order by step_no"
    )
    assert [step["outcome"] for step in steps] == ["done", "done", "failed", "failed", "failed"]


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("no_such_tool", {}),
        ("hold_slot", {}),
        ("hold_slot", {"slot_id": 5}),
        ("hold_slot", {"slot_id": "k7f2", "account_id": 2}),
        ("hold_slot", {"slot_id": "x" * 100_000}),
        ("my_bookings", {"client_id": 1}),
        ("cancel_booking", {"number": "all"}),
        ("cancel_booking", {"number": 10**30}),
        ("call_human", {"reason": {"a": [1] * 500}}),
    ],
)
async def test_senseless_call_is_answered_in_words_and_changes_nothing(stage: Stage, tool: str, arguments: dict[str, object]) -> None:
    bookings = await stage.rows("select id, status from bookings order by id")
    stage.script.answers = [[(tool, arguments)], "Не получилось, уточните, пожалуйста."]

    assert await stage.hear("раз") == ["Не получилось, уточните, пожалуйста."]
    [step] = await stage.rows("select content from turn_steps where kind = 'tool' and turn_id = (select max(id) from turns)")
    assert step["content"]["outcome"] == "failed"
    assert step["content"]["content"]
    assert await stage.rows("select id, status from bookings order by id") == bookings
    assert not await stage.owner.fetchval("select human_called_at is not null from chats where telegram_chat_id = $1", CLIENT)


async def test_nul_from_a_model_fails_nothing(stage: Stage) -> None:
    """PostgreSQL keeps NUL neither in text nor in jsonb; a backslash before u0000 is a text like any other."""
    stage.script.answers = [[("call_human", {"reason": "a\x00b \\u0000"})], "Позвал\x00 сотрудника."]

    assert await stage.hear("раз") == ["Позвал сотрудника."]
    reasons = await stage.rows(
        "select content -> 'arguments' ->> 'reason' as reason from turn_steps where kind = 'tool' order by turn_id desc limit 1"
    )
    assert [row["reason"] for row in reasons] == ["ab \\u0000"]


async def test_empty_answer_is_a_failure_and_not_a_message(stage: Stage) -> None:
    stage.script.answers = ["   "]
    await stage.write("раз")
    await stage.take_in()
    [claim] = await stage.claim_turns()

    with pytest.raises(ModelError):
        await stage.turns.run_turn(claim)

    assert await stage.said() == []


async def test_model_that_hangs_is_given_up_on(stage: Stage) -> None:
    async def hangs() -> None:
        await asyncio.sleep(30)

    stage.caps = Caps(seconds=0.1)
    stage.script.meanwhile = hangs
    stage.script.answers = ["поздно"]
    await stage.write("раз")
    await stage.take_in()
    [claim] = await stage.claim_turns()

    with pytest.raises(ModelError):
        await stage.turns.run_turn(claim)


async def test_unsourced_price_is_repaired_once(stage: Stage) -> None:
    stage.script.answers = ["Покраска бампера стоит 3 000 ₽.", "Цену уточню у сотрудника сервиса, напишите модель машины."]

    said = await stage.hear("сколько стоит бампер?")

    assert said == ["Цену уточню у сотрудника сервиса, напишите модель машины."]
    assert len(stage.script.seen) == 2
    [message] = await stage.rows(
        "select llm_response_data from messages where role = 'assistant' and turn_id = (select max(id) from turns)"
    )
    assert message["llm_response_data"]["gates"]


async def test_twice_unsourced_hands_over_to_a_person(stage: Stage) -> None:
    stage.script.answers = ["Покраска бампера стоит 3 000 ₽.", "Хорошо: 3 500 ₽ за бампер."]

    [said] = await stage.hear("сколько стоит бампер?")

    assert "3" not in said
    assert "сотруднику" in said
    assert await stage.owner.fetchval("select human_called_at is not null from chats where telegram_chat_id = $1", CLIENT)


async def test_claim_of_a_booking_without_its_row_does_not_leave(stage: Stage) -> None:
    stage.script.answers = ["Записал вас на завтра в 11:00.", "Готово, вы записаны, ждём вас завтра в 11:00!"]

    [said] = await stage.hear("запишите на завтра в 11")

    assert "11" not in said
    assert await stage.owner.fetchval("select count(*) from bookings where chat_id = $1", await stage.chat_id()) == 0


async def test_model_is_not_asked_inside_a_transaction(stage: Stage) -> None:
    with account_scope(stage.shop.account_id):
        async with stage.db.account_tx():
            with pytest.raises(NetworkCallInTransaction):
                await ask(stage.turns.models.scripted, Question([], seconds=1))


async def test_analytics_that_fail_break_no_answer(stage: Stage) -> None:
    await stage.owner.execute("alter table analytics_events add constraint broken check (event_type = '') not valid")
    stage.script.answers = ["Здравствуйте."]

    assert await stage.hear("привет") == ["Здравствуйте."]


async def test_cost_and_tokens_are_kept_with_the_message(stage: Stage) -> None:
    stage.script.answers = [[("my_bookings", {})], "Записей нет."]

    await stage.hear("есть записи?")

    [row] = await stage.rows("select llm_response_data from messages where role = 'assistant' and turn_id = (select max(id) from turns)")
    data = row["llm_response_data"]
    assert data["tokens"]["input"] > 0
    assert data["model"]
    assert data["ms"] >= 0
