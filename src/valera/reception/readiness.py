"""Reads dictionaries and vocabularies before the first client would wait for them."""

from __future__ import annotations

from valera.pricing.search.lexicon import lexicon
from valera.pricing.search.spelling import trade_forms
from valera.russian import readiness


def warm_up() -> None:
    readiness.warm_up()
    lexicon()
    trade_forms()
