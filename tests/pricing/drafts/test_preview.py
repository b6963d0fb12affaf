"""What a preview tells of each row, and what people may correct in it."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from valera.pricing.drafts.correction import Correction, CorrectionRefused, apply
from valera.pricing.drafts.preview import PreviewRow, preview
from valera.pricing.drafts.wording import tell_preview
from valera.pricing.price_import import Draft, read_price_list
from valera.pricing.price_list import CarClass, Price

LIST = """Работа;1 класс;2 класс
ПОКРАСКА;;
Капот;22000;25000
Дверь;18000;20000
Крыло;18000;200000
Порог;14000;15000
Бампер;20000;18000
Дверь;19000;20000
Петля;1500;1600
МОЙКА;;
Кузов;700;1
Двигатель;по запросу;
Салон;1;1
"""


def read(text: str = LIST) -> Draft:
    return read_price_list(text.encode(), source="list.csv")


def corrected(draft: Draft, *written: dict[str, Any]) -> Draft:
    for entry in written:
        draft = apply(draft, msgspec.convert(entry, type=Correction))
    return draft


def by_row(draft: Draft) -> dict[int, PreviewRow]:
    return {row.row_no: row for row in preview(draft).rows}


def test_each_row_tells_what_was_understood_and_what_is_doubtful() -> None:
    found = {row.row_no: (row.kind, [reason.code for reason in row.reasons]) for row in preview(read()).rows}

    assert found == {
        3: ("item", []),
        4: ("item", []),
        5: ("item", ["ten_times", "one_class_off"]),
        6: ("item", []),
        7: ("item", ["class_order"]),
        8: ("item", ["same_name"]),
        9: ("item", ["ten_times"]),
        11: ("item", ["nominal"]),
        12: ("skipped", ["on_request"]),
        13: ("skipped", ["nominal"]),
    }


def test_reasons_are_sentences_in_both_languages_and_prices_are_as_a_client_reads_them() -> None:
    rows = by_row(read())
    reason = rows[8].reasons[0]

    assert (reason.code, reason.cell) == ("same_name", "4")
    assert reason.ru != reason.en
    assert "4" in reason.ru
    assert [(price.car_class, price.amount, price.text) for price in rows[3].prices] == [
        ("1 класс", 22000, "22\u00a0000\u00a0₽"),
        ("2 класс", 25000, "25\u00a0000\u00a0₽"),
    ]
    assert any("строке 4" in line for line in tell_preview(preview(read()), "ru", only_doubtful=True))


def test_suspicions_go_when_the_price_is_mended_or_the_row_accepted() -> None:
    draft = corrected(read(), {"kind": "price", "row": 5, "price": "20 000", "car_class": 2}, {"kind": "accept", "row": 9})

    rows = by_row(draft)
    assert (rows[5].reasons, rows[9].reasons) == ((), ())
    assert preview(draft).suspicious == preview(read()).suspicious - 2


@pytest.mark.parametrize(
    ("written", "row", "expected"),
    [
        ({"kind": "rename", "row": 3, "name": " Капот\u202e\tверх "}, 3, ("ПОКРАСКА", "Капот верх", "22000 25000")),
        ({"kind": "price", "row": 3, "price": "от 30 000 руб."}, 3, ("ПОКРАСКА", "Капот", "30000+ 30000+")),
        ({"kind": "price", "row": 3, "price": "", "car_class": 2}, 3, ("ПОКРАСКА", "Капот", "22000 -")),
        ({"kind": "section", "row": 3, "section": "Кузов"}, 3, ("Кузов", "Капот", "22000 25000")),
        ({"kind": "header", "row": 6}, 9, ("Порог", "Петля", "1500 1600")),
        ({"kind": "header", "row": 6}, 11, ("МОЙКА", "Кузов", "700 -")),
        ({"kind": "take", "row": 12, "price": "1500"}, 12, ("МОЙКА", "Двигатель", "1500 1500")),
        (
            {"kind": "take", "row": 13, "price": "до 3000", "name": "Химчистка", "section": "САЛОН"},
            13,
            ("САЛОН", "Химчистка", "<3000 <3000"),
        ),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_correction(written: dict[str, Any], row: int, expected: tuple[str, str, str]) -> None:
    found = next(entry for entry in corrected(read(), written).rows if entry.row_no == row)

    assert (found.section, found.name, " ".join(map(say, found.prices))) == expected


def say(price: Price | None) -> str:
    if price is None:
        return "-"
    return f"<{price.amount}" if price.is_at_most else f"{price.amount}+" if price.is_from else str(price.amount)


def test_dropped_row_is_skipped_and_can_be_taken_in_again() -> None:
    dropped = corrected(read(), {"kind": "drop", "row": 3})
    back = corrected(dropped, {"kind": "take", "row": 3, "price": "22000"})

    assert [row.reasons[0].code for row in preview(dropped).rows if row.row_no == 3] == ["dropped"]
    assert [row.row_no for row in back.rows] == [row.row_no for row in read().rows]


def test_class_and_currency_are_named_by_people() -> None:
    draft = corrected(
        read("Капот;22000;25000\n"),
        {"kind": "class", "number": 2, "name": "Кроссоверы", "description": "Sportage, RAV4"},
        {"kind": "currency", "currency": "KZT"},
    )

    assert draft.classes == (CarClass("1"), CarClass("Кроссоверы", "Sportage, RAV4"))
    assert draft.currency == "KZT"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ({"kind": "rename", "row": 99, "name": "x"}, "no_row"),
        ({"kind": "rename", "row": 12, "name": "x"}, "row_skipped"),
        ({"kind": "rename", "row": 3, "name": " \u200b"}, "no_name"),
        ({"kind": "price", "row": 3, "price": "дорого"}, "price"),
        ({"kind": "price", "row": 3, "price": "5.000"}, "price"),
        ({"kind": "price", "row": 3, "price": "0"}, "price"),
        ({"kind": "price", "row": 3, "price": "5000", "car_class": 3}, "no_class"),
        ({"kind": "price", "row": 3, "price": ""}, "no_price"),
        ({"kind": "take", "row": 3, "price": "5000"}, "not_skipped"),
        ({"kind": "header", "row": 13}, "empty_section"),
        ({"kind": "class", "number": 2, "name": "1 КЛАСС"}, "class_twice"),
        ({"kind": "currency", "currency": "XXX"}, "currency"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_correction_that_makes_no_sense_is_refused_with_a_sentence(written: dict[str, Any], reason: str) -> None:
    with pytest.raises(CorrectionRefused) as refused:
        corrected(read(), written)

    assert refused.value.reason == reason
    assert refused.value.say("en") != refused.value.detail


rows = st.integers(1, 14)
words = st.sampled_from(["Капот", "от 5000", "", "3000-4000", "0", "x" * 20, "\u202e"])
any_correction = st.one_of(
    st.fixed_dictionaries({"kind": st.just("rename"), "row": rows, "name": words}),
    st.fixed_dictionaries({"kind": st.just("price"), "row": rows, "price": words, "car_class": st.none() | st.integers(1, 3)}),
    st.fixed_dictionaries({"kind": st.just("section"), "row": rows, "section": words}),
    st.fixed_dictionaries({"kind": st.sampled_from(["drop", "header", "accept"]), "row": rows}),
    st.fixed_dictionaries({"kind": st.just("take"), "row": rows, "price": words, "name": st.none() | words}),
    st.fixed_dictionaries({"kind": st.just("class"), "number": st.integers(1, 3), "name": words}),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(any_correction, max_size=12))
def test_any_corrections_leave_a_list_that_can_be_published(written: list[dict[str, Any]]) -> None:
    draft = read()
    for entry in written:
        with contextlib.suppress(CorrectionRefused):
            draft = corrected(draft, entry)

    numbers = [row.row_no for row in draft.rows]
    assert numbers == sorted(set(numbers))
    assert not set(numbers) & {row.row_no for row in draft.skipped}
    assert all(row.name and any(row.prices) and len(row.prices) == len(draft.classes) for row in draft.rows)
    assert min(price.amount for row in draft.rows for price in row.prices if price) > Decimal(1)
    assert preview(draft).items == len(draft.rows)
