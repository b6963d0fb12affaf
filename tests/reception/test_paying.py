"""What turns cost is counted to the last answer, and a budget that is spent hands over to the receptionist without a word."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.cast import World
from tests.reception.paid import PRICE, PaidStage
from tests.reception.stage import CLIENT, Script, Stage
from valera.assistant.errors import ModelError
from valera.backoffice.verify import verify
from valera.billing.limits import Limits
from valera.kit.clock import FixedClock
from valera.kit.db import Database

LAST_TURN = "select * from turns where id = (select max(id) from turns)"
USAGE = "select answers, input_tokens, output_tokens, cost, unpriced from usage where day = '2026-11-22' order by provider"
SPENT = "select period, spent from spending where starts_on in ('2026-11-22', '2026-11-01') and account_id = $1 order by period"


@pytest.fixture
async def paid(stage: Stage) -> PaidStage:
    return PaidStage(stage.db, stage.shop, stage.owner, stage.script, stage.clock)


async def test_answers_are_counted_by_step_turn_chat_shop_and_day(paid: PaidStage) -> None:
    paid.script.answers = [[("my_bookings", {})], "Записей нет."]

    await paid.hear("есть записи?")

    [turn] = await paid.rows(LAST_TURN)
    steps = await paid.rows("select content ->> 'cost' as cost from turn_steps where turn_id = $1 and kind = 'model'", turn["id"])
    [used] = await paid.rows(USAGE)
    [client] = await paid.rows("select spent from client_spending where day = '2026-11-22'")
    spent = await paid.rows(SPENT, paid.shop.account_id)
    assert [Decimal(step["cost"]) for step in steps] == [PRICE, PRICE]
    assert (turn["cost"], turn["input_tokens"], turn["output_tokens"], turn["reserved"]) == (2 * PRICE, 2000, 200, 0)
    assert tuple(used) == (2, 2000, 200, 2 * PRICE, 0)
    assert client["spent"] == 2 * PRICE
    assert [tuple(row) for row in spent] == [("day", 2 * PRICE), ("month", 2 * PRICE + Decimal("0.01"))]  # the cast's cent of Friday


async def test_answer_that_could_not_be_used_is_counted_and_not_read_again(paid: PaidStage) -> None:
    paid.script.answers = ["  "]
    await paid.write("есть записи?")
    await paid.take_in()
    [claim] = await paid.claim_turns()
    with pytest.raises(ModelError):
        await paid.turns.run_turn(claim)
    await paid.owner.execute("update turns set leased_until = now() - interval '1 second' where state = 'running'")
    paid.script.answers = ["Записей пока нет, посмотреть время?"]

    await paid.run_turns()

    [turn] = await paid.rows(LAST_TURN)
    kinds = await paid.rows("select kind from turn_steps where turn_id = $1 order by step_no", turn["id"])
    assert [row["kind"] for row in kinds] == ["code", "model"]
    assert turn["cost"] == 2 * PRICE
    assert [row["answers"] for row in await paid.rows(USAGE)] == [2]


async def test_turn_that_is_given_up_is_paid_for(paid: PaidStage) -> None:
    paid.script.answers = [""] * 3
    await paid.write("раз")
    await paid.take_in()
    for _ in range(3):
        [claim] = await paid.claim_turns()
        with pytest.raises(ModelError):
            await paid.turns.run_turn(claim)
        await paid.turns.release(claim)
        await paid.owner.execute("update turns set leased_until = now() - interval '1 second' where state = 'running'")

    await paid.run_turns()

    [turn] = await paid.rows(LAST_TURN)
    assert (turn["state"], turn["cost"], turn["reserved"]) == ("failed", 3 * PRICE, 0)


async def test_after_a_crash_what_was_written_is_counted_once(paid: PaidStage) -> None:
    paid.script.answers = [[("my_bookings", {})], RuntimeError("the worker dies here")]
    with pytest.raises(RuntimeError):
        await paid.hear("есть записи?")
    held = await paid.owner.fetchval("select reserved from turns where state = 'running'")
    await paid.owner.execute("update turns set leased_until = now() - interval '1 second' where state = 'running'")
    paid.script.answers = ["Записей нет."]

    await paid.run_turns()

    [turn] = await paid.rows(LAST_TURN)
    assert held == Decimal("0.12")  # sixty thousand tokens of the dearer sort
    assert (turn["cost"], turn["reserved"]) == (2 * PRICE, 0)


async def test_round_that_was_begun_anew_is_paid_for_as_well(paid: PaidStage) -> None:
    async def writes_again() -> None:
        await paid.write("и ещё вопрос")
        await paid.take_in()

    paid.script.answers = ["Хорошо.", "Понял."]
    paid.script.meanwhile = writes_again

    await paid.hear("вопрос")

    [turn] = await paid.rows("select * from turns where round = 2")
    assert (turn["state"], turn["round"], turn["cost"]) == ("done", 2, 2 * PRICE)


async def test_when_the_budget_is_spent_the_receptionist_answers_and_the_client_notices_nothing(paid: PaidStage) -> None:
    paid.limits = Limits(day=Decimal("0.1"))  # no room for a whole turn
    paid.script.answers = ["Это ответ модели."]

    [said] = await paid.hear("Какие у вас часы работы?")

    [message] = await paid.rows("select llm_response_data as data from messages where role = 'assistant' order by id desc limit 1")
    assert "9" in said
    assert paid.script.seen == []
    assert (message["data"]["model"], message["data"]["over_budget"]) == ("scripted-receptionist", "day")
    assert [row["kind"] for row in await paid.rows("select kind from notices where resolved_at is null")] == ["budget_spent"]


async def test_model_without_a_price_is_held_back_by_no_budget_and_counted_in_tokens(paid: PaidStage) -> None:
    paid.link, paid.limits = "vllm:qwen3", Limits(day=Decimal(0))
    paid.script.answers = ["Здравствуйте, чем помочь?"]

    [said] = await paid.hear("привет")

    [used] = await paid.rows(USAGE)
    assert said.endswith("Здравствуйте, чем помочь?")
    assert tuple(used) == (1, 1000, 100, 0, 1)


async def test_receptionist_costs_nothing_and_asks_nothing_of_budgets(stage: Stage, paid: PaidStage) -> None:
    stage.script.answers = ["Здравствуйте."]

    await stage.hear("привет")  # by a model in this process

    [turn] = await stage.rows(LAST_TURN)
    assert turn["reserved"] == 0
    assert await stage.rows("select * from spending where over_at is not null or starts_on = '2026-11-22' and spent > 0") == []


async def test_what_was_counted_agrees_with_itself(paid: PaidStage, db: Database, world: World, clock: FixedClock) -> None:
    other = PaidStage(db, replace(world.garage), paid.owner, Script(), clock)
    paid.script.answers = [[("my_bookings", {})], "Записей нет.", "Пожалуйста."]
    await paid.hear("есть записи?")
    await paid.hear("спасибо")
    other.script.answers = ["Здравствуйте."]
    await other.write("привет", user=CLIENT + 1)
    await other.take_in()
    await other.run_turns()

    broken = {finding.invariant for finding in await verify(db) if finding.breaches}

    assert {name for name in broken if "cost" in name or "budget" in name or "reserve" in name} == set()
