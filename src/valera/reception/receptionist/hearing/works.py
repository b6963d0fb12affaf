"""Which works a text names: what is left of it when everything else is understood, cut at commas and «и»."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from valera.reception.receptionist.hearing.groups import Group, cut, is_action
from valera.reception.trade import trade
from valera.russian.morphology import part_of_speech

if TYPE_CHECKING:
    from collections.abc import Sequence


JOINED = frozenset({"\u0438", "+"})
JOINTS = " \n:\u2014\u2013-"


@dataclass(frozen=True, slots=True)
class Works:
    """``leftover``: other words, that nothing was understood of."""

    named: tuple[str, ...]
    replaced: tuple[str, ...]
    leftover: tuple[str, ...]


def find_works(text: str, said: dict[int, str], taken: set[int], *, price_at: int | None) -> Works:
    """``said``: meant lemmas by the place of the word; ``taken``: places of words that mean something else.

    ``price_at``: where the client asked for a price, if anywhere; from there on words unknown to the trade count as works too.
    """
    groups = cut(text, said, taken, price_at)
    known_from = next((at for at, group in enumerate(groups) if group.is_known), None)
    chosen = [
        group
        for at, group in enumerate(groups)
        if group.is_known
        or (group.is_mere_quality and any(near.is_known for near in groups[max(at - 1, 0) : at + 2]))
        or (at and groups[at - 1].is_known and group.is_mere_thing and text[groups[at - 1].end : group.start].strip().lower() in JOINED)
        or (price_at is not None and group.is_listable and (group.after_price or (known_from is not None and at > known_from)))
    ]
    kept = [group for group in chosen if not group.is_replaced] or chosen
    wanted = _completed(kept)
    leftover = tuple(" ".join(group.words) for group in groups if group not in chosen and not group.is_replaced)
    return Works(
        tuple(dict.fromkeys(_spread(text, wanted))),
        tuple(" ".join(group.words) for group in chosen if group not in kept),
        leftover=leftover,
    )


def _spread(text: str, groups: Sequence[Group]) -> list[str]:
    """«покрасить капот и крыло»: the work is said once for both. «снятие и установка бампера» stays one, as it was written."""
    spread: list[str] = []
    action: str = ""
    waiting: Group | None = None
    done_to: tuple[str, ...] = ()  # what the work before was done to
    is_given = False  # a verb behind its part was given to that part
    for at, group in enumerate(groups):
        start = waiting.start if waiting else group.start
        if group.action is not None and not group.objects and _shares_its_object(groups, at):
            waiting = waiting or group
            continue
        waiting = None
        if (
            group.action is not None
            and not group.objects
            and at + 1 < len(groups)
            and not text[group.end : groups[at + 1].start].strip(JOINTS)
        ):
            action = group.words[group.action]
            continue  # «покрасить», and the part in the next message
        if group.action is not None and not group.objects and spread and _trailing_action(groups[at:]) and not action and not is_given:
            is_given = True
            continue  # «капот, покраска»: it was given to the part before
        if group.action is not None and not group.objects and done_to and _is_verb(group):
            spread.append(" ".join((*group.words, *done_to)))
            continue  # «бампер запаять и покрасить»
        done_to = group.objects or done_to
        if group.action is None and (group.is_known or group.is_mere_quality):
            spread.append(" ".join(filter(None, (action or _trailing_action(groups[at + 1 :]), *group.words))))
            continue
        action = next((word for word, meaning in zip(group.words, group.lemmas, strict=True) if is_action(meaning)), action)
        spread.append(text[start : group.end] if start != group.start else _named(group))
    return spread


def _completed(groups: Sequence[Group]) -> list[Group]:
    """«замена передних и задних колодок»: what is only placed here is named behind."""
    done = list(groups)
    for at in range(len(done) - 2, -1, -1):
        group, behind = done[at], done[at + 1]
        nouns = [(word, meaning) for word, meaning in zip(behind.words, behind.lemmas, strict=True) if _is_thing(word, meaning)]
        if nouns and group.objects and all(part_of_speech(word) == "ADJF" for word in group.objects) and not _is_alone_a_thing(group):
            words, lemmas = zip(*nouns, strict=True)
            done[at] = replace(group, words=(*group.words, *words), lemmas=(*group.lemmas, *lemmas))
    return done


def _is_thing(word: str, meaning: str) -> bool:
    return part_of_speech(word) == "NOUN" and not is_action(meaning)


def _is_alone_a_thing(group: Group) -> bool:
    """«рулевая», «тормозная» name more than a place."""
    return not all(meaning in trade().qualifiers or is_action(meaning) for meaning in group.lemmas)


def _shares_its_object(groups: Sequence[Group], at: int) -> bool:
    """«снятие и установка бампера»: the next work names what both are done to."""
    return at + 1 < len(groups) and groups[at + 1].action is not None and bool(groups[at + 1].objects)


def _is_verb(group: Group) -> bool:
    return part_of_speech(group.words[0]) in {"INFN", "VERB"}


def _named(group: Group) -> str:
    """«на покраску капота» names «покраска капота»."""
    first, *rest = group.words
    is_noun = group.lemmas[0] in trade().actions and part_of_speech(first) == "NOUN"
    return " ".join((group.lemmas[0] if is_noun else first, *rest))


def _trailing_action(groups: Sequence[Group]) -> str:
    """«капот и крыло покрасить»: the verb behind the last part is meant for all of them."""
    last = next((group for group in groups if group.action is not None), None)
    if last is None or last.action != len(last.words) - 1:
        return ""
    return last.words[-1]
