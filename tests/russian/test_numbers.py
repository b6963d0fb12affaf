"""Numbers in words, both ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valera.russian.numbers import find_numbers, number_words, parse_number


@given(st.integers(0, 999_999))
def test_number_said_is_number_read(n: int) -> None:
    assert parse_number(number_words(n)) == n


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("двадцать две тысячи пятьсот", 22_500),
        ("ДВАДЦАТЬ ДВЕ ТЫСЯЧИ", 22_000),
        ("двенадцати тысяч", 12_000),
        ("пятдесят тыщ", 50_000),
        ("сорока пяти", 45),
        ("миллион двести", 1_000_200),
        ("тысяча", 1000),
        ("двацать пять", 25),
        ("пять шесть", None),
        ("бампер", None),
        ("", None),
    ],
)
def test_number_in_words(text: str, number: int | None) -> None:
    assert parse_number(text) == number


def test_neighbouring_numbers_stay_apart() -> None:
    assert [found.value for found in find_numbers("пять шесть тысяч, сорок пять и двадцать пятьдесят")] == [5, 6000, 45, 20, 50]


def test_only_what_can_be_said_is_said() -> None:
    with pytest.raises(ValueError, match="999 999 999"):
        number_words(-1)


@given(st.text(max_size=300))
def test_any_text_is_survived(text: str) -> None:
    for found in find_numbers(text):
        assert 0 <= found.start < found.end <= len(text)
