"""Prices: which works, for which car, and how the answer is said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from valera.pricing.car_class import read_class
from valera.pricing.price_list import CarClass
from valera.reception.receptionist.answers import class_lines
from valera.reception.receptionist.conversation import Call, Refused
from valera.reception.receptionist.desk import Piece
from valera.reception.receptionist.memory import Open
from valera.reception.receptionist.vocabulary import word_set
from valera.reception.trade import trade
from valera.russian.cars import find_car
from valera.russian.words import lemma, lemmas, tokens

if TYPE_CHECKING:
    from valera.reception.receptionist.conversation import Arguments
    from valera.reception.receptionist.desk import Desk, Task

ASK_WORK, OFFER, ASK_CLASS, ASK_CHOICE = 10, 10, 20, 40
LONGEST_ANSWER = 8  # words
LONGEST_CHOICE = 4  # words


@dataclass(frozen=True, slots=True)
class Basket:
    """What is to be priced: works in words, and rows that are settled already."""

    works: tuple[str, ...] = ()
    item_ids: tuple[int, ...] = ()

    def call(self, desk: Desk) -> Call:
        ids = list(self.item_ids) or None
        return Call.of("find_prices", works=list(self.works), item_ids=ids, car=desk.car or None, car_class=_car_class(desk))


def name_prices(desk: Desk) -> Task:
    """Tool: find_prices; once more where a work fits one row only, though not surely: that row is named as the nearest."""
    if not desk.shop.has_prices:
        return [Piece(desk.say("no_prices"), desk.say("offer_human"), OFFER)]
    basket = _basket(desk)
    if not (basket.works or basket.item_ids):
        return [Piece(question=desk.say("which_work"), weight=ASK_WORK)]
    result = yield basket.call(desk)
    if isinstance(result, Refused):
        return [Piece(result.sentence, desk.say("offer_human"), OFFER)]
    if result.get("no_list"):
        return [Piece(desk.say("no_prices"), desk.say("offer_human"), OFFER)]
    nearest = [entry for entry in result["choose"] if len(entry["options"]) == 1]
    if nearest:
        settled = yield _settled(result, [entry["options"][0]["item_id"] for entry in nearest], nearest).call(desk)
        result = settled if isinstance(settled, dict) else result
    return _said(desk, result, nearest)


def _basket(desk: Desk) -> Basket:
    """The works named now, or the ones the client spoke of before; of several rows the one he chose."""
    memory = desk.memory
    if memory.open is Open.CHOICE and memory.prices and chooses(desk):
        asked = memory.prices["choose"][0]
        if chosen := _chosen_options(desk):
            return _settled(memory.prices, chosen, [asked])
        unclear = _settled(memory.prices, [], [asked])
        return replace(unclear, works=(f"{asked['query']} {desk.heard.text}", *unclear.works))
    if not desk.heard.works and memory.priced:
        return Basket(tuple(memory.priced["works"]), tuple(memory.priced.get("item_ids") or ()))
    return Basket(tuple(works_asked(desk)))


def _settled(result: Arguments, chosen: list[int], answered: list[Arguments]) -> Basket:
    """The rows that were certain and the chosen ones; in words remain the works still open."""
    certain = [row["item_id"] for key in ("found", "by_class", "not_for_class") for row in result[key]]
    still_open = [entry["query"] for entry in result["choose"] if entry not in answered]
    return Basket((*still_open, *result["missing"]), tuple(dict.fromkeys([*certain, *chosen])))


def works_asked(desk: Desk) -> list[str]:
    """The works named now, or the ones the client spoke of before."""
    if not desk.heard.works:
        return list(desk.memory.works)
    if kept := _without_replaced(desk):
        return kept
    action = _action_of(desk.memory.works)
    if action and not any(_action_of((work,)) for work in desk.heard.works):
        return [f"{action} {work}" if all(trade().knows(lemma(word)) for word in work.split()) else work for work in desk.heard.works]
    return list(desk.heard.works)


def _without_replaced(desk: Desk) -> list[str]:
    """«не капот, а крыло» after three works were named: the two others stay."""
    gone = {word for work in desk.heard.replaced for word in lemmas(work)}
    before = desk.memory.works
    kept = [work for work in before if not gone & set(lemmas(work))]
    return [*kept, *desk.heard.works] if gone and kept and len(kept) < len(before) else []


def _action_of(works: tuple[str, ...]) -> str:
    return next((word for work in works for word in work.split() if lemma(word) in trade().actions), "")


def chooses(desk: Desk) -> bool:
    """Whether the words answer the question which of several rows is meant: by choosing, or by saying a little more."""
    heard = desk.heard
    is_short = 0 < len(tokens(heard.text)) <= LONGEST_CHOICE
    return bool(_chosen_options(desk)) or (is_short and not (heard.wishes or heard.works or heard.is_yes or heard.is_no or heard.phone))


def _chosen_options(desk: Desk) -> list[int]:
    """Rows by their place in the list that was shown, by being all of it, or by the words that only one of them has."""
    options: list[Arguments] = desk.memory.prices["choose"][0]["options"] if desk.memory.prices else []
    ids = [option["item_id"] for option in options]
    if desk.heard.ordinal:
        at = desk.heard.ordinal if desk.heard.ordinal < 0 else desk.heard.ordinal - 1
        return [ids[at]] if -len(ids) <= at < len(ids) else []
    if desk.heard.said & word_set("reply", "all"):
        return ids
    said = set(lemmas(desk.heard.text))
    shared = [len(said & set(lemmas(option["name"]))) for option in options]
    best = max(shared, default=0)
    return [ids[shared.index(best)]] if best and shared.count(best) == 1 else []


def names_class(desk: Desk) -> bool:
    return _car_class(desk) is not None


def _car_class(desk: Desk) -> str | None:
    """The class that the client named, as the list calls it: by number, by its own words, by the kind of car."""
    classes = [CarClass(entry["name"], entry["description"]) for entry in (desk.memory.prices or {}).get("classes") or ()]
    number = desk.heard.class_number
    if number is not None:
        return desk.say("class_number", number=number)
    if desk.memory.open is not Open.CAR_CLASS or desk.heard.car or desk.heard.when or len(tokens(desk.heard.text)) > LONGEST_ANSWER:
        return None
    named = read_class(classes, desk.heard.text)
    return named.name if named else None


def _said(desk: Desk, result: Arguments, nearest: list[Arguments]) -> list[Piece]:
    rows = [desk.say("nearest_row", query=entry["query"], name=entry["options"][0]["name"]) for entry in nearest]
    lines = [desk.say("nearest", rows="; ".join(rows))] if rows else []
    lines += [f"• {row['text']}" for row in result["found"]]
    if result.get("total") and len(result["found"]) > 1:
        lines.append(result["total"]["text"])
    lines += [_by_class(row) for row in result["by_class"]]
    lines += [desk.say("not_for_class", name=row["name"], car_class=row["car_class"]) for row in result["not_for_class"]]
    lines += [desk.say("not_in_list", works=_joined(desk, result["missing"]))] if result["missing"] else []
    if (result["found"] or result["by_class"]) and result.get("preliminary"):
        lines.append(result["preliminary"])
    return [Piece("\n".join(lines), *_question(desk, result))]


def _by_class(row: Arguments) -> str:
    return f"• {row['name']}\n" + "\n".join(f"   {cell['text']}" for cell in row["prices"])


def _question(desk: Desk, result: Arguments) -> tuple[str, int]:
    """One question: which row was meant, else which car, else whether to book."""
    if result["choose"]:
        entry = result["choose"][0]
        names = ", ".join(dict.fromkeys(option["name"] for option in entry["options"]))
        return desk.say("which_row", query=entry["query"], options=names), ASK_CHOICE
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
