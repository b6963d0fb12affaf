"""Whom Telegram vouches for, and the errors of its vouching."""

from __future__ import annotations

from dataclasses import dataclass

from valera.kit.errors import Unauthenticated, Upstream

LARGEST_ID = (1 << 52) - 1
"""Telegram's own promise for ids of people."""
MAX_NAME = 64


class ProofRefused(Unauthenticated):
    """What came back is not Telegram's word, not for us, or not for this moment. ``reason`` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__("Telegram did not confirm this sign-in. Begin again.")
        self.reason = reason


class TelegramSilent(Upstream):
    """Telegram's sign-in did not answer, or not in a way that could be read."""


@dataclass(frozen=True, slots=True)
class TelegramPerson:
    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None


def read_id(given: object) -> int:
    """Telegram sends it as a number or as its digits. Raises ProofRefused."""
    text = str(given) if isinstance(given, int | str) and not isinstance(given, bool) else ""
    if not (text.isascii() and text.isdigit()) or not 0 < int(text[:20]) <= LARGEST_ID:
        raise ProofRefused("the id is none")
    return int(text)


def read_name(given: object) -> str:
    """Printable and short, or empty."""
    text = given if isinstance(given, str) else ""
    return "".join(char for char in text if char.isprintable()).strip()[:MAX_NAME]
