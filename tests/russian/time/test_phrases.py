"""What people say of time, and what they mean: phrases.toml, row by row."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from valera.russian.time.when import Unclear, Wish, read_wish


@dataclass(frozen=True, slots=True)
class Told:
    """One phrase, where and when it was said, and what it means."""

    say: str
    now: datetime
    zone: ZoneInfo
    meaning: dict[str, Any]

    @property
    def expected(self) -> dict[str, Any]:
        """In the words of `describe`."""
        moments = {key: self._moment(self.meaning[key]) for key in ("at", "from", "to") if key in self.meaning}
        days = [f"{self._moment(f'{day} 00:00'):%d.%m.%Y}" for day in self.meaning.get("except", ())]
        rest = {key: self.meaning[key] for key in ("hours", "edge", "ask", "about", "soonest") if key in self.meaning}
        return moments | ({"except": days} if days else {}) | rest

    def _moment(self, written: str) -> datetime:
        day, clock = written.split()
        parts = [int(part) for part in day.split(".")]
        wall = time.fromisoformat(clock)
        year = parts[2] if len(parts) == 3 else self.now.year
        return datetime(year, parts[1], parts[0], wall.hour, wall.minute, tzinfo=self.zone)


def phrases() -> list[Told]:
    groups = tomllib.loads(Path(__file__).with_name("phrases.toml").read_text("utf-8"))["told"]
    return [
        Told(row["say"], datetime.fromisoformat(row.get("now", group["now"])).replace(tzinfo=zone), zone, row)
        for group in groups
        for zone in [ZoneInfo(group["zone"])]
        for row in group["phrases"]
    ]


def describe(read: Wish | Unclear | None) -> dict[str, Any]:
    """As a row of phrases.toml says it: only what differs from nothing."""
    match read:
        case None:
            return {}
        case Unclear():
            return {"ask": read.question_key}
        case Wish():
            span = {"at": read.start} if read.exact else {"from": read.start, "to": read.end}
            hours = {"hours": "-".join("24:00" if wall == time.max else f"{wall:%H:%M}" for wall in read.hours)} if read.hours else {}
            days = {"except": [f"{day:%d.%m.%Y}" for day in sorted(read.besides)]} if read.besides else {}
            edge = {"edge": read.edge.value} if read.edge else {}
            return span | hours | days | edge | {name: True for name in ("about", "soonest") if getattr(read, name)}


@pytest.mark.parametrize("told", phrases(), ids=lambda told: f"{told.say} ({told.now:%d.%m %H:%M})")
def test_a_phrase_means_what_people_mean(told: Told) -> None:
    assert describe(read_wish(told.say, now=told.now, zone=told.zone)) == told.expected


def test_there_are_enough_phrases() -> None:
    assert len({(told.say, told.now) for told in phrases()}) == len(phrases()) >= 200
