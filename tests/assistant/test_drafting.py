from __future__ import annotations

import pytest

from valera.assistant.drafting import GatedDraft, whole_sentences


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("", ""),
        ("Здравств", ""),
        ("Здравствуйте!", ""),
        ("Здравствуйте! По", "Здравствуйте!"),
        ("Это 12.5", ""),
        ("Стоит 12 000 ₽. И ещё", "Стоит 12 000 ₽."),
        ("Первая строка\nвторая", "Первая строка"),
        ("Он сказал: «Готово.» Дальше", "Он сказал: «Готово.»"),
        ("**Готово.** Дальше", "**Готово.**"),
        ("Что делаем? Есть два пути… первый", "Что делаем? Есть два пути…"),
    ],
)
def test_only_whole_sentences_are_looked_at(text: str, whole: str) -> None:
    assert whole_sentences(text) == whole


def said(answer: str, *, forbidden: str, piece: int = 3) -> list[str]:
    shown: list[str] = []
    draft = GatedDraft(lambda text: forbidden not in text, shown.append)
    for end in range(0, len(answer) + piece, piece):
        draft(answer[:end])
    return shown


def test_each_sentence_is_shown_once_with_all_before_it() -> None:
    assert said("Раз. Два. Три. ", forbidden="!") == ["Раз.", "Раз. Два.", "Раз. Два. Три."]


def test_nothing_that_the_gates_refuse_is_shown_nor_what_follows_it() -> None:
    assert said("Здравствуйте. Это 99 рублей. Ждём вас. ", forbidden="99") == ["Здравствуйте."]
