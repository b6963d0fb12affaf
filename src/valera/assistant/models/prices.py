"""Prices that an installation states itself: of models that no public list has, or that are charged in another currency."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

DOLLAR = "USD"
MILLION = Decimal(1_000_000)
CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class OwnPrice:
    """Of a million tokens."""

    input: Decimal
    output: Decimal
    currency: str = DOLLAR

    def of(self, input_tokens: int, output_tokens: int) -> Decimal:
        return (self.input * input_tokens + self.output * output_tokens) / MILLION


def read_prices(text: str) -> dict[str, OwnPrice]:
    """``yandex:yandexgpt=400/800 RUB, vllm:qwen3=0/0``: input and output, a million tokens, in US dollars unless a currency stands there.
    Raises ValueError with a sentence.
    """
    prices: dict[str, OwnPrice] = {}
    for part in filter(str.strip, text.split(",")):
        model, found, price = (piece.strip() for piece in part.rpartition("="))
        sums, _, currency = price.partition(" ")
        entered, divided, returned = sums.partition("/")
        if not found or ":" not in model or not divided:
            raise ValueError(f"{part.strip()!r} is no price. One reads PROVIDER:NAME=INPUT/OUTPUT CURRENCY, a million tokens")
        prices[model] = OwnPrice(_amount(entered), _amount(returned), _currency(currency.strip() or DOLLAR))
    return prices


def read_rates(text: str) -> dict[str, Decimal]:
    """``RUB=92.5``: so much of it is a US dollar. Raises ValueError with a sentence."""
    rates: dict[str, Decimal] = {}
    for part in filter(str.strip, text.split(",")):
        currency, found, rate = (piece.strip() for piece in part.partition("="))
        if not found or not _amount(rate):
            raise ValueError(f"{part.strip()!r} is no rate. One reads RUB=92.5: so much is a US dollar")
        rates[_currency(currency)] = _amount(rate)
    return rates


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount < MILLION:
        raise ValueError(f"{text.strip()!r} is no sum, such as 92.5")
    return amount


def _currency(text: str) -> str:
    if CURRENCY.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no currency, such as RUB")
    return text
