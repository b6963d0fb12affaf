"""Works: how long each takes, and which sections of the price list a bay must do for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from valera.bookings.schedule import queries
from valera.bookings.schedule.rules import read_rules
from valera.kit.errors import Invalid
from valera.pricing.search.listed import name_works, title_of
from valera.russian.words import similarity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from valera.kit.db import AccountTx

SAME_SERVICE = 0.5
"""Half of the words of a work and of a section in common: they mean the same."""
DURATION_MINUTES = range(5, 10081)


class DurationInvalid(Invalid):
    """No work takes that long."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is booked, and how many minutes it takes. ``is_listed``: every word of ``service`` is the price list's own. ``sections``: what
    its bay must do; empty when nobody knows.
    """

    service: str
    minutes: int
    is_listed: bool = False
    sections: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _WorkRules:
    settings: dict[str, Any]
    durations: dict[str, int]
    dedicated: list[str]


async def plan_work(tx: AccountTx, service: str) -> Work:
    """``service`` in anybody's words. A work takes as long as its section of the list, else as a section whose name says the same, else
    the shop's default; works of the list add up, and words that are none of it take no time of their own.
    """
    rules = await queries.select_work_rules(tx, _WorkRules)
    durations, default = rules.durations, read_rules(rules.settings).default_minutes
    listed = await name_works(tx, service)
    known = [work for work in listed if work.sections]
    if not known:
        section, of_a_bay = _likest(service, durations), _likest(service, rules.dedicated)
        sections = frozenset({name for name in (section, of_a_bay) if name})
        return Work(service, durations[section] if section else default, sections=sections)
    minutes = sum(max(durations.get(section, default) for section in work.sections) for work in known)
    sections = frozenset(section for work in known for section in work.sections)
    return Work(title_of(listed), min(minutes, DURATION_MINUTES[-1]), all(work.is_sure for work in listed), sections)


async def set_duration(tx: AccountTx, section: str, minutes: int) -> None:
    """How long works of this section of the price list take. Raises DurationInvalid."""
    if minutes not in DURATION_MINUTES:
        raise DurationInvalid(f"A work takes {DURATION_MINUTES[0]} to {DURATION_MINUTES[-1]} minutes, not {minutes}.")
    await queries.upsert_duration(tx, section, minutes)


def _likest(service: str, sections: Iterable[str]) -> str | None:
    if not service:
        return None
    likest = max(sections, key=lambda section: similarity(service, section), default=None)
    return likest if likest is not None and similarity(service, likest) >= SAME_SERVICE else None
