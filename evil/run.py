"""A run: batches of episodes, each in a fresh copy of the two shops, and what was found in them."""

from __future__ import annotations

import math
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from evil import house
from evil.draw import draw
from evil.episode import Answer, Episode, Move, Press, Say, dump
from evil.judge.foreign import fingerprint
from evil.judge.judge import judge_all
from evil.judge.verdict import Fault, Kind
from evil.play import play, seat
from evil.player import Keys
from evil.shops import SHOPS
from evil.strategies import look
from evil.truthful import Honest, truthful
from valera.kit.secrets import Vault, master_key_from_file

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from dialogues.telegram import Telegram
    from evil.player import Player, Wit
    from valera.backoffice.shop import Shop

BATCH = 60
TOLD = 1000


class Copies(Protocol):
    """A cluster of ours, or the tests'."""

    def url(self, database: str) -> str: ...
    async def create(self, *, template: str = ...) -> str: ...
    async def drop(self, name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Failure:
    episode: Episode
    faults: list[Fault]


@dataclass(slots=True)
class Run:
    cluster: Copies
    peer: Telegram
    key: Path
    seed: int
    played: int = 0
    failures: list[Failure] = field(default_factory=list)
    _planted: str = ""
    truths: list[Player] = field(default_factory=list)
    _keys: Keys = field(default_factory=Keys)
    _foreign: dict[str, str] = field(default_factory=dict)
    first: int = 0
    """The first person who plays; those before are the strangers."""
    _shops: tuple[Shop, ...] = ()

    @property
    def vault(self) -> Vault:
        return Vault(master_key_from_file(self.key))

    async def prepare(self) -> None:
        self._planted = await self.cluster.create()
        async with house.opened(self.cluster.url(self._planted), self.peer, self.vault) as planted:
            self._shops = planted.shops
            await self._plant_strangers(planted)

    async def _plant_strangers(self, planted: house.House) -> None:
        """In each shop one client with a booking and one who was asked and has not answered: whom nobody who plays may touch or read."""
        held = (
            look("find_slots", when="завтра"),
            look("hold_slot", slot_id={"$ref": "slot", "of": "own", "at": 0}),
            Answer("Подтвердите, пожалуйста."),
        )
        asked = Move(Say("Запишите меня на завтра"), held)
        strangers = [
            Episode(shop, moves, name)
            for shop in range(len(SHOPS))
            for name, moves in (("Свидетель", (asked, Move(Press("yes")))), ("Молчун", (asked,)))
        ]
        players = seat(strangers, self._keys)
        await play(planted, players)
        self.first = max(player.person for player in players) + 1
        self._foreign = await fingerprint(planted.owner, self.first)

    async def close(self) -> None:
        await self.cluster.drop(self._planted)

    async def play(self, number: int, *, seconds: float = math.inf, show: int = 0) -> None:
        """``seconds``: after which no further batch begins."""
        until = time.monotonic() + seconds
        while self.played < number and time.monotonic() < until:
            batch = [draw(f"{self.seed}:{at}") for at in range(self.played, min(self.played + BATCH, number))]
            await self.play_batch(batch, show=show)
            self.played += len(batch)
            if show and self.played % TOLD < BATCH:
                print(f"{self.played} episodes, {len(self.failures)} with a fault", flush=True)

    async def tell_truths(self, number: int, *, show: int = 0) -> None:
        """The honest model before the same judge."""
        for first in range(0, number, BATCH):
            batch = [truthful(f"{self.seed}:{at}") for at in range(first, min(first + BATCH, number))]
            self.truths += await self.play_batch(batch, wit=Honest(), show=show)

    async def failing(self, batch: list[Episode], kinds: set[str]) -> list[Episode]:
        """Those of them that show a fault of one of these kinds; nothing of it is counted."""
        kept, self.failures = self.failures, []
        try:
            await self.play_batch(batch, wit=Honest() if batch[0].is_truthful else None)
            return [failure.episode for failure in self.failures if any(fault.kind.value in kinds for fault in failure.faults)]
        finally:
            self.failures = kept

    @asynccontextmanager
    async def copied(self) -> AsyncIterator[house.House]:
        """The two shops as they were planted; gone afterwards."""
        database = await self.cluster.create(template=self._planted)
        self.peer.chats.clear()
        try:
            async with house.opened(self.cluster.url(database), self.peer, self.vault, self._shops) as opened:
                yield opened
        finally:
            await self.cluster.drop(database)

    async def play_batch(self, batch: list[Episode], *, wit: Wit | None = None, show: int = 0) -> list[Player]:
        async with self.copied() as opened:
            players = seat(batch, self._keys.copy(), wit=wit)
            await play(opened, players)
            found = await judge_all(opened, players)
            now = await fingerprint(opened.owner, self.first)
        changed = [Fault(Kind.FORBIDDEN, f"{table}: others' rows changed") for table in now if now[table] != self._foreign[table]]
        if changed:
            found[0] = [*found.get(0, ()), *changed]
        episodes_of = {player.person: player.episode for player in players}
        for person, faults in found.items():
            failure = Failure(episodes_of.get(person, batch[0]), faults)
            if len(self.failures) < show:
                print(*(str(fault) for fault in faults), dump(failure.episode)[:1500], "", sep="\n", flush=True)
            self.failures.append(failure)
        return players


def held(players: list[Player]) -> tuple[int, list[tuple[str, str]]]:
    """How many texts an honest model said, and those that were refused, with the reason that it was given."""
    said = 0
    refused: list[tuple[str, str]] = []
    for player in players:
        texts = [answer.text for answer in player.answers if answer.text]
        said += len(texts) - len(player.repairs)
        refused += player.repairs
    return said, refused
