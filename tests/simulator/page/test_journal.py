from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valera.simulator.page.shop.journal import ReplyRow, StepRow, Tokens, Turn, TurnRow, Violation, tell_turn, texts_in

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROW = TurnRow(7, "done", "message", 1, 1, START, START, START + timedelta(milliseconds=420))


def told(*steps: tuple[str, dict[str, Any], int], replies: list[ReplyRow] | None = None) -> Turn:
    rows = [StepRow(7, number, 1, kind, content, ms) for number, (kind, content, ms) in enumerate(steps, 1)]
    return tell_turn(ROW, ("Сколько?",), rows, replies or [])


def test_model_steps_add_up() -> None:
    answer = {"parts": [{"part_kind": "text", "content": "20 000 ₽"}]}
    call = {"parts": [{"part_kind": "tool-call", "tool_name": "find_prices", "args": "{}"}]}
    turn = told(
        ("model", {"response": call, "model": "m1", "usage": {"input_tokens": 10, "output_tokens": 2}, "cost": "0.001"}, 5),
        ("model", {"response": answer, "model": "m2", "usage": {"input_tokens": 20, "output_tokens": 3}, "cost": "0.0005"}, 7),
    )
    assert (turn.tokens, turn.cost, turn.models, turn.ms) == (Tokens(30, 5), Decimal("0.0015"), ("m1", "m2"), 420)
    assert [step.lines for step in turn.steps] == [("→ find_prices",), ("20 000 ₽",)]


def test_cost_that_nobody_knows_is_none() -> None:
    assert told(("model", {"response": {}, "model": "m", "usage": {}, "cost": None}, 1)).cost is None


def test_tool_step_shows_arguments_and_the_sentences_of_its_result() -> None:
    content = {"found": [{"text": "Бампер: 20 000 ₽", "amount": 20000}], "total": {"text": "20 000 ₽"}}
    [step] = told(
        (
            "tool",
            {"tool": "find_prices", "arguments": {"works": ["бампер", "капот"], "car": None}, "outcome": "done", "content": content},
            3,
        )
    ).steps
    assert (step.name, step.has_failed, step.arguments) == ("find_prices", False, (("works", "бампер, капот"),))
    assert step.lines == ("Бампер: 20 000 ₽", "20 000 ₽")
    assert '"amount": 20000' in step.raw


def test_failed_tool_shows_its_sentence() -> None:
    [step] = told(("tool", {"tool": "hold_slot", "arguments": {}, "outcome": "failed", "content": "Это время уже занято."}, 3)).steps
    assert (step.has_failed, step.lines) == (True, ("Это время уже занято.",))


def test_what_code_decided_shows_what_it_said() -> None:
    [step] = told(("code", {"what": "yes", "said": "Записал: № 218"}, 0)).steps
    assert (step.name, step.lines, step.arguments) == ("yes", ("Записал: № 218",), ())


def test_gates_that_stopped_a_draft_are_shown() -> None:
    data = {"model": "m", "gates": [{"kind": "sum", "span": "5 ₽", "sentence": "Такой суммы нет."}]}
    turn = told(replies=[ReplyRow(7, "Ответ", data, "sent", None)])
    assert turn.violations == (Violation("sum", "5 ₽", "Такой суммы нет."),)


def test_turn_that_has_not_ended_has_no_length() -> None:
    waiting = TurnRow(8, "waiting", "message", 1, 0, START, None, None)
    turn = tell_turn(waiting, (), [], [])
    assert (turn.ms, turn.is_running) == (None, True)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["text", "usage", "response", "parts", "tool", "content"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(
    st.sampled_from(["model", "tool", "code", "new"]),
    st.dictionaries(st.sampled_from(["response", "usage", "cost", "model", "tool", "arguments", "content"]), JSON),
)
def test_no_content_breaks_the_panel(kind: str, content: dict[str, Any]) -> None:
    assert told((kind, content, 1), replies=[ReplyRow(7, "x", content, None, None)]).steps


@pytest.mark.parametrize(
    ("content", "found"), [({"a": [{"text": "x"}], "sentence": "y"}, ["x", "y"]), ("z", []), ({"text": {"text": "w"}}, ["w"])]
)
def test_sentences_are_found_at_any_depth(content: object, found: list[str]) -> None:
    assert list(texts_in(content)) == found
