"""Prices: which works, for which car, and how the answer is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.pricing.car_class import read_class
from valera.pricing.price_list import CarClass
from valera.reception.receptionist.answers import class_lines
from valera.reception.receptionist.conversation import Call, Refused
from valera.reception.receptionist.desk import Piece
from valera.reception.receptionist.memory import Open
from valera.reception.trade import trade
from valera.russian.cars import find_car
from valera.russian.words import lemma, lemmas, similarity, tokens

if TYPE_CHECKING:
    from valera.reception.receptionist.conversation import Arguments
    from valera.reception.receptionist.desk import Desk, Task

ASK_WORK, OFFER, ASK_CLASS, ASK_CHOICE = 10, 10, 20, 40
ALIKE = 0.5
LONGEST_ANSWER = 8  # words


def name_prices(desk: Desk) -> Task:
    """Tool: find_prices."""
    if not desk.shop.has_prices:
        return [Piece(desk.say("no_prices"), desk.say("offer_human"), OFFER)]
    works = works_asked(desk)
    if not works:
        return [Piece(question=desk.say("which_work"), weight=ASK_WORK)]
    result = yield Call.of("find_prices", works=works, car=desk.car or None, car_class=_car_class(desk))
    if isinstance(result, Refused):
        return [Piece(result.sentence, desk.say("offer_human"), OFFER)]
    if result.get("no_list"):
        return [Piece(desk.say("no_prices"), desk.say("offer_human"), OFFER)]
    return _said(desk, result)


def works_asked(desk: Desk) -> list[str]:
    """The works named now, or the ones the client spoke of before."""
    chosen = _chosen_option(desk)
    if chosen:
        return [chosen]
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


def _chosen_option(desk: Desk) -> str:
    """We asked which of several rows was meant: by place in the list, or by likeness."""
    if desk.memory.open is not Open.CHOICE or not desk.memory.prices:
        return ""
    names = [option["name"] for entry in desk.memory.prices["choose"] for option in entry["options"]]
    if desk.heard.ordinal:
        return _at(names, desk.heard.ordinal) or ""
    best = max(names, key=lambda name: similarity(name, desk.heard.text), default="")
    return best if best and similarity(best, desk.heard.text) >= ALIKE else ""


def _at(names: list[str], ordinal: int) -> str | None:
    index = ordinal if ordinal < 0 else ordinal - 1
    return names[index] if -len(names) <= index < len(names) else None


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


def _said(desk: Desk, result: Arguments) -> list[Piece]:
    lines = [f"• {row['text']}" for row in result["found"]]
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
