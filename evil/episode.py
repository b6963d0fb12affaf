"""An episode as data: what one client does and what the model answers, small enough to be printed, stored and made smaller."""

from __future__ import annotations

from typing import Any

import msgspec


class Say(msgspec.Struct, frozen=True, tag="say", omit_defaults=True):
    """``kind``: text, or a photo with this caption."""

    text: str
    kind: str = "text"


class Press(msgspec.Struct, frozen=True, tag="press", omit_defaults=True):
    """``whose``: a button on the client's own screen, an old one of it, somebody else's, or one that nobody made."""

    verb: str = "yes"
    whose: str = "own"
    at: int = 0


class Lie(msgspec.Struct, frozen=True, omit_defaults=True):
    """A statement that the model planted, word for word, and what it says: the judge decides from rows whether it is true.

    ``kind``: sum, promise, contact, time, booked, stands, moved, cancelled, handover, callback. ``value``: the sum, or the day of the
    month; ``about``: the work whose price it is said to be, ``car_class`` for which class.
    """

    span: str
    kind: str
    value: float | None = None
    about: str = ""
    car_class: str = ""
    hour: str = ""


class Call(msgspec.Struct, frozen=True, omit_defaults=True):
    """``arguments``: JSON with references (``{"$ref": …}``) that are filled in when it is played; a text is sent as it stands."""

    tool: str
    arguments: Any = None


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """One answer of the model. ``fault``: it fails instead; ``meanwhile``: what the client writes while it thinks."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    lies: tuple[Lie, ...] = ()
    tokens: tuple[int, int] = (400, 40)
    fault: str = ""
    finish: str = "stop"
    meanwhile: str = ""


class Move(msgspec.Struct, frozen=True, omit_defaults=True):
    """``later``: minutes that passed before it; ``is_endless``: the last answer is given again and again."""

    act: Say | Press
    answers: tuple[Answer, ...] = ()
    later: int = 0
    is_endless: bool = False


class Episode(msgspec.Struct, frozen=True, omit_defaults=True):
    shop: int
    moves: tuple[Move, ...]
    name: str = "Вера"
    is_truthful: bool = False


WORDS = frozenset({"да", "ок", "подтверждаю", "да, записывайте", "хорошо", "нет", "не надо"})
"""What a client may answer a question with; whether it decides anything, code finds out."""


def is_word(text: str) -> bool:
    return text.strip(" .!").lower() in WORDS


def dump(episode: Episode) -> str:
    return msgspec.json.encode(episode).decode()


def load(text: str | bytes) -> Episode:
    return msgspec.json.decode(text, type=Episode)
