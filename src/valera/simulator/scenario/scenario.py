"""The prepared dialogues, as the file beside this module tells them."""

from __future__ import annotations

import functools
from importlib import resources
from typing import Annotated

import msgspec


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that the client does; exactly one of start, say, press, photos and voice is given."""

    start: str | None = None
    say: str = ""
    press: tuple[str, ...] = ()
    otherwise: str = msgspec.field(default="", name="else")
    photos: Annotated[int, msgspec.Meta(ge=0, le=10)] = 0
    caption: str = ""
    voice: int = 0


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    people: tuple[str, ...]
    steps: tuple[Step, ...]


class _File(msgspec.Struct, frozen=True):
    scenario: tuple[Scenario, ...]


@functools.cache
def scenarios() -> tuple[Scenario, ...]:
    text = resources.files("valera.simulator.scenario").joinpath("scenarios.toml").read_bytes()
    return msgspec.toml.decode(text, type=_File).scenario
