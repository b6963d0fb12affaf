"""Clients' questions to three lists: near.toml was looked at while the search was made, aside.toml was not, own.toml is its author's."""

from __future__ import annotations

import pytest

from tests.pricing.questions.ask import Figures, ask_all


@pytest.mark.parametrize(("name", "recall", "wrong"), [("near", 0.97, 0), ("own", 0.97, 0), ("aside", 0.87, 1)])
def test_expected_rows_are_found_and_nothing_wrong_is_certain(name: str, recall: float, wrong: int) -> None:
    """The bounds of aside.toml are what was measured on it, once, when the search was ready: 88.0 % and one wrong row."""
    figures = Figures.of(ask_all(name))

    assert figures.recall >= recall
    assert figures.wrong_certain <= wrong
