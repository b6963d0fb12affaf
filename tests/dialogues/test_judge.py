"""The judge: a wrong outcome and a sum without a row are told as what they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dialogues.case import Case, Expectation, Outcome
from dialogues.judge import judge
from dialogues.record import Booked, Record, Reply, Source
from dialogues.report import Played, Totals, compare, describe, load, store, summary

ZONE = ZoneInfo("Europe/Moscow")
ROW = Source(Decimal(18000), "Бампер, 2 класс (row 4)")
BOOKED = Booked(1, "Покраска: бампер", datetime(2026, 11, 26, 11, tzinfo=ZONE), is_cancelled=False, is_moved=False)
RECORD = Record(
    words=(("client", "сколько?"), ("shop", "Бампер: 18 000 ₽. Записать?")),
    unanswered=(),
    replies=(Reply("Бампер: 18 000 ₽. Записать?", "scripted-receptionist", (ROW,), ()),),
    bookings=(BOOKED,),
    is_human_called=False,
    human_reason="",
    is_taken_over=False,
    said_after_takeover=0,
    phone="+79001112233",
    client="Анна",
    steps=3,
    tokens=0,
    cost=Decimal(0),
    drafts=1,
    refused_drafts=(),
    failures=(),
)
EXPECTED: dict[str, Any] = {
    "outcome": Outcome.BOOKED,
    "service": ["бампер"],
    "on": date(2026, 11, 26),
    "from_": "11:00",
    "sums": [18000],
    "told": ["бампер"],
    "phone": "+79001112233",
    "client": "анна",
}


def case(number: int = 1, **changes: Any) -> Case:
    expectation = Expectation(**{**EXPECTED, **changes})
    return Case(number, "бампер", "lesnoy", datetime(2026, 11, 23, 10, tzinfo=ZONE), ["сколько?"], {}, expectation)


def said(text: str, *, sources: tuple[Source, ...] = (ROW,), told: tuple[Decimal, ...] = ()) -> Record:
    return replace(RECORD, words=(("shop", text),), replies=(Reply(text, "scripted-receptionist", sources, told),))


def test_outcome_that_was_committed_is_reached() -> None:
    verdict = judge(case(), RECORD)
    assert verdict.is_reached, verdict.problems
    assert [(named.amount, named.row) for named in verdict.sums] == [(Decimal(18000), ROW.row)]


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        (replace(RECORD, bookings=()), "0 bookings instead of 1"),
        (replace(RECORD, bookings=(BOOKED, replace(BOOKED, number=2))), "2 bookings instead of 1"),
        (replace(RECORD, bookings=(replace(BOOKED, is_cancelled=True),)), "0 bookings instead of 1"),
        (replace(RECORD, bookings=(replace(BOOKED, service="Капот"),)), "names no"),
        (replace(RECORD, bookings=(replace(BOOKED, starts_at=datetime(2026, 11, 27, 11, tzinfo=ZONE)),)), "booked on 27.11"),
        (replace(RECORD, bookings=(replace(BOOKED, starts_at=datetime(2026, 11, 26, 12, tzinfo=ZONE)),)), "booked at 12:00"),
        (replace(RECORD, unanswered=("ау",)), "no answer to «ау»"),
        (replace(RECORD, phone=""), "the phone is not known"),
        (replace(RECORD, client="Олег"), "the client's name"),
        (replace(RECORD, failures=("turn failed",)), "turn failed"),
        (said("Бампер покрасим."), "18000 was not named"),
        (said("Капот: 18 000 ₽"), "«бампер» was not told"),
    ],
)
def test_wrong_outcome_is_a_failure(record: Record, problem: str) -> None:
    verdict = judge(case(), record)
    assert not verdict.is_reached
    assert any(problem in told for told in verdict.problems), verdict.problems


@pytest.mark.parametrize(
    ("text", "sources", "amount"),
    [
        ("Бампер 18 000 ₽, капот 25 000 ₽", (ROW,), 25000),
        ("Бампер 18 000 ₽, всего 17 500 рублей со скидкой", (ROW,), 17500),
        ("Бампер: 18 000 ₽", (), 18000),
        ("Бампер: от 18 000 до 20 000 ₽", (ROW,), 20000),
    ],
)
def test_sum_without_a_row_is_a_failure(text: str, sources: tuple[Source, ...], amount: int) -> None:
    verdict = judge(case(), said(text, sources=sources))
    assert Decimal(amount) in verdict.unsourced
    assert f"the sum {amount} has no row" in verdict.problems


def test_sum_that_the_client_named_may_be_repeated() -> None:
    record = said("За 15 000 ₽ не сделаем, бампер стоит 18 000 ₽", told=(Decimal(15000),))
    assert judge(case(), record).unsourced == ()


@pytest.mark.parametrize(
    ("changes", "record", "is_reached"),
    [
        ({"outcome": Outcome.PRICED}, RECORD, False),
        ({"outcome": Outcome.PRICED}, replace(RECORD, bookings=()), True),
        ({"outcome": Outcome.PRICED}, replace(RECORD, bookings=(), is_human_called=True), False),
        ({"outcome": Outcome.PRICED, "handover": True}, replace(RECORD, bookings=(), is_human_called=True), True),
        ({"outcome": Outcome.PRICED, "handover": True}, replace(RECORD, is_human_called=True), False),
        ({"outcome": Outcome.PRICED, "no_sums": True, "sums": []}, replace(RECORD, bookings=()), False),
        ({"outcome": Outcome.HUMAN, "sums": []}, replace(RECORD, bookings=(), is_human_called=True), True),
        ({"outcome": Outcome.HUMAN, "sums": []}, replace(RECORD, bookings=()), False),
        ({"outcome": Outcome.MOVED}, RECORD, False),
        ({"outcome": Outcome.MOVED}, replace(RECORD, bookings=(replace(BOOKED, is_moved=True),)), True),
        ({"outcome": Outcome.CANCELLED}, RECORD, False),
        ({"outcome": Outcome.CANCELLED}, replace(RECORD, bookings=(replace(BOOKED, is_cancelled=True),)), True),
        ({"outcome": Outcome.SILENT}, replace(RECORD, is_taken_over=True, unanswered=("ау",)), True),
        ({"outcome": Outcome.SILENT}, replace(RECORD, is_taken_over=True, said_after_takeover=1), False),
        ({"outcome": Outcome.SILENT}, RECORD, False),
        ({"never": ["запис"]}, RECORD, False),
        ({"told_last": ["записать"]}, RECORD, True),
        ({"told_last": ["спасибо"]}, RECORD, False),
    ],
)
def test_each_outcome_has_its_own_end(changes: dict[str, Any], record: Record, is_reached: bool) -> None:
    verdict = judge(case(**changes), record)
    assert verdict.is_reached is is_reached, verdict.problems


# ---- the report ---------------------------------------------------------------------------------


def played(number: int = 1, record: Record = RECORD, **changes: Any) -> Played:
    one = case(number, **changes)
    return Played(one, record, judge(one, record))


def test_report_tells_bookings_sums_with_rows_and_problems() -> None:
    text = "\n".join(describe(played(record=said("Бампер 18 000 ₽, капот 25 000 ₽. Когда?")), with_words=True))
    assert "18,000 ← Бампер, 2 класс (row 4)" in text
    assert "25,000 ← NOTHING" in text
    assert "✘ the sum 25000 has no row" in text
    assert "booking 1: Покраска: бампер" in text
    assert "1.0 questions" in text
    assert "3 steps, 0 tokens, $0.0000" in text


def test_totals_count_what_was_reached_and_by_whom() -> None:
    missed = played(2, replace(RECORD, bookings=()))
    by_person = played(3, replace(RECORD, bookings=(), is_human_called=True), handover=True)
    line = Totals.of([played(), missed, by_person]).line("all")
    assert line.startswith("all: 2 of 3 reached (67 %), 1 of them with a person called (50 %), 0 unsourced sums")


def test_summary_tells_the_kept_aside_apart_and_who_wrote() -> None:
    lines = summary([played(1), played(2), played(3, replace(RECORD, bookings=()))])
    assert lines[0].startswith("looked at while tuning: 2 of 2")
    assert lines[1].startswith("kept aside: 0 of 1")
    assert lines[2].startswith("all: 2 of 3")
    assert lines[3] == "messages by scripted-receptionist: 3"
    assert lines[4] == "gates: 3 drafts, 0 alarms (0.0 %)"


def test_what_is_worse_than_the_stored_result_is_told(tmp_path: Any) -> None:
    path = tmp_path / "result.json"
    store("receptionist", [played()], path)
    store("receptionist", [played(2)], path)
    stored = load("receptionist", path)
    assert set(stored) == {"1", "2"}
    assert compare([played(), played(2)], stored) == ([], False)
    lines, is_worse = compare([played(record=replace(RECORD, bookings=()))], stored)
    assert is_worse
    assert "reached" in lines[0]
    assert "missed" in lines[0]


def test_unsourced_sum_is_worse_whatever_was_stored(tmp_path: Any) -> None:
    one = played(record=said("Капот 25 000 ₽"))
    path = tmp_path / "result.json"
    store("receptionist", [one], path)
    assert compare([one], load("receptionist", path))[1]
