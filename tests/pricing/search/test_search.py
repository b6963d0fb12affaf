"""Questions of clients against two lists: the expected rows stand in questions.toml."""

from __future__ import annotations

import itertools
import time
import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pricing.shop_lists import body_shop, index_of, items_of, mechanics
from valera.pricing.price_list import Price, PriceItem, PriceItemId
from valera.pricing.quote import Request, find_quote
from valera.pricing.search.item_index import ItemIndex
from valera.pricing.search.works import Answer, find_works

QUESTIONS = tomllib.loads((Path(__file__).parent / "questions.toml").read_text("utf-8"))
CASES = [(shop, question["ask"], question["answers"]) for shop, entry in QUESTIONS.items() for question in entry["questions"]]


@cache
def index_named(shop: str) -> ItemIndex:
    return index_of(items_of(body_shop()) if shop == "body-shop" else mechanics())


def written(answer: Answer) -> dict[str, Any]:
    """As questions.toml writes it."""
    if answer.match.sure:
        return {"sure": answer.match.sure.row_no}
    rows = sorted(item.row_no for item in answer.match.options)
    return {"choose": rows} if rows else {"missing": True}


@pytest.mark.parametrize(("shop", "ask", "answers"), CASES, ids=[f"{shop}: {ask}" for shop, ask, _ in CASES])
def test_question_finds_its_rows(shop: str, ask: str, answers: list[dict[str, Any]]) -> None:
    assert [written(answer) for answer in find_works(index_named(shop), ask)] == answers


def test_each_answer_repeats_the_clients_own_words() -> None:
    answers = find_works(index_named("body-shop"), "Сколько будет покрасить капот, а ещё дверь и поменять масло?")

    assert [answer.query for answer in answers] == ["покрасить капот", "дверь", "поменять масло"]


def test_choice_is_limited_to_what_can_be_read_out() -> None:
    items = [PriceItem(PriceItemId(no), no, "ЗАМЕНА", f"Замена фильтра вариант {no}", (Price(Decimal(no)),)) for no in range(1, 40)]

    assert len(find_works(index_of(items), "замена фильтра")[0].match.options) == 10


def test_same_row_written_twice_is_no_choice() -> None:
    twice = [PriceItem(PriceItemId(no), no, "МОЙКА", "Мойка кузова", (Price(Decimal(700)),)) for no in (1, 2)]

    assert find_works(index_of(twice), "помыть кузов")[0].match.sure == twice[0]


def test_same_work_at_two_prices_is_a_choice() -> None:
    twice = [PriceItem(PriceItemId(no), no, "МОЙКА", "Мойка кузова", (Price(Decimal(700 * no)),)) for no in (1, 2)]

    assert find_works(index_of(twice), "помыть кузов")[0].match.options == tuple(twice)


def test_work_of_the_section_does_not_make_another_work_of_the_row() -> None:
    index = index_of([PriceItem(PriceItemId(1), 1, "ПОЛИРОВКА", "Снятие фары", (Price(Decimal(1000)),))])

    assert find_works(index, "полировка фары")[0].match.sure is None


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_answered(text: str) -> None:
    assert find_works(index_named("body-shop"), text)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(items_of(body_shop())), st.sampled_from(["", "Здравствуйте, сколько стоит ", "нужно: "]))
def test_a_row_asked_by_its_section_and_full_name_is_never_another_row(item: PriceItem, opening: str) -> None:
    sure = [
        answer.match.sure for answer in find_works(index_named("body-shop"), f"{opening}{item.section} {item.name}") if answer.match.sure
    ]

    assert all(found.section == item.section for found in sure)


def test_speed_with_five_thousand_rows(capsys: pytest.CaptureFixture[str]) -> None:
    works, parts = (
        ("замена", "ремонт", "диагностика", "покраска"),
        ("колодки", "масла", "фары", "бампера", "двигателя", "ремня", "свечи", "радиатора"),
    )
    names = itertools.islice((f"{work} {part} {number}" for number in range(200) for work in works for part in parts), 5000)
    items = [PriceItem(PriceItemId(no), no, f"РАЗДЕЛ {no // 50}", name, (Price(Decimal(no)),)) for no, name in enumerate(names, 1)]
    index = index_of(items)
    find_quote(index, (), Request(("замена на камри",)))
    taken = []
    for work, part in itertools.product(works, parts):
        started = time.process_time()
        quote = find_quote(index, (), Request((f"сколько стоит {work} {part} и {part[:-1]}ы на камри",)))
        taken.append(time.process_time() - started)
        assert len(quote.found) + len(quote.choose) + len(quote.missing) == 2

    with capsys.disabled():
        print(f"\n  find_quote, 5000 rows: p95 of processor time {sorted(taken)[int(len(taken) * 0.95)] * 1000:.1f} ms")  # noqa: T201 - a measure for whoever runs it
