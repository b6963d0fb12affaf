"""What to do about a turn: tasks for the wishes, in order; their tool calls first, then one text out of their answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from valera.reception.receptionist import answers, calls, durations, prices, slots, waiting
from valera.reception.receptionist.conversation import Call, Refused
from valera.reception.receptionist.desk import Desk
from valera.reception.receptionist.greeting import greet
from valera.reception.receptionist.hearing.hear import SENTENCE, hear
from valera.reception.receptionist.hearing.vocabulary import word_set
from valera.reception.receptionist.hearing.wishes import Kind
from valera.reception.receptionist.memory import Open, adds_works, remember
from valera.russian.time.when import find_shift

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from valera.reception.briefing.shop import Shop
    from valera.reception.receptionist.conversation import Conversation, Exchange
    from valera.reception.receptionist.desk import Piece, Task
    from valera.reception.receptionist.hearing.wishes import Heard
    from valera.reception.receptionist.memory import Memory

HOURS_A_DAY = 24
NOT_OFFERED = Refused("")
LOOKING = frozenset({"find_prices", "find_slots"})
FACTS = frozenset({Kind.ADDRESS, Kind.PHONE_OF_SHOP, Kind.WHO})
ASSUMED = frozenset({Kind.PRICE, Kind.BOOK, Kind.HOURS, Kind.SYMPTOM})
"""What a question about something that the shop has not stated easily looks like: «можно свои запчасти привезти?»."""
TOLD = {
    Kind.HOURS: answers.tell_hours,
    Kind.ADDRESS: answers.tell_address,
    Kind.PHONE_OF_SHOP: answers.tell_phone,
    Kind.MINE: slots.list_bookings,
    Kind.WAIT: slots.soonest,
    Kind.DURATION: durations.how_long,
    Kind.CANCEL: slots.cancel,
    Kind.MOVE: slots.move,
    Kind.WHO: answers.tell_who,
    Kind.SERVICES: prices.tell_services,
    Kind.SYMPTOM: prices.diagnose,
    Kind.DEADLINE: durations.tell_deadline,
    Kind.PRICE: prices.name_prices,
    Kind.BOOK: slots.book,
    Kind.WAITLIST: waiting.join,
    Kind.UNWAIT: waiting.leave,
}


def decide(conversation: Conversation, shop: Shop, tools: Collection[str]) -> list[Call] | str:
    """The calls to make now, or the reply. ``tools``: names of what may be called; nothing else is."""
    desk = seat(conversation, shop)
    if tools and not LOOKING & set(tools):
        return _carry_out(desk, _take_request(desk), tools)
    if (standing := slots.standing_proposal(desk, tools)) is not None:
        return compose(desk, [standing])
    return _carry_out(desk, agenda(desk), tools)


def _take_request(desk: Desk) -> list[Task]:
    """Where the shop lets nothing be looked up, so no price and no time is named: its own facts, a call-back, or a person."""
    noted = [answers.note_client(desk)] if _tells_of_self(desk) else []
    if (person := _why_human(desk)) is not None:
        return [*noted, answers.call_human(desk, person)]
    if calls.wants_call(desk):
        return [calls.request(desk)]
    told = [TOLD[kind](desk) for kind in _wanted(desk) if kind in FACTS]
    is_polite = not desk.heard.wishes and not desk.heard.works and not answers.unknown_topic(desk)
    return [*noted, *told] if told else [*noted, *_otherwise(desk)] if is_polite else [*noted, answers.call_human(desk, "request")]


def _carry_out(desk: Desk, tasks: Iterable[Task], tools: Collection[str]) -> list[Call] | str:
    calls: list[Call] = []
    pieces: list[Piece] = []
    for task in tasks:
        outcome = _run(task, desk.exchange, tools)
        if isinstance(outcome, Call):
            calls.append(outcome)
        else:
            pieces += outcome
    return list({repr(call): call for call in calls}.values()) or compose(desk, pieces)


def seat(conversation: Conversation, shop: Shop) -> Desk:
    memory = remember(conversation.earlier, shop)
    heard = _with_bare_hour(hear(conversation.now.texts, shop), memory)
    is_first = not any(exchange.reply for exchange in conversation.earlier)
    return Desk(shop, heard, memory, conversation.now, is_first)


def _with_bare_hour(heard: Heard, memory: Memory) -> Heard:
    """«11», asked which time: more than there are times to choose from is an hour."""
    words = heard.text.strip(" .!")
    if memory.open not in {Open.SLOT, Open.WHEN} or not words.isdecimal() or not len(memory.offered()) < int(words[:3]) < HOURS_A_DAY:
        return heard
    return replace(heard, when=f"в {int(words)}:00", ordinal=None)


def agenda(desk: Desk) -> list[Task]:
    """Every wish gets its task. A wish for a person overrides all but a number left to call back."""
    noted = [answers.note_client(desk)] if _tells_of_self(desk) else []
    person = _why_human(desk)
    if person:
        return [*noted, answers.call_human(desk, person)]
    if calls.wants_call(desk):
        return [*([prices.name_prices(desk)] if _asks_price_too(desk.heard) else []), calls.request(desk)]
    wanted = _wanted(desk)
    if answers.unknown_topic(desk):
        wanted = tuple(kind for kind in wanted if kind not in ASSUMED or _is_certain(desk, kind))
        noted = [*noted, answers.tell_unknown(desk)]
    tasks = [*noted, *(TOLD[kind](desk) for kind in wanted if kind in TOLD)]
    if desk.heard.wants(Kind.MONEY):
        tasks = [] if tasks and wanted == (Kind.PRICE,) and not desk.heard.works else tasks
        tasks.append(answers.tell_condition(desk) if answers.condition_asked(desk) else answers.call_human(desk, "money"))
    elif (
        answers.topic_asked(desk)
        and not desk.heard.wants(Kind.DEADLINE)
        and Kind.ADDRESS not in desk.heard.wishes
        and len(tasks) > bool(noted)
    ):
        tasks.append(answers.tell_fact(desk))
    if len(tasks) > bool(noted) or (noted and (desk.heard.phone or desk.heard.name or answers.unknown_topic(desk))):
        return tasks
    return [*noted, *_otherwise(desk)]


def _is_certain(desk: Desk, kind: Kind) -> bool:
    """Said in words of its own, not only guessed from a thing that was named."""
    return desk.heard.wants(Kind.PRICE) if kind is Kind.PRICE else kind is Kind.BOOK and bool(desk.heard.when)


def compose(desk: Desk, pieces: list[Piece]) -> str:
    """Greeting, answers, and the one question that matters most."""
    asked = max((piece for piece in pieces if piece.question), key=lambda piece: piece.weight, default=None)
    texts = [greet(desk), *dict.fromkeys(piece.text for piece in pieces), asked.question if asked else ""]
    return "\n\n".join(text for text in texts if text) or desk.say("not_understood")


def _run(task: Task, exchange: Exchange, tools: Collection[str]) -> Call | list[Piece]:
    """The task as far as this turn's results carry it: the call it waits for, or its answer."""
    try:
        call = next(task)
        while True:
            result = exchange.result(call)
            if result is None and call.tool in tools:
                return call
            call = task.send(result or exchange.last(call.tool) or NOT_OFFERED)
    except StopIteration as finished:
        return finished.value


def _tells_of_self(desk: Desk) -> bool:
    heard = desk.heard
    new_car = heard.car and " " in heard.car and not desk.shop.client_car
    return bool(heard.phone or heard.name or new_car)


def _why_human(desk: Desk) -> str | None:
    heard = desk.heard
    if heard.is_foreign:
        return "foreign"
    if heard.wants(Kind.COMPLAINT):
        return "complaint"
    if (heard.wants(Kind.HUMAN) and not heard.wants(Kind.CALLBACK)) or (heard.is_yes and desk.memory.open is Open.HUMAN):
        return "asked"
    if desk.shop.human_called and _asks_for_answer(desk):
        return "asked"
    return None


def _asks_price_too(heard: Heard) -> bool:
    """«сколько полировка фар? и перезвоните вечером»."""
    return bool(heard.works) and (heard.wants(Kind.PRICE) or bool(heard.said & word_set("reply", "how_much")))


def _asks_for_answer(desk: Desk) -> bool:
    """«и когда мне ответят?»: of the person who was called."""
    return bool(desk.heard.said & word_set("reply", "answering")) and not desk.heard.works


def _wanted(desk: Desk) -> tuple[Kind, ...]:
    """The wishes said, and those that follow from what was named and from the question that was open."""
    said = _said(desk)
    if desk.memory.open is Open.NUMBER and not desk.heard.wants(Kind.MOVE, Kind.CANCEL) and _names_booking(desk):
        return (desk.memory.changing,)
    if said:
        return _with_resumed(desk, _with_reprice(desk, said))
    implied = _implied(desk)
    return _with_resumed(desk, (implied,)) if implied else ()


def _with_resumed(desk: Desk, wanted: tuple[Kind, ...]) -> tuple[Kind, ...]:
    """«на замену свечей», or «а сколько это стоит?», while a time is being chosen: the price, and then the times once more."""
    memory = desk.memory
    is_aside = bool(wanted) and set(wanted) <= {Kind.PRICE, Kind.DURATION} and memory.changing is Kind.BOOK
    return (*wanted, Kind.BOOK) if is_aside and memory.open in {Open.SLOT, Open.CONFIRM} else wanted


def _said(desk: Desk) -> list[Kind]:
    """The wishes in words, as they are meant after the question that was open."""
    heard, memory = desk.heard, desk.memory
    said = [kind for kind in heard.wishes if kind in TOLD]
    if heard.when and not said and memory.open is not Open.NOTHING:
        said = [Kind.BOOK]
    if desk.shop.bookings and said in ([], [Kind.BOOK]) and not heard.works and _shifts_booking(desk):
        said = [Kind.MOVE]
    if Kind.MOVE in said and not desk.shop.bookings and heard.works and memory.open is Open.NOTHING:
        said[said.index(Kind.MOVE)] = Kind.PRICE  # «колёса перекинуть»: nothing is booked that could be moved
    if Kind.MOVE in said and _talks_of_new_booking(desk):
        said[said.index(Kind.MOVE)] = Kind.BOOK  # what was only proposed is not moved but proposed anew
    if Kind.BOOK in said and desk.shop.bookings and not heard.works and _means_move(desk):
        said[said.index(Kind.BOOK)] = Kind.MOVE
    if Kind.HOURS in said and answers.topics_named(heard) and not _asks_hours_apart(desk):
        said.remove(Kind.HOURS)
    if Kind.WAITLIST in said or Kind.UNWAIT in said:
        said = [kind for kind in said if kind not in {Kind.BOOK, Kind.MOVE, Kind.CANCEL, Kind.WAIT, Kind.MINE}]
    if Kind.DEADLINE in said:
        said = [kind for kind in said if kind not in {Kind.BOOK, Kind.DURATION, Kind.WAIT}]
    return said


def _shifts_booking(desk: Desk) -> bool:
    """«на час позже»; and «а пораньше нельзя?», where no other time is being talked about."""
    is_about_booking = desk.memory.open is Open.NOTHING and desk.heard.wants(Kind.OTHER_DAY) and bool(find_shift(desk.heard.text))
    return desk.heard.is_relative or is_about_booking


def _asks_hours_apart(desk: Desk) -> bool:
    """«Картой можно? И по субботам работаете?» are two questions, «а с картами работаете?» is one."""
    heard = [hear((sentence,), desk.shop) for sentence in SENTENCE.split(desk.heard.text)]
    return any(one.wants(Kind.HOURS) and not answers.topics_named(one) for one in heard)


def _talks_of_new_booking(desk: Desk) -> bool:
    """A time was shown or proposed for a booking that is not made yet."""
    memory = desk.memory
    is_new = memory.changing is Kind.BOOK and desk.heard.is_relative
    return memory.open in {Open.SLOT, Open.CONFIRM} and (is_new or not desk.shop.bookings)


def _means_move(desk: Desk) -> bool:
    """The move goes on, or one time is named in place of another."""
    goes_on = desk.memory.changing is Kind.MOVE and desk.memory.open is not Open.NOTHING
    return goes_on or bool(desk.heard.said & word_set("reply", "instead_of"))


def _implied(desk: Desk) -> Kind | None:
    """No wish in words: a work, a car, a place in a list, a yes."""
    heard, memory = desk.heard, desk.memory
    chooses = memory.open is Open.CHOICE and prices.chooses(desk)
    names = (heard.works and not heard.wants(Kind.MONEY)) or (adds_works(heard, memory) and not heard.wishes)
    if chooses or names or (memory.works and _answers_class(desk)):
        return Kind.PRICE
    changing = memory.changing if memory.changing is Kind.MOVE else Kind.BOOK
    if heard.is_yes and memory.open is Open.CONFIRM:
        return memory.changing  # a yes that code could not take: the proposal has expired, or something was said in between
    if slots.chooses(desk):
        return changing
    if heard.wants(Kind.OTHER_DAY) and memory.open in {Open.SLOT, Open.CONFIRM, Open.WHEN}:
        return changing
    if heard.is_yes and heard.wants(Kind.THANKS) and memory.open is Open.BOOKING:
        return None  # «ладно, спасибо» ends it
    return Kind.BOOK if heard.is_yes and memory.open in {Open.BOOKING, Open.WHEN, Open.CAR_CLASS} else None


def _names_booking(desk: Desk) -> bool:
    return slots.booking_number(desk) is not None


def _with_reprice(desk: Desk, said: list[Kind]) -> tuple[Kind, ...]:
    """«Камри, давайте завтра в 11» after a question about the car: the price is owed as well."""
    owes = desk.memory.open is Open.CAR_CLASS and _answers_class(desk) and Kind.PRICE not in said and desk.memory.works
    return (Kind.PRICE, *said) if owes else tuple(said)


def _answers_class(desk: Desk) -> bool:
    heard = desk.heard
    is_asked = desk.memory.open in {Open.CAR_CLASS, Open.CHOICE}
    return bool(heard.car or heard.class_number) or (is_asked and prices.names_class(desk))


def _otherwise(desk: Desk) -> list[Task]:
    heard = desk.heard
    if answers.fact_asked(desk):
        return [answers.tell_fact(desk)]
    if heard.wants(Kind.THANKS, Kind.BYE, Kind.NOTED, Kind.GREETING) or heard.text.startswith("/start"):
        return [answers.answer_politeness(desk)]
    if heard.is_no:
        return [answers.accept_no(desk)]
    if heard.is_yes:
        return [answers.accept_yes(desk)]
    if heard.car:
        return [prices.name_prices(desk)]
    return [answers.clarify(desk)]
