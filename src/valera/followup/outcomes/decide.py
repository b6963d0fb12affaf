"""Deciding what a dialogue came to: by what was done in it, then by the client's last words. No database, no model."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from valera.chats.chat import Role
from valera.followup.outcomes.episode import Episode, Outcome
from valera.russian.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from valera.followup.outcomes.episode import Change, ToolResult

LAST_WORDS = 2
"""So many of the client's last messages say why he went."""
LINK = re.compile(r"https?://|www\.|\bt\.me/", re.IGNORECASE)
COMMAND = re.compile(r"/\w+")


@dataclass(frozen=True, slots=True)
class Verdict:
    """``message_id``: the line that shows it; None where nothing that was said does."""

    outcome: Outcome
    message_id: int | None


def decide(episode: Episode) -> Verdict:
    """An episode has at least one line of the client's."""
    done = _of_changes(episode) or _of_requests(episode) or _of_people(episode) or _of_tools(episode)
    return done or _of_words(episode)


def _of_changes(episode: Episode) -> Verdict | None:
    """A booking that stands at the end counts for more than what happened to another."""
    last_of: dict[int, Change] = {change.booking_id: change for change in episode.changes}
    made = [change for change in episode.changes if change.event in {"requested", "confirmed"}]
    standing = [change for change in made if last_of[change.booking_id].event != "cancelled"]
    if standing:
        return _shown(episode, Outcome.BOOKED, standing[-1].message_id)
    if not episode.changes:
        return None
    last = episode.changes[-1]
    return _shown(episode, Outcome.MOVED if last.event == "moved" else Outcome.CANCELLED, last.message_id)


def _of_requests(episode: Episode) -> Verdict | None:
    if episode.callback_turns:
        return _in_turn(episode, Outcome.CALLBACK, episode.callback_turns[-1])
    if episode.waitlist_turns:
        return _in_turn(episode, Outcome.WAITLIST, episode.waitlist_turns[-1])
    return None


def _of_people(episode: Episode) -> Verdict | None:
    """A person who answered made of it what they could; one who was only called is no reason against the client's own."""
    answered = [line for line in episode.lines if line.role == Role.MANAGER]
    if answered:
        return Verdict(Outcome.HUMAN, answered[0].id)
    dear = next((line for line in reversed(episode.said[-LAST_WORDS:]) if says_dear(line.content)), None)
    if dear is not None:
        return Verdict(Outcome.PRICE_TOO_HIGH, dear.id)
    calls = [result for result in episode.results if result.tool == "call_human"]
    if calls:
        return _in_turn(episode, Outcome.HUMAN, calls[-1].turn_id)
    return Verdict(Outcome.HUMAN, episode.said[-1].id) if episode.is_human_called else None


def _of_tools(episode: Episode) -> Verdict | None:
    searches = [result for result in episode.results if result.tool == "find_slots"]
    if searches and (searches[-1].content.get("reason") or not searches[-1].content.get("slots")):
        return _in_turn(episode, Outcome.NO_SLOT, searches[-1].turn_id)
    prices = [result for result in episode.results if result.tool == "find_prices"]
    named = [result for result in prices if _names_price(result.content)]
    if named and not searches:
        return _in_turn(episode, Outcome.PRICE_ONLY, named[-1].turn_id)
    if prices and not named and not searches and _is_outside(prices):
        return _in_turn(episode, Outcome.OUT_OF_PROFILE, prices[-1].turn_id)
    return None


def _names_price(content: dict[str, Any]) -> bool:
    return bool(content.get("found") or content.get("by_class"))


def _is_outside(prices: Iterable[ToolResult]) -> bool:
    """Something was looked for, and there was nothing to choose from either."""
    return any(result.content.get("missing") or result.content.get("not_for_class") for result in prices) and not any(
        result.content.get("choose") for result in prices
    )


def _of_words(episode: Episode) -> Verdict:
    said = [line for line in episode.said if line.content and not COMMAND.fullmatch(line.content.split()[0])]
    last, end = episode.said[-1], episode.lines[-1]
    if not said:
        return Verdict(Outcome.SILENT, last.id)
    if not episode.results and any(LINK.search(line.content) for line in said):
        return Verdict(Outcome.SPAM, next(line.id for line in said if LINK.search(line.content)))
    if end.role == Role.USER:
        return Verdict(Outcome.OTHER, last.id)
    if _is_thanks(last.content):
        return Verdict(Outcome.ANSWERED, last.id)
    return Verdict(Outcome.SILENT, end.id) if "?" in end.content else Verdict(Outcome.ANSWERED, end.id)


def says_dear(text: str) -> bool:
    """«дороговато», «не по карману»; not «недорого» and not «не дорого»."""
    spoken = [(token.folded, token.lemma) for token in tokens(text)]
    return any(_stands_at(spoken, at, phrase) for phrase in _phrases("dear") for at in range(len(spoken) - len(phrase) + 1))


def _stands_at(spoken: Sequence[tuple[str, str]], at: int, phrase: Sequence[str]) -> bool:
    if any(word not in spoken[at + offset] for offset, word in enumerate(phrase)):
        return False
    return at == 0 or len(phrase) > 1 or not set(spoken[at - 1]) & _denials()


def _is_thanks(text: str) -> bool:
    spoken = [(token.folded, token.lemma) for token in tokens(text)]
    return bool(spoken) and any(_stands_at(spoken, at, phrase) for phrase in _phrases("thanks") for at in range(len(spoken)))


def _in_turn(episode: Episode, outcome: Outcome, turn_id: int) -> Verdict:
    line = episode.asked_in(turn_id)
    return Verdict(outcome, line.id if line else episode.said[-1].id)


def _shown(episode: Episode, outcome: Outcome, message_id: int | None) -> Verdict:
    return Verdict(outcome, message_id if message_id is not None else episode.said[-1].id)


@functools.cache
def _phrases(key: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split()) for phrase in _lists()[key])


@functools.cache
def _denials() -> frozenset[str]:
    return frozenset(str(_lists()["not_dear"]).split())


@functools.cache
def _lists() -> dict[str, list[str]]:
    return tomllib.loads(resources.files("valera.followup.outcomes").joinpath("data/words.toml").read_text("utf-8"))
