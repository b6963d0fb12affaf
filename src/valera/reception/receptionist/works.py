"""Which works a text names: what is left of it when everything else is understood, cut at commas and «и»."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.reception.receptionist.vocabulary import filler, word_set
from valera.reception.trade import trade
from valera.russian.words import Kind, part_of_speech, scan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valera.russian.words import Token

EMPTY = frozenset({"CONJ", "PRCL", "INTJ", "NPRO", "ADVB", "PRED", "NUMR", "GRND", "COMP"})
LISTABLE = frozenset({"NOUN", "ADJF", "INFN", "PRTF", ""})
LONGEST_LISTED = 4


@dataclass(frozen=True, slots=True)
class Group:
    """Words of one work: as written, with their lemmas. ``is_replaced``: the client named something else instead."""

    words: tuple[str, ...]
    lemmas: tuple[str, ...]
    after_price: bool
    is_replaced: bool

    @property
    def is_known(self) -> bool:
        return any(trade().knows(word) for word in self.lemmas)

    @property
    def action(self) -> int | None:
        return next((at for at, word in enumerate(self.lemmas) if word in trade().actions), None)

    @property
    def objects(self) -> tuple[str, ...]:
        """What is worked on: everything but the actions."""
        return tuple(word for word, meaning in zip(self.words, self.lemmas, strict=True) if meaning not in trade().actions)

    @property
    def is_listable(self) -> bool:
        return len(self.words) <= LONGEST_LISTED and all(part_of_speech(word) in LISTABLE | {"PREP"} for word in self.words)


def find_works(text: str, said: dict[int, str], taken: set[int], *, price_at: int | None) -> tuple[str, ...]:
    """``said``: meant lemmas by the place of the word; ``taken``: places of words that mean something else; ``price_at``: where the
    client asked for a price, if anywhere: from there on words unknown to the trade count as works too."""
    groups = _groups(text, said, taken, price_at)
    known_from = next((at for at, group in enumerate(groups) if group.is_known), None)
    chosen = [
        group
        for at, group in enumerate(groups)
        if group.is_known or (price_at is not None and group.is_listable and (group.after_price or (known_from is not None and at > known_from)))
    ]
    last_replaced = max((at for at, group in enumerate(chosen) if group.is_replaced and chosen[at + 1 :]), default=-1)
    return tuple(dict.fromkeys(" ".join(words) for words in _spread(chosen[last_replaced + 1 :])))


def _groups(text: str, said: dict[int, str], taken: set[int], price_at: int | None) -> list[Group]:
    found: list[Group] = []
    words: list[Token] = []
    negated = corrected = False

    def close(*, replaced: bool) -> None:
        nonlocal words
        while words and part_of_speech(words[-1].text) == "PREP":
            words.pop()
        if words:
            after = price_at is not None and words[0].start > price_at
            found.append(Group(tuple(word.text for word in words), tuple(said[word.start] for word in words), after, replaced))
        words = []

    for token in scan(text):
        word = said.get(token.start, "")
        if _separates(token, word):
            close(replaced=negated)
            negated = False if words or token.kind is Kind.SIGN else negated
        elif word in word_set("reply", "instead"):
            close(replaced=negated)
            negated = True
        elif word in word_set("reply", "correction"):
            close(replaced=negated)
            negated, corrected = False, True
            found = [_replaced(group) for group in found]
        elif token.kind is Kind.WORD and token.start not in taken and _is_content(token, word, words):
            words.append(token)
    close(replaced=negated)
    return found


def _replaced(group: Group) -> Group:
    return Group(group.words, group.lemmas, group.after_price, is_replaced=True)


def _separates(token: Token, word: str) -> bool:
    return token.text in ",;\n.!?+/&:" if token.kind is Kind.SIGN else word in word_set("reply", "joins")


def _is_content(token: Token, word: str, before: Sequence[Token]) -> bool:
    if trade().knows(word):
        return True
    part = part_of_speech(token.text)
    if part == "PREP":
        return bool(before)
    return word not in filler() and part not in EMPTY and len(token.text) > 1


def _spread(groups: Sequence[Group]) -> list[tuple[str, ...]]:
    """«покрасить капот и крыло»: the work is said once for both; «отполировать и покрасить капот»: the part is."""
    spread: list[tuple[str, ...]] = []
    action: tuple[str, ...] = ()
    for at, group in enumerate(groups):
        own = tuple(word for word, meaning in zip(group.words, group.lemmas, strict=True) if meaning in trade().actions)
        part = group.objects
        if own and not part:
            part = next((other.objects for other in groups[at + 1 :] if other.objects), ())
        if not own and group.is_known:
            own = action or _trailing_action(groups[at + 1 :])
        action = own if group.action is not None else action
        spread.append(group.words if group.action is not None and group.objects else (*own, *part))
    return spread


def _trailing_action(groups: Sequence[Group]) -> tuple[str, ...]:
    """«капот и крыло покрасить»: the verb behind the last part is meant for all of them."""
    last = next((group for group in groups if group.action is not None), None)
    if last is None or last.action != len(last.words) - 1:
        return ()
    return (last.words[-1],)
