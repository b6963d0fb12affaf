"""Phones, plates and VINs in every spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valera.russian.numbers import number_words
from valera.russian.phones import find_phone, find_phones, format_phone
from valera.russian.plates import find_plates, find_vins, format_plate

SPELLINGS = [
    "8{a}{b}{c}{d}",
    "+7{a}{b}{c}{d}",
    "7{a}{b}{c}{d}",
    "{a}{b}{c}{d}",
    "8 ({a}) {b}-{c}-{d}",
    "+7 {a} {b}{c}{d}",
    "8-{a}-{b} {c} {d}",
    "8 {a} {b} {c} {d}",
    "+7({a}){b}-{c}-{d}",
    "{a} {b} {c} {d}",
    "{a}-{b}-{c}-{d}",
    "8\u00a0{a}\u00a0{b}\u00a0{c}\u00a0{d}",
    "8.{a}.{b}.{c}.{d}",
    "+8 {a} {b} {c}{d}",
    "8{a} {b} {c}{d}",
    "+7–{a}–{b}–{c}–{d}",
]


@given(
    st.sampled_from(SPELLINGS),
    st.integers(9_100_000_000, 9_199_999_999),
    st.sampled_from(["{}", "мой номер {}.", "{}, Иван", "тел:{}", "звоните ({})"]),
)
def test_every_spelling_is_the_same_phone(spelling: str, number: int, around: str) -> None:
    digits = str(number)
    written = spelling.format(a=digits[:3], b=digits[3:6], c=digits[6:8], d=digits[8:])
    text = around.format(written)
    phone = find_phone(text)
    assert phone is not None
    assert phone.e164 == f"+7{digits}"
    assert text[phone.start : phone.end].strip("+") in written


@given(st.integers(100, 999).filter(lambda n: n % 100), st.integers(10, 99), st.integers(10, 99))
def test_phone_in_words(b: int, c: int, d: int) -> None:
    phone = find_phone(f"восемь девятьсот шестнадцать {number_words(b)} {number_words(c)} {number_words(d)}")
    assert phone is not None
    assert phone.e164 == f"+7916{b}{c}{d}"


@given(st.integers(9_100_000_000, 9_199_999_999))
def test_what_is_written_is_read_back(number: int) -> None:
    assert [phone.e164 for phone in find_phones(format_phone(f"+7{number}"))] == [f"+7{number}"]


@pytest.mark.parametrize(
    "text",
    [
        "22 000 25 000 28 000",
        "12345",
        "28.11.2026 10:30",
        "4276 1234 5678 9012",
        "8 800",
        "",
        "пробег 150 000",
        "80 000 850 000 руб",
        "ИНН 7707083893",
        "XTA21099043576543",
    ],
)
def test_no_phone(text: str) -> None:
    assert find_phones(text) == ()


def test_two_phones_of_one_line() -> None:
    assert [phone.e164 for phone in find_phones("89161234567 89031234567 или +375 29 123-45-67")] == [
        "+79161234567",
        "+79031234567",
        "+375291234567",
    ]


@pytest.mark.parametrize(
    ("text", "plate"),
    [
        ("а123вс77", "А123ВС77"),
        ("A123BC 777", "А123ВС777"),
        ("номер А 123 ВС 77", "А123ВС77"),
        ("х999хх", "Х999ХХ"),
        ("М001ОР-197", "М001ОР197"),
    ],
)
def test_plates_fold_look_alikes(text: str, plate: str) -> None:
    (found,) = find_plates(text)
    assert found.text == plate


@pytest.mark.parametrize("text", ["с 100 км 50", "А000АА77", "в 123 году", "RAV4", "к 100 рублей", "Х5 и Х6", ""])
def test_no_plate(text: str) -> None:
    assert find_plates(text) == ()


def test_plate_is_written_in_groups() -> None:
    assert format_plate("А123ВС777") == "А 123 ВС 777"


@pytest.mark.parametrize(
    ("text", "vin"),
    [
        ("VIN XTA21099043576543", "XTA21099043576543"),
        ("вин хта21099043576543", "XTA21099043576543"),
        ("12345678901234567", None),
        ("wvwzzz1jz3w38675o", None),
    ],
)
def test_vins(text: str, vin: str | None) -> None:
    assert [found.text for found in find_vins(text)] == ([vin] if vin else [])


@given(st.text(max_size=300) | st.text("0123456789 +()-8", max_size=60))
def test_any_text_is_survived(text: str) -> None:
    for found in (*find_phones(text), *find_plates(text), *find_vins(text)):
        assert 0 <= found.start < found.end <= len(text)
