"""From the client's words to what was meant."""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING

from valera.kit.phrases import Phrases
from valera.reception.receptionist.hearing.language import in_russian_letters, is_foreign
from valera.reception.receptionist.hearing.particulars import read_booking_number, read_class_number, read_name, read_ordinal
from valera.reception.receptionist.hearing.vocabulary import Cue, find_cues, meant, word_set
from valera.reception.receptionist.hearing.wishes import Heard, Kind
from valera.reception.receptionist.hearing.works import find_works
from valera.reception.trade import trade
from valera.russian.cars import find_cars
from valera.russian.money.sums import find_percents, find_sums
from valera.russian.numbers import parse_number
from valera.russian.phones import find_phones
from valera.russian.time.when import Wish, find_clock_times, find_dates, find_shift, read_wish
from valera.russian.words import is_plain_no, is_plain_yes, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from valera.reception.briefing.shop import Shop
    from valera.reception.receptionist.hearing.works import Works
    from valera.russian.cars import Car
    from valera.russian.words import Token

LONGEST = 2000
SENTENCE = re.compile(r"[!?;\n]+|\.(?!\d)")
END = re.compile(r"[!?;]+|\.(?!\d)")
VAGUE = re.compile(r"\b\w+-(?:то|нибудь|либо)\b", re.IGNORECASE)
"""«где-то» asks for no place."""

CLAUSE = re.compile(r"[!?;,\n]+|\.(?!\d)")
NOTES = ("note.taken_over", "note.handed_back", "note.edited", "note.file_too_large", "note.file_lost")
BOOKINGS = frozenset({Kind.BOOK, Kind.WAIT, Kind.MINE})
NEAR_TIME = frozenset({
    Kind.HOURS, Kind.ADDRESS, Kind.WAIT, Kind.DURATION, Kind.HUMAN, Kind.COMPLAINT, Kind.MONEY, Kind.DEADLINE, Kind.CALLBACK, Kind.WAITLIST,
    Kind.UNWAIT,
})  # fmt: skip
CHANGES = frozenset({Kind.MOVE, Kind.CANCEL})
ASKS = frozenset(set(Kind) - {Kind.GREETING, Kind.THANKS, Kind.BYE, Kind.NOTED})
INSPECTION = "техобслуживание"
OUR_DOING = re.compile(r"делаете|делаешь|умеешь", re.IGNORECASE)
"""«что делаете» asks for the services, «что делать» does not."""

HOURLY = frozenset({"скольки", "сколько", "который", "какой", "утро", "час", "понедельник", "вторник", "среда"})
OFFERED = 500
"""From here on a number behind «за» is money that the client would pay."""
P = Phrases.load("valera.reception")


def hear(texts: Sequence[str], shop: Shop) -> Heard:
    """What one burst of messages says. Pure; equal bursts are understood once."""
    return _hear(tuple(texts), shop.now.replace(second=0, microsecond=0), shop.zone, shop.locale)


@functools.lru_cache(maxsize=512)
def _hear(texts: tuple[str, ...], now: datetime, zone: ZoneInfo, locale: str) -> Heard:
    written = [_own_words(text, locale) for text in texts]
    said_as = "\n".join(filter(None, written))[:LONGEST]
    text = in_russian_letters(said_as)
    plain = VAGUE.sub(lambda found: " " * len(found.group()), text)
    words = tokens(plain)
    said = tuple(INSPECTION if _is_inspection(words, at) else meant(word.text) for at, word in enumerate(words))
    clauses = _stretches(plain, words, CLAUSE)
    cues = [cue for cue in find_cues(said, _stretches(plain, words, END)) if cue.name not in CHANGES or _is_within(cue, clauses)]
    times = [(mark.start, mark.end) for mark in (*find_dates(text, now, zone), *find_clock_times(text))]
    cars = [car for car in find_cars(text) if not any(start < car.end and car.start < end for start, end in times)]
    phones = find_phones(text)
    when = _when(text, now, zone)
    taken = _taken(words, cues, [*times, *((one.start, one.end) for one in (*cars, *phones))])
    told_name = read_name(words, cues, has_phone=bool(phones), has_car=bool(cars))
    taken |= {word.start for word in words if word.text.capitalize() in told_name.split()}  # «меня зовут Лев» names nothing on the left
    taken |= _of_symptoms(words, said, cues, clauses)
    meanings = {word.start: meaning for word, meaning in zip(words, said, strict=True)}
    works = find_works(plain, meanings, taken, price_at=_price_at(words, said, cues))
    told = _meant_cues(cues, said, clauses)
    refuses = len(told) < len(cues) and not any(cue.name in ASKS for cue in told)
    if phones:  # «мой телефон …», «запишите номер …»
        told = [cue for cue in told if cue.name != Kind.PHONE_OF_SHOP and (when or works.named or cue.name != Kind.BOOK)]
    swaps_time = bool(when) and _is_mere_exchange(works)
    told = [Cue(Kind.COMPLAINT, cue.words) if cue.name == "worn" else cue for cue in told if cue.name != "worn" or _names_shop(said)]
    wishes = _wishes(told, when=when, is_booking=_is_booking(text, works, now, zone))
    if not phones and _haggles(text):
        wishes = (*(wish for wish in wishes if wish != Kind.MONEY), Kind.MONEY)
    return Heard(
        text,
        wishes=(Kind.MOVE,) if swaps_time else _without_aside(wishes, works, said, text),
        works=() if swaps_time else works.named,
        leftover=works.leftover,
        replaced=works.replaced,
        car=_car(cars),
        class_number=read_class_number(words, said),
        when=when,
        is_relative=_is_relative(when),
        ordinal=read_ordinal(words, said),
        number=read_booking_number(words, said),
        phone=phones[-1].e164 if phones else "",
        name=told_name,
        adds=bool(said) and (said[0] in word_set("reply", "joins") or bool(set(said) & word_set("reply", "adds"))),
        is_yes=is_plain_yes(text),
        is_no=is_plain_no(text) or refuses or _is_mere_refusal(said),
        has_attachment=list(texts) != written,
        is_foreign=is_foreign(text),
        by_car=_by_car(text, cars, now, zone, locale) if len({_car([car]) for car in cars if car.model}) > 1 else (),
        said=frozenset(said),
    )


def _is_inspection(words: Sequence[Token], at: int) -> bool:
    """«ТО», which in small letters is a word of everyday: known by its capitals, or by what stands around it."""
    if words[at].folded != "то":
        return False
    before, behind = (words[near].folded if 0 <= near < len(words) else "" for near in (at - 1, at + 1))
    is_capital = words[at].text.isupper() and not all(word.text.isupper() for word in words)
    return is_capital or before in word_set("reply", "before_inspection") or (behind == "на" and before in {"", "стоить", "стоит"})


def _stretches(text: str, words: Sequence[Token], border: re.Pattern[str]) -> list[int]:
    """For each word the number of its sentence, or of its clause."""
    ends = [match.start() for match in border.finditer(text)]
    return [bisect_left(ends, word.start) for word in words]


def _own_words(text: str, locale: str) -> str:
    """Without the marks that code set for attachments; a note of the house is nobody's wish."""
    if text in {note for key in NOTES for note in P.variants(locale, key)}:
        return ""
    before, _, after = P.variants(locale, "attachment")[0].partition("{kind}")
    return re.sub(f"{re.escape(before)}.*?{re.escape(after)}", "", text).strip()


def _when(text: str, now: datetime, zone: ZoneInfo) -> str:
    """The sentences that name a time, if only by another one («на час позже»), in the client's own words."""
    sentences = [sentence.strip() for sentence in SENTENCE.split(text)]
    return ", ".join(sentence for sentence in sentences if sentence and read_wish(sentence, now=now, zone=zone, base=now) is not None)


def _is_relative(when: str) -> bool:
    shift = find_shift(when) if when else None
    return shift is not None and bool(shift.time or shift.days or shift.is_same_hour)


def _is_booking(text: str, works: Works, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a time alone asks for a booking: with a work, with a day and an hour, or with nothing else beside it."""
    wish = read_wish(text, now=now, zone=zone)
    if wish is None:
        return False
    names_moment = isinstance(wish, Wish) and wish.exact and bool(find_dates(text, now, zone))
    return names_moment or bool(works.named) or not works.leftover


def _price_at(words: Sequence[Token], said: Sequence[str], cues: Sequence[Cue]) -> int | None:
    """Where a price is asked for: by a phrase, or by a «сколько» that is part of none."""
    asked = [cue.words[0] for cue in cues if cue.name == Kind.PRICE]
    used = {at for cue in cues for at in cue.words}
    loose = [at for at, word in enumerate(said) if word in word_set("reply", "how_much") and at not in used]
    return words[min(asked or loose)].start if asked or loose else None


def _is_mere_exchange(works: Works) -> bool:
    """«поменяйте на четверг»: nothing is named that could be exchanged but the time."""
    return bool(works.named) and all(meant(work) in word_set("reply", "exchange") for work in works.named)


def _meant_cues(cues: Sequence[Cue], said: Sequence[str], clauses: Sequence[int]) -> list[Cue]:
    """«не надо меня записывать» is no wish for a booking but the end of one, and «не отменяйте» none for a change."""
    unwanted = [cue for cue in cues if cue.name in {Kind.BOOK, Kind.CALLBACK, *CHANGES} and _is_unwanted(said, clauses, cue)]
    return [Cue(Kind.CANCEL, cue.words) if cue in unwanted else cue for cue in cues if cue not in unwanted or cue.name == Kind.BOOK]


def _is_unwanted(text: Sequence[str], clauses: Sequence[int], cue: Cue) -> bool:
    """Denied in its own clause, «не» before it or «не надо» behind."""
    said = [word if clause == clauses[cue.words[0]] else "" for word, clause in zip(text, clauses, strict=True)]
    before, behind = cue.words[0] - 1, cue.words[-1] + 1
    idle = word_set("reply", "unwanted")
    while before >= 0 and said[before] in idle:
        before -= 1
    while behind < len(said) and said[behind] in idle and said[behind] not in word_set("reply", "needed"):
        behind += 1
    denied_before = before >= 0 and said[before] in word_set("reply", "denial")
    denied_behind = said[behind : behind + 1] and said[behind] in word_set("reply", "denial")
    return denied_before or bool(denied_behind and set(said[behind + 1 : behind + 2]) & word_set("reply", "needed"))


def _taken(words: Sequence[Token], cues: Sequence[Cue], spans: Sequence[tuple[int, int]]) -> set[int]:
    """Places of the words that are cues, cars, phones, days or hours."""
    places = {words[at].start for cue in cues for at in cue.words if not (cue.name == Kind.PRICE and trade().knows(meant(words[at].text)))}
    return places | {word.start for word in words if any(start <= word.start < end for start, end in spans)}


def _wishes(cues: Sequence[Cue], *, when: str, is_booking: bool) -> tuple[Kind, ...]:
    named = list(dict.fromkeys(cue.name for cue in cues))
    wishes = [Kind(name) for name in named if name in set(Kind)]
    if "absent" in named:
        wishes.append(Kind.MOVE if when or Kind.BOOK in wishes or Kind.WAIT in wishes else Kind.CANCEL)
    changes = [wish for wish in wishes if wish in {Kind.MOVE, Kind.CANCEL}]
    if changes:
        return (*(wish for wish in wishes if wish not in {*BOOKINGS, Kind.MOVE, Kind.CANCEL}), changes[-1])
    if Kind.MINE in wishes:
        return tuple(wish for wish in wishes if wish not in BOOKINGS or wish == Kind.MINE)
    if Kind.BOOK in wishes:
        return tuple(wish for wish in wishes if wish != (Kind.WAIT if when else Kind.BOOK) or Kind.WAIT not in wishes)
    idle = not any(wish in ASKS for wish in wishes)
    if (is_booking and not any(wish in NEAR_TIME for wish in wishes)) or ("visit" in named and idle):
        return (*(wish for wish in wishes if wish != Kind.WAIT), Kind.BOOK)
    return tuple(wishes)


def _without_aside(wishes: tuple[Kind, ...], works: Works, said: Sequence[str], text: str) -> tuple[Kind, ...]:
    """A symptom beside a work that is named, or beside a time to come, only says why; «что делать» asks for no list of services."""
    is_told = any(meant(word) in trade().actions for work in works.named for word in work.split()) or {Kind.BOOK, Kind.WAIT} & set(wishes)
    beside = {Kind.SYMPTOM} if is_told else set[Kind]()
    if Kind.HOURS in wishes and _is_about_whom(said):
        beside.add(Kind.HOURS)
    if not set(said) & word_set("reply", "our_services") and not OUR_DOING.search(text):
        beside.add(Kind.SERVICES)
    return tuple(wish for wish in wishes if wish not in beside)


def _names_shop(said: Sequence[str]) -> bool:
    """«краска слезла» is a complaint where «вы красили» stands beside it, and damage where it does not."""
    return bool(set(said) & word_set("reply", "shop_itself"))


def _is_about_whom(said: Sequence[str]) -> bool:
    """«вы с газелями работаете?» asks for no hours; «с девяти» does."""
    return any(
        word in word_set("reply", "together") and not behind.isdecimal() and parse_number(behind) is None and behind not in HOURLY
        for word, behind in pairwise(said)
    )


def _haggles(text: str) -> bool:
    """«за 15 тысяч сделаете?», «процентов десять»: a price of the client's own."""
    own = [found for found in find_sums(text) if re.search(r"\bза\s*$", text[: found.start].lower()) and found.amount >= OFFERED]
    bargains = bool({token.lemma for token in tokens(text)} & word_set("reply", "bargain"))
    return bool(own) or bool(find_percents(text)) or (bargains and bool(find_sums(text)))


def _is_within(cue: Cue, clauses: Sequence[int]) -> bool:
    return clauses[cue.words[0]] == clauses[cue.words[-1]]


def _is_mere_refusal(said: Sequence[str]) -> bool:
    """«не, давайте не надо» and nothing else."""
    return bool(said) and bool(set(said) & word_set("reply", "denial")) and set(said) <= word_set("reply", "refusing")


def _of_symptoms(words: Sequence[Token], said: Sequence[str], cues: Sequence[Cue], clauses: Sequence[int]) -> set[int]:
    """«тормоза скрипят, колодки поменять»: what only tells of a symptom is no work beside a clause that names one."""
    telling = {clauses[at] for cue in cues if cue.name == Kind.SYMPTOM for at in cue.words}
    if not any(clause not in telling and word in trade().actions for word, clause in zip(said, clauses, strict=True)):
        return set()
    return {
        word.start
        for word, meaning, clause in zip(words, said, clauses, strict=True)
        if clause in telling and meaning not in trade().actions
    }


def _by_car(text: str, cars: Sequence[Car], now: datetime, zone: ZoneInfo, locale: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """«масло на солярис и колодки на камри»: works stand before their car, or behind it where nothing stands before the first. A car
    without works of its own shares those of its neighbour.
    """
    named = [car for car in cars if car.model]
    starts, ends = [car.start for car in named], [car.end for car in named]
    stretches = list(zip([0, *ends[:-1]], ends, strict=True))
    if not _hear((text[: ends[0]],), now, zone, locale).works:
        stretches = list(zip(starts, [*starts[1:], len(text)], strict=True))
    works = [_hear((text[start:end],), now, zone, locale).works for start, end in stretches]
    shared = next((some for some in works if some), ())
    found: list[tuple[str, tuple[str, ...]]] = []
    for car, own in zip(named, works, strict=True):
        shared = own or shared
        found.append((_car([car]), shared))
    return tuple(found)


def _car(cars: Sequence[Car]) -> str:
    """The last one named, one with a model rather than a mere make."""
    best = next((car for car in reversed(cars) if car.model), cars[-1] if cars else None)
    return " ".join(filter(None, (best.make, best.model))) if best else ""
