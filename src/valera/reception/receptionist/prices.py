"""Prices: which works, for which car, and how the answer is said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from valera.pricing.car_class import read_class, read_kind
from valera.pricing.price_list import CarClass
from valera.reception.receptionist.answers import class_lines, row_question
from valera.reception.receptionist.conversation import Call, Refused
from valera.reception.receptionist.desk import Piece
from valera.reception.receptionist.hearing.vocabulary import meant, word_set
from valera.reception.receptionist.memory import Open, adds_works
from valera.reception.trade import trade
from valera.russian.cars import find_car
from valera.russian.morphology import part_of_speech
from valera.russian.words import lemma, lemmas, tokens

if TYPE_CHECKING:
    from collections.abc import Generator

    from valera.reception.receptionist.conversation import Arguments
    from valera.reception.receptionist.desk import Desk, Task

ASK_WORK, OFFER, ASK_CLASS, ASK_CHOICE = 10, 10, 20, 40
LONGEST_ANSWER = 8  # words
LONGEST_CHOICE = 4  # words


@dataclass(frozen=True, slots=True)
class Basket:
    """What is to be priced: works in words, and the rows that are meant where the words fit several."""

    works: tuple[str, ...] = ()
    item_ids: tuple[int, ...] = ()
    car: str = ""  # other than the one spoken of

    def __bool__(self) -> bool:
        return bool(self.works or self.item_ids)

    def with_rows(self, item_ids: list[int]) -> Basket:
        return replace(self, item_ids=tuple(dict.fromkeys([*self.item_ids, *item_ids])))

    def call(self, desk: Desk) -> Call:
        ids = list(self.item_ids) or None
        car_class = None if self.car else _known_class(desk)
        return Call.of("find_prices", works=list(self.works), item_ids=ids, car=self.car or desk.car or None, car_class=car_class)


def name_prices(desk: Desk) -> Task:
    """Tool: find_prices; once more where a work fits one row only, though not surely: that row is named as the nearest."""
    if not desk.shop.has_prices:
        return [Piece(desk.say("no_prices"), desk.say("offer_human"), OFFER)]
    if any(works for _, works in desk.heard.by_car):
        return (yield from _prices_by_car(desk))
    basket = _basket(desk) or Basket(desk.heard.leftover if desk.heard.car else ())
    if not basket.item_ids and all(_is_bare(work) for work in basket.works):
        return (yield from _ask_work(desk))
    result = yield basket.call(desk)
    if isinstance(result, Refused) or result.get("no_list"):
        return [Piece(result.sentence if isinstance(result, Refused) else desk.say("no_prices"), desk.say("offer_human"), OFFER)]
    own = replace(basket, works=tuple(desk.heard.works))
    if result["missing"] and own.works and own.works != basket.works and not adds_works(desk.heard, desk.memory):
        basket, again = own, (yield own.call(desk))  # what was done to the part before is not to be had for this one
        result = again if isinstance(again, dict) else result
    result, nearest = yield from _settle(desk, basket, result)
    return _said(desk, result, nearest)


def _ask_work(desk: Desk) -> Task:
    """A price is asked of nothing that was named: of the whole list, or of what a picture shows."""
    if desk.heard.said & word_set("reply", "whole_list"):
        return (yield from tell_services(desk))
    return [Piece(question=desk.say("only_attachment" if desk.heard.has_attachment else "which_work"), weight=ASK_WORK)]


def _is_bare(work: str) -> bool:
    """«починить»: what, nobody knows; «отполировать» says more."""
    words = [meant(token.text) for token in tokens(work)]
    return len(words) == 1 and trade().canon(words[0]) in word_set("reply", "bare")


def _settle(desk: Desk, basket: Basket, result: Arguments) -> Generator[Call, Arguments | Refused, tuple[Arguments, list[Arguments]]]:
    """A work that fits one row only, though not surely, is priced as that row, which is named as the nearest."""
    nearest = [entry for entry in result["choose"] if len(entry["options"]) == 1]
    if not nearest:
        return result, []
    settled = yield basket.with_rows([entry["options"][0]["item_id"] for entry in nearest]).call(desk)
    return (settled, nearest) if isinstance(settled, dict) else (result, nearest)


def _prices_by_car(desk: Desk) -> Task:
    """Several cars in one breath: each under its name. Tool: find_prices, once a car."""
    lines: list[str] = []
    last: Arguments | None = None
    for car, works in desk.heard.by_car:
        basket = Basket(works, car=car)
        result = yield basket.call(desk)
        if isinstance(result, Refused) or result.get("no_list"):
            continue
        result, nearest = yield from _settle(desk, basket, result)
        last = result
        lines += [f"{car}:", *_lines(desk, result, nearest)]
        lines += [row_question(desk, entry) for entry in result["choose"]]
    if last is None:
        return [Piece(desk.say("no_prices"), desk.say("offer_human"), OFFER)]
    lines.append(last["preliminary"])
    return [Piece("\n".join(lines), desk.say("shall_book"), OFFER)]


def tell_services(desk: Desk) -> Task:
    """What the list has, section by section. Tool: find_prices, without works."""
    result = yield Call.of("find_prices", works=[])
    sections = result.get("sections") if isinstance(result, dict) else None
    if not sections:
        return [Piece(question=desk.say("which_work"), weight=1)]
    lines = [desk.say("section", name=section["name"], works=", ".join(section["works"])) for section in sections]
    return [Piece("\n".join([desk.say("services"), *lines]), desk.say("which_work"), 1)]


def diagnose(desk: Desk) -> Task:
    """Something is wrong, and nobody knows what: that is found out by a diagnosis, if the list has one. Tool: find_prices."""
    aside = Piece(desk.say("symptom"))
    if not desk.shop.has_prices:
        return [aside, Piece(question=desk.say("shall_book"), weight=OFFER)]
    result = yield Basket((desk.say("diagnosis"),)).call(desk)
    if isinstance(result, Refused) or result.get("no_list") or result["missing"]:
        return [aside, Piece(question=desk.say("shall_book"), weight=OFFER)]
    return [aside, *_said(desk, result, [])]


def _basket(desk: Desk) -> Basket:
    """The works named now, or the ones the client spoke of before; of several rows the one he chose."""
    memory = desk.memory
    before = Basket(tuple(memory.priced["works"]), tuple(memory.priced.get("item_ids") or ())) if memory.priced else Basket()
    if memory.open is Open.CHOICE and memory.prices and chooses(desk):
        query = memory.prices["choose"][0]["query"]
        if chosen := _chosen_options(desk):
            return before.with_rows(chosen)
        return replace(before, works=tuple(f"{work} {desk.heard.text}" if work == query else work for work in before.works))
    if not desk.heard.works and before:
        return before
    if adds_works(desk.heard, memory):
        return replace(before, works=(*before.works, *works_asked(desk)))
    return Basket(tuple(works_asked(desk)))


def works_asked(desk: Desk) -> list[str]:
    """The works named now, or the ones the client spoke of before. A part alone is done what was done to the part before."""
    named = desk.heard.works or (desk.heard.leftover if adds_works(desk.heard, desk.memory) else ())
    if not named:
        return list(desk.memory.works)
    action = _action_of(desk.memory.works) or _action_of(tuple((desk.memory.priced or {}).get("works") or ()))
    is_alone = bool(action) and not any(_action_of((work,)) for work in named)
    said = [f"{action} {work}" if is_alone and all(trade().knows(lemma(word)) for word in work.split()) else work for work in named]
    return [*_besides_replaced(desk), *said]


def _besides_replaced(desk: Desk) -> list[str]:
    """«не капот, а крыло» after three works were named: the two others stay."""
    gone = {word for work in desk.heard.replaced for word in lemmas(work)}
    before = desk.memory.works
    kept = [work for work in before if not gone & set(lemmas(work))]
    return kept if gone and len(kept) < len(before) else []


def _action_of(works: tuple[str, ...]) -> str:
    return next((word for work in works for word in work.split() if lemma(word) in trade().actions), "")


def chooses(desk: Desk) -> bool:
    """Whether the words answer the question which of several rows is meant: by choosing, or by saying a little more."""
    heard = desk.heard
    is_short = 0 < len(tokens(heard.text)) <= LONGEST_CHOICE
    is_other = (
        heard.wishes or heard.is_yes or heard.is_no or heard.phone or heard.car or heard.class_number or heard.when or names_class(desk)
    )
    return bool(_chosen_options(desk)) or (is_short and not is_other and not _names_work(heard.works))


def _names_work(works: tuple[str, ...]) -> bool:
    return any(meant(word) in trade().actions or meant(word) in trade().parts for work in works for word in work.split())


def _chosen_options(desk: Desk) -> list[int]:
    """Rows by their place in the list that was shown, by being all of it, or by the words that only one of them has."""
    options: list[Arguments] = desk.memory.prices["choose"][0]["options"] if desk.memory.prices else []
    ids = [option["item_id"] for option in options]
    if desk.heard.ordinal:
        at = desk.heard.ordinal if desk.heard.ordinal < 0 else desk.heard.ordinal - 1
        return [ids[at]] if -len(ids) <= at < len(ids) else []
    if desk.heard.said & word_set("reply", "all"):
        return ids
    said = _telling_words(desk.heard.text)
    shared = [len(said & _telling_words(f"{option['section']} {option['name']}")) for option in options]
    best = max(shared, default=0)
    return [ids[shared.index(best)]] if best and shared.count(best) == 1 else []


def _telling_words(text: str) -> set[str]:
    """Meanings of the words; behind «не» and «без» they mean the opposite."""
    words = [meant(token.text) for token in tokens(text)]
    denied = word_set("reply", "without")
    return {
        f"!{word}" if before in denied else word
        for before, word in pairwise(["", *words])
        if word not in denied and part_of_speech(word) not in {"PREP", "CONJ", "PRCL", "NPRO"}
    }


def names_class(desk: Desk) -> bool:
    return _car_class(desk) is not None


def _car_class(desk: Desk) -> str | None:
    """The class that the client named, as the list calls it: by number, by its own words, by the kind of car."""
    classes = [CarClass(entry["name"], entry["description"]) for entry in (desk.memory.prices or {}).get("classes") or ()]
    number = desk.heard.class_number
    if number is not None:
        return desk.say("class_number", number=number)
    is_asked = desk.memory.open in {Open.CAR_CLASS, Open.CHOICE} and len(tokens(desk.heard.text)) <= LONGEST_ANSWER
    if not is_asked or desk.heard.car or desk.heard.when:
        return None
    if desk.memory.open is Open.CAR_CLASS:
        named = read_class(classes, desk.heard.text)
    else:  # «рамный» tells two rows apart before it tells the kind of a car
        named = None if _chosen_options(desk) else read_kind(classes, desk.heard.text)
    return named.name if named else None


def _known_class(desk: Desk) -> str | None:
    """The class named now, else the one named before; a car that is named now has its own."""
    return _car_class(desk) or (None if desk.heard.car else (desk.memory.priced or {}).get("car_class"))


def _said(desk: Desk, result: Arguments, nearest: list[Arguments]) -> list[Piece]:
    lines = _lines(desk, result, nearest)
    if (result["found"] or result["by_class"]) and result.get("preliminary"):
        lines.append(result["preliminary"])
    return [Piece("\n".join(lines), *_question(desk, result))]


def _lines(desk: Desk, result: Arguments, nearest: list[Arguments]) -> list[str]:
    rows = [desk.say("nearest_row", query=entry["query"], name=entry["options"][0]["name"]) for entry in nearest]
    lines = [desk.say("nearest", rows="; ".join(rows))] if rows else []
    lines += [f"• {row['text']}" for row in result["found"]]
    if result.get("total") and len(result["found"]) > 1:
        lines.append(result["total"]["text"])
    lines += [_by_class(row) for row in result["by_class"]]
    lines += [desk.say("not_for_class", name=row["name"], car_class=row["car_class"]) for row in result["not_for_class"]]
    lines += [desk.say("not_in_list", works=_joined(desk, result["missing"]))] if result["missing"] else []
    return lines


def _by_class(row: Arguments) -> str:
    return f"• {row['name']}\n" + "\n".join(f"   {cell['text']}" for cell in row["prices"])


def _question(desk: Desk, result: Arguments) -> tuple[str, int]:
    """One question: which row was meant, else which car, else whether to book."""
    if result["choose"]:
        return row_question(desk, result["choose"][0]), ASK_CHOICE
    if result["class_needed"]:
        key = "which_model" if _is_make_only(desk) else "which_car"
        return desk.say(key, classes=class_lines(result["classes"])), ASK_CLASS
    if result["found"] or result["by_class"]:
        return desk.say("shall_book"), OFFER
    return desk.say("offer_human"), OFFER


def _is_make_only(desk: Desk) -> bool:
    car = find_car(desk.car) if desk.car else None
    return car is not None and car.model is None


def _joined(desk: Desk, words: list[str]) -> str:
    return ", ".join(desk.say("quoted", text=word) for word in words)
