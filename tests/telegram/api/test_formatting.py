"""Text and entities: what is sent says what was meant, in pieces that Telegram takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valera.telegram.api.formatting import MAX_UNITS, format_text, split, units

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)


@pytest.mark.parametrize(
    ("source", "text", "spans"),
    [
        ("без ничего", "без ничего", []),
        ("**жирно**", "жирно", [(0, 5)]),
        ("🚗 **да**", "🚗 да", [(3, 2)]),
        ("не ** закрыто", "не ** закрыто", []),
        ("** пусто **", "** пусто **", []),
        ("  **а** б  ", "а б", [(0, 1)]),
        ("2 * 3 ** 4", "2 * 3 ** 4", []),
        ("<b>нет</b> _нет_ `нет`", "<b>нет</b> _нет_ `нет`", []),
    ],
)
def test_bold_becomes_an_entity_and_nothing_else_changes(source: str, text: str, spans: list[tuple[int, int]]) -> None:
    formatted = format_text(source)

    assert formatted.text == text
    assert [(entity["offset"], entity["length"]) for entity in formatted.entities] == spans


@given(TEXT)
def test_entities_always_lie_inside_the_text(source: str) -> None:
    formatted = format_text(source)

    for entity in formatted.entities:
        assert entity["offset"] >= 0
        assert entity["length"] > 0
        assert entity["offset"] + entity["length"] <= units(formatted.text)


@given(st.lists(st.one_of(TEXT, st.just("**важно** "), st.just("🚗" * 40)), max_size=12).map("\n".join), st.integers(20, 200))
def test_pieces_fit_and_say_the_same(source: str, limit: int) -> None:
    formatted = format_text(source)
    pieces = split(formatted, limit)

    assert all(0 < units(piece.text) <= limit for piece in pieces)
    assert "".join("".join(piece.text.split()) for piece in pieces) == "".join(formatted.text.split())
    for piece in pieces:
        for entity in piece.entities:
            assert 0 <= entity["offset"] < entity["offset"] + entity["length"] <= units(piece.text)


def test_bold_stays_on_its_words_across_a_cut() -> None:
    formatted = format_text("слово " * 20 + "**жирное слово** конец")

    marked = []
    for piece in split(formatted, 64):
        encoded = piece.text.encode("utf-16-le")
        marked += [encoded[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le") for e in piece.entities]

    assert "".join(" ".join(marked).split()) == "жирноеслово"


def test_four_thousand_emoji_are_two_messages() -> None:
    pieces = split(format_text("🚗" * 4096))

    assert [units(piece.text) for piece in pieces] == [MAX_UNITS, MAX_UNITS]
