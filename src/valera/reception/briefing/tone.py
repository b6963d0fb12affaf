"""The tone that a shop has chosen: models are told of it behind the house's rules, the scripted receptionist in the shop's block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from valera.accounts import queries as account_queries
from valera.accounts.account import get_account
from valera.kit.phrases import Phrases

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

PHRASES = Phrases.load("valera.reception")
SETTING = "tone"
"""Where a shop's settings hold it."""


class Length(StrEnum):
    SHORT = "short"
    DETAILED = "detailed"


class Manner(StrEnum):
    PLAIN = "plain"
    WARM = "warm"


@dataclass(frozen=True, slots=True)
class Tone:
    """The first of each is what the house's rules ask for anyway."""

    length: Length = Length.SHORT
    manner: Manner = Manner.PLAIN

    @classmethod
    def read(cls, own: Mapping[str, str] | None) -> Tone:
        """What a setting says that this version does not know is the house's."""
        own = own or {}
        length, manner = own.get("length"), own.get("manner")
        return cls(
            Length(length) if length in set(Length) else Length.SHORT,
            Manner(manner) if manner in set(Manner) else Manner.PLAIN,
        )

    @property
    def chosen(self) -> tuple[str, ...]:
        """What differs from the house's."""
        return tuple(value.value for value, usual in ((self.length, Length.SHORT), (self.manner, Manner.PLAIN)) if value != usual)

    def words(self, locale: str) -> str:
        """For a model; empty where the house's rules say it all."""
        return "\n".join(PHRASES.say(locale, f"tone.{value}") for value in self.chosen)


async def get_tone(tx: AccountTx) -> Tone:
    return Tone.read((await get_account(tx)).settings.get(SETTING))


async def set_tone(tx: AccountTx, tone: Tone) -> None:
    """From the next turn on."""
    await account_queries.update_settings(tx, {SETTING: {"length": tone.length.value, "manner": tone.manner.value}})
