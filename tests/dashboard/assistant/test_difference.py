"""What is new in a text, as people read it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from valera.dashboard.assistant.difference import Difference, difference

TEXTS = st.lists(st.sampled_from(["", "раз два три", "раз два четыре", "пять", "раз, два. Три!"]), max_size=30).map("\n".join)


def side(found: Difference, *kinds: str) -> list[str]:
    return ["".join(part.text for part in line.parts) for line in found.lines if line.kind in kinds]


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_out_of_it(before: str, after: str) -> None:
    found = difference(before, after)
    gaps = sum(line.count for line in found.lines if line.kind == "gap")
    assert len(side(found, "same", "out")) + gaps == len(before.splitlines())
    assert len(side(found, "same", "in")) + gaps == len(after.splitlines())
    assert side(found, "out") == [line for line in before.splitlines() if line in side(found, "out")][: found.removed] or found.removed
    assert found.is_none == (before.splitlines() == after.splitlines())


def test_a_changed_word_is_marked_and_its_line_is_not_new() -> None:
    found = difference("Осмотр бесплатный.\nГарантия два года.", "Осмотр бесплатный.\nГарантия три года.")
    assert [[part.text for part in line.parts if part.is_changed] for line in found.lines if line.kind != "same"] == [["два"], ["три"]]


def test_what_did_not_change_is_left_out_but_for_two_lines_around() -> None:
    lines = [f"строка {number}" for number in range(20)]
    found = difference("\n".join(lines), "\n".join([*lines[:10], "новая", *lines[10:]]))
    assert [(line.kind, line.count) for line in found.lines] == [
        ("gap", 8), ("same", 0), ("same", 0), ("in", 0), ("same", 0), ("same", 0), ("gap", 8),
    ]  # fmt: skip
