"""Answers from what the shop says of itself, thanks and greetings, and calling a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.reception.receptionist.conversation import Call, Refused
from valera.reception.receptionist.desk import Piece
from valera.reception.receptionist.hearing.vocabulary import filler, topics, word_set
from valera.reception.receptionist.hearing.wishes import Kind
from valera.reception.receptionist.memory import Open
from valera.russian.morphology import part_of_speech
from valera.russian.time.when import find_dates
from valera.russian.words import tokens

if TYPE_CHECKING:
    from valera.reception.briefing.shop import Shop
    from valera.reception.receptionist.conversation import Arguments
    from valera.reception.receptionist.desk import Desk, Task
    from valera.reception.receptionist.hearing.wishes import Heard

MISSES = 3
LONGEST_QUOTE = 200
SHARED_WORDS = 2


def call_human(desk: Desk, reason: str) -> Task:
    """Tool: call_human, once: a client who already waits is told so. ``reason`` is a key of the phrases."""
    if desk.shop.human_called:
        return [Piece(desk.say("human_waits_foreign" if desk.heard.is_foreign else "human_waits"))]
    words = ", ".join(desk.memory.works) if desk.heard.is_yes else desk.heard.text  # «да» says nothing to whoever is called
    quote = " ".join((words or desk.heard.text).split())[:LONGEST_QUOTE]
    result = yield Call.of("call_human", reason=desk.say(f"reason.{reason}", quote=quote))
    if isinstance(result, Refused):
        return [Piece(desk.say("human_not_called"))]
    return [Piece(desk.say(f"human_called_{reason}"))]


def note_client(desk: Desk) -> Task:
    """Tool: save_client, for what the client told about himself."""
    heard = desk.heard
    car = heard.car if heard.car != desk.shop.client_car else ""
    result = yield Call.of("save_client", name=heard.name or None, phone=heard.phone or None, car=car or None)
    if isinstance(result, Refused):
        return [Piece(result.sentence)] if heard.phone else []
    if not heard.phone and not heard.name:
        return []
    return [Piece(desk.say("noted_phone" if heard.phone else "noted_name", name=heard.name))]


def tell_hours(desk: Desk) -> Task:
    """The hours of the week; of a day that is named, whether it is a day off. Tool, for such a day: find_slots."""
    if not desk.shop.hours:
        return [Piece(desk.say("unknown_fact"), desk.say("offer_human"))]
    hours = desk.say("hours", hours=desk.shop.hours)
    days = {mark.date for mark in find_dates(desk.heard.text, desk.shop.now, desk.shop.zone)} - {desk.shop.now.date()}
    if not days:
        is_holiday = bool(desk.heard.said & word_set("reply", "holidays"))
        return [Piece("\n".join([hours, desk.say("holidays_unknown")]), desk.say("offer_human"))] if is_holiday else [Piece(hours)]
    result = yield Call.of("find_slots", when=desk.heard.when or None)
    if isinstance(result, Refused) or result["reason"] not in {"closed", "too_far"}:
        return [Piece(hours)]
    if result["reason"] == "too_far":
        return [Piece("\n".join([hours, desk.say("holidays_unknown")]), desk.say("offer_human"))]
    return [Piece("\n".join([result["reason_text"], hours]))]


def tell_address(desk: Desk) -> Task:
    yield from ()
    if not desk.shop.address:
        return [Piece(desk.say("unknown_fact"), desk.say("offer_human"))]
    directions = desk.shop.facts.get("directions", "")
    return [Piece("\n".join(filter(None, [desk.say("address", address=desk.shop.address), directions])))]


def tell_phone(desk: Desk) -> Task:
    yield from ()
    if not desk.shop.phone:
        return [Piece(desk.say("unknown_fact"), desk.say("offer_human"))]
    return [Piece(desk.say("phone", phone=desk.shop.phone))]


def tell_fact(desk: Desk) -> Task:
    yield from ()
    return [Piece(fact_asked(desk))]


def tell_condition(desk: Desk) -> Task:
    yield from ()
    return [Piece(condition_asked(desk))]


def fact_asked(desk: Desk) -> str:
    """The shop's sentence on what the client asks: by the words of its topic, else by nouns in common."""
    facts = desk.shop.facts
    if topic := topic_asked(desk):
        return facts[topic]
    asked = {token.lemma for token in tokens(desk.heard.text) if part_of_speech(token.text) == "NOUN"} - filler()
    shared = {topic: asked & {token.lemma for token in tokens(text)} for topic, text in facts.items()}
    best = max(shared, key=lambda topic: len(shared[topic]), default="")
    return facts[best] if best and len(shared[best]) >= min(SHARED_WORDS, max(len(asked), 1)) else ""


def topic_asked(desk: Desk) -> str:
    """The topic of the shop's fact on what the client names, or nothing."""
    return next((fact for topic in topics_named(desk.heard) if (fact := _fact_on(topic, desk.shop))), "")


def condition_asked(desk: Desk) -> str:
    """The shop's own sentence on a condition (guarantee, discount, insurance); how to pay says nothing about what it costs."""
    named = next(
        (topic for topic in topics_named(desk.heard) if topic in word_set("reply", "conditions") and _fact_on(topic, desk.shop)), ""
    )
    if named:
        return desk.shop.facts[_fact_on(named, desk.shop)]
    return "" if topic_asked(desk) else fact_asked(desk)


def topics_named(heard: Heard) -> tuple[str, ...]:
    """Topics that the client names by one of their phrases."""
    return tuple(topic for topic, phrases in topics().items() if any(set(phrase) <= heard.said for phrase in phrases))


def _fact_on(topic: str, shop: Shop) -> str:
    """The fact of this name, else the one that speaks of it: «кофе» may stand under any name."""
    if topic in shop.facts:
        return topic
    speaks = word_set("speaks", topic)
    return next((name for name, text in shop.facts.items() if speaks & {token.lemma for token in tokens(text)}), "")


def unknown_topic(desk: Desk) -> bool:
    """Something was asked that the shop has said nothing of; conditions and money go to a person at once."""
    if desk.heard.wants(Kind.MONEY, Kind.ADDRESS, Kind.MOVE, Kind.CANCEL) or topic_asked(desk):
        return False
    return bool(set(topics_named(desk.heard)) & word_set("reply", "unstated"))


def tell_unknown(desk: Desk) -> Task:
    yield from ()
    return [Piece(desk.say("unknown_fact"), desk.say("offer_human"), weight=1)]


def tell_who(desk: Desk) -> Task:
    yield from ()
    return [Piece(desk.say("who"))]


def answer_politeness(desk: Desk) -> Task:
    yield from ()
    wishes = desk.heard.wishes
    if Kind.THANKS in wishes:
        return [Piece(desk.say("welcome"))]
    if Kind.BYE in wishes:
        return [Piece(desk.say("goodbye"))]
    if Kind.NOTED in wishes:
        return [Piece(desk.say("declined"))]
    return [Piece(question=desk.say("how_can_i_help"), weight=1)]


def accept_no(desk: Desk) -> Task:
    yield from ()
    if desk.memory.open not in {Open.CONFIRM, Open.SLOT, Open.WHEN}:
        return [Piece(desk.say("declined"))]
    return [Piece(desk.say("declined_time" if desk.memory.changing is Kind.BOOK else "declined_change"))]


def accept_yes(desk: Desk) -> Task:
    yield from ()
    asked = desk.say("press_button") if desk.shop.proposal else _asked_again(desk) or desk.say("how_can_i_help")
    return [Piece(question=asked, weight=1)]


def clarify(desk: Desk) -> Task:
    """Nothing was understood; at the third time in a row a person is called."""
    if desk.memory.misses + 1 >= MISSES:
        return (yield from call_human(desk, "lost"))
    if desk.heard.has_attachment and not desk.heard.text:
        return [Piece(question=desk.say("only_attachment"), weight=1)]
    return [Piece(question=_asked_again(desk) or desk.say("not_understood"), weight=1)]


def _asked_again(desk: Desk) -> str:
    """The question that was open, once more."""
    match desk.memory.open:
        case Open.CHOICE:
            return row_question(desk, (desk.memory.prices or {})["choose"][0])
        case Open.CAR_CLASS:
            return desk.say("which_model", classes=class_lines((desk.memory.prices or {})["classes"]))
        case Open.WHEN:
            return desk.say("ask_when")
        case Open.SLOT:
            return desk.say("pick_slot_again")
        case _:
            return ""


def row_question(desk: Desk, entry: Arguments) -> str:
    """Which of several rows of the list is meant."""
    is_one_section = len({option["section"] for option in entry["options"]}) == 1
    names = ", ".join(dict.fromkeys(option["name"] if is_one_section else option["title"] for option in entry["options"]))
    return desk.say("which_row", query=entry["query"], options=names)


def class_lines(classes: list[Arguments]) -> str:
    named = (f"{entry['name']}: {entry['description']}" if entry["description"] else entry["name"] for entry in classes)
    return "\n".join(f"• {line}" for line in named)
