"""Tokens, normal forms, likeness, plain answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valera.russian.words import inflect_count, is_plain_no, is_plain_yes, lemma, lemmas, similarity, tokens

YES = (
    "да|Да.|ДА!!!|да, подтверждаю|подтверждаю|ок|Окей|ok|давайте|давай|конечно|верно 👍|👍|ага|угу|подходит|да, всё верно|"
    "хорошо|дааа|да да|да, записывайте|согласна|+|да, спасибо|Хорошо, спасибо!|отлично|да)))|✅|yes"
)
NOT_YES = (
    "да?|да, но в 12|да, а сколько стоит?|да нет|нет|может быть|да, только не завтра|ок, а можно позже|давайте в среду|да 👎|не подходит|"
    "завтра|11|да 15:00|подходит ли вам|спасибо|все|я согласен на 5000|дай|даже|окно|верните|ок google||да, отмените"
)
NO = "нет|Нет, спасибо|не надо|неа|👎|нееет|нет, не нужно|no|не хочу|не подходит"
NOT_NO = "нет, лучше в 12|нет?|да|нет, завтра|не завтра|никак|нет времени|спасибо"


@pytest.mark.parametrize("text", YES.split("|"))
def test_plain_yes(text: str) -> None:
    assert is_plain_yes(text)
    assert not is_plain_no(text)


@pytest.mark.parametrize("text", NOT_YES.split("|"))
def test_anything_more_is_no_plain_yes(text: str) -> None:
    assert not is_plain_yes(text)


@pytest.mark.parametrize("text", NO.split("|"))
def test_plain_no(text: str) -> None:
    assert is_plain_no(text)
    assert not is_plain_yes(text)


@pytest.mark.parametrize("text", NOT_NO.split("|"))
def test_anything_more_is_no_plain_no(text: str) -> None:
    assert not is_plain_no(text)


@pytest.mark.parametrize(
    ("word", "normal"),
    [
        ("бамперов", "бампер"),
        ("ДВЕРИ", "дверь"),
        ("крыла", "крыло"),
        ("чёрный", "черный"),
        ("фары", "фара"),
        ("Bumper", "bumper"),
        ("стёкол", "стекло"),
    ],
)
def test_normal_form(word: str, normal: str) -> None:
    assert lemma(word) == normal


def test_empty_words_carry_no_meaning_but_not_and_without_do() -> None:
    assert lemmas("НЕ рамные авто без пробега, и на бампер") == ("не", "рамный", "авто", "без", "пробег", "бампер")


@pytest.mark.parametrize(
    ("a", "b", "least", "most"),
    [
        ("покраска бампера", "бамперов покраска", 0.99, 1),
        ("полироффка фар", "полировка фары", 0.85, 1),
        ("крыло переднее", "крыло заднее", 0.3, 0.6),
        ("капот", "порог", 0, 0),
        ("", "капот", 0, 0),
        ("рамные авто", "не рамные авто", 0.5, 0.9),
    ],
)
def test_likeness_of_phrases(a: str, b: str, least: float, most: float) -> None:
    assert least <= similarity(a, b) <= most
    assert similarity(a, b) == pytest.approx(similarity(b, a))


@pytest.mark.parametrize(
    ("n", "expected"), [(1, "1 час"), (2, "2 часа"), (5, "5 часов"), (11, "11 часов"), (21, "21 час"), (112, "112 часов"), (0, "0 часов")]
)
def test_counted_noun_agrees(n: int, expected: str) -> None:
    assert inflect_count(n, "час", "часа", "часов") == expected


@given(st.text(max_size=300))
def test_tokens_lie_where_they_say(text: str) -> None:
    for token in tokens(text):
        assert text[token.start : token.end] == token.text
    assert 0 <= similarity(text, text) <= 1
    assert not (is_plain_yes(text) and is_plain_no(text))
