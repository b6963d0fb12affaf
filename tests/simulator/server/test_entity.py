from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valera.simulator.server.entity import Entity, check_entities, trim, utf16_length, utf16_positions
from valera.simulator.server.refusal import Refusal

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]))


@given(TEXTS)
def test_length_is_what_utf16_says(text: str) -> None:
    assert utf16_length(text) == len(text.encode("utf-16-le")) // 2


@given(TEXTS)
def test_positions_are_where_characters_begin(text: str) -> None:
    for offset, index in utf16_positions(text).items():
        assert text.encode("utf-16-le")[: offset * 2].decode("utf-16-le") == text[:index]


@pytest.mark.parametrize(
    ("text", "entity", "reason"),
    [
        ("abc", Entity("bold", 0, 4), "ends after the end"),
        ("abc", Entity("bold", 3, 1), "begins after the end"),
        ("abc", Entity("bold", -1, 1), "incorrect offset"),
        ("abc", Entity("bold", 0, 0), "incorrect length"),
        ("a😀b", Entity("bold", 2, 1), "begins in a middle of a UTF-16 symbol"),
        ("a😀b", Entity("bold", 0, 2), "ends in a middle of a UTF-16 symbol"),
        ("abc", Entity("shout", 0, 1), "unsupported type"),
        ("abc", Entity("text_link", 0, 1), '"url" must be given'),
        ("abc", Entity("text_mention", 0, 1), '"user" must be given'),
        ("abc", Entity("custom_emoji", 0, 1), '"custom_emoji_id" must be given'),
    ],
)
def test_entity_that_telegram_refuses_is_refused(text: str, entity: Entity, reason: str) -> None:
    with pytest.raises(Refusal, match=reason) as refused:
        check_entities(text, [entity])
    assert refused.value.code == 400


def test_entity_around_an_emoji_counts_two_units() -> None:
    check_entities("a😀b", [Entity("bold", 1, 2), Entity("text_link", 0, 4, url="https://example.org")])


def test_white_space_goes_and_entities_move_with_the_text() -> None:
    assert trim("  \n жирно 😀  ", [Entity("bold", 4, 5)]) == ("жирно 😀", [Entity("bold", 0, 5)])


def test_entity_that_covered_only_white_space_at_the_end_goes_with_it() -> None:
    assert trim("слово   ", [Entity("bold", 0, 7), Entity("italic", 6, 2)]) == ("слово", [Entity("bold", 0, 5)])


@given(TEXTS, st.integers(0, 20), st.integers(1, 20))
def test_what_passed_the_check_still_fits_after_trimming(text: str, offset: int, length: int) -> None:
    entity = Entity("bold", offset, length)
    try:
        check_entities(text, [entity])
    except Refusal:
        return
    kept, entities = trim(text, [entity])
    check_entities(kept, entities)
