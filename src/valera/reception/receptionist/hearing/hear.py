"""From the client's words to what was meant."""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from valera.kit.phrases import Phrases
from valera.reception.receptionist.vocabulary import Cue, find_cues, meant, word_set
from valera.reception.receptionist.wishes import Heard, Kind
from valera.reception.receptionist.works import find_works
from valera.reception.trade import trade
from valera.russian.cars import find_cars
from valera.russian.morphology import is_known, parses, part_of_speech
from valera.russian.numbers import ordinal_value, parse_number
from valera.russian.phones import find_phones
from valera.russian.time.when import Wish, find_clock_times, find_dates, find_shift, read_wish
from valera.russian.words import is_plain_no, is_plain_yes, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from valera.reception.receptionist.works import Works
    from valera.reception.shop import Shop
    from valera.russian.cars import Car
    from valera.russian.words import Token

LONGEST = 2000
LONGEST_NAME = 2
LONGEST_NUMBER = 6  # digits
TEN = 10
SENTENCE = re.compile(r"[!?;\n]+|\.(?!\d)")
END = re.compile(r"[!?;]+|\.(?!\d)")
CLAUSE = re.compile(r"[!?;,\n]+|\.(?!\d)")
SHORT_ANSWER = 4  # words: «второй вариант, пожалуйста»
NOTES = ("note.taken_over", "note.handed_back")
BOOKINGS = frozenset({Kind.BOOK, Kind.WAIT, Kind.MINE})
NEAR_TIME = frozenset({Kind.HOURS, Kind.ADDRESS, Kind.WAIT, Kind.DURATION, Kind.HUMAN, Kind.COMPLAINT, Kind.MONEY})
CHANGES = frozenset({Kind.MOVE, Kind.CANCEL})
ASKS = frozenset(set(Kind) - {Kind.GREETING, Kind.THANKS, Kind.BYE})
P = Phrases.load("valera.reception")


def hear(texts: Sequence[str], shop: Shop) -> Heard:
    """What one burst of messages says. Pure; equal bursts are understood once."""
    return _hear(tuple(texts), shop.now.replace(second=0, microsecond=0), shop.zone, shop.locale)


@functools.lru_cache(maxsize=512)
def _hear(texts: tuple[str, ...], now: datetime, zone: ZoneInfo, locale: str) -> Heard:
    written = [_own_words(text, locale) for text in texts]
    text = "\n".join(filter(None, written))[:LONGEST]
    words = tokens(text)
    said = tuple(meant(word.text) for word in words)
    cues = find_cues(said, _stretches(text, words, END))
    times = [(mark.start, mark.end) for mark in (*find_dates(text, now, zone), *find_clock_times(text))]
    cars = [car for car in find_cars(text) if not any(start < car.end and car.start < end for start, end in times)]
    phones = find_phones(text)
    when = _when(text, now, zone)
    taken = _taken(words, cues, [*times, *((one.start, one.end) for one in (*cars, *phones))])
    told_name = "" if cars else _name(words, cues, has_phone=bool(phones))
    taken |= {word.start for word in words if word.text.capitalize() in told_name.split()}  # «меня зовут Лев» names nothing on the left
    meanings = {word.start: meaning for word, meaning in zip(words, said, strict=True)}
    works = find_works(text, meanings, taken, price_at=_price_at(words, said, cues))
    told = _meant_cues(cues, said, _stretches(text, words, CLAUSE))
    refuses = len(told) < len(cues) and not any(cue.name in ASKS for cue in told)
    if phones:  # «мой телефон …», «запишите номер …»
        told = [cue for cue in told if cue.name != Kind.PHONE_OF_SHOP and (when or works.named or cue.name != Kind.BOOK)]
    swaps_time = bool(when) and _is_mere_exchange(works)
    return Heard(
        text,
        wishes=(Kind.MOVE,) if swaps_time else _wishes(told, when=when, is_booking=_is_booking(text, works, now, zone)),
        works=() if swaps_time else works.named,
        leftover=works.leftover,
        replaced=works.replaced,
        car=_car(cars),
        class_number=_class_number(words, said),
        when=when,
        is_relative=_is_relative(when),
        ordinal=_ordinal(words, said),
        number=_number(words, said),
        phone=phones[-1].e164 if phones else "",
        name=told_name,
        adds=bool(said) and (said[0] in word_set("reply", "joins") or bool(set(said) & word_set("reply", "adds"))),
        is_yes=is_plain_yes(text),
        is_no=is_plain_no(text) or refuses,
        has_attachment=list(texts) != written,
        said=frozenset(said),
    )


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
    unwanted = [cue for cue in cues if cue.name in {Kind.BOOK, *CHANGES} and _is_unwanted(said, clauses, cue)]
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


def _car(cars: Sequence[Car]) -> str:
    """The last one named, one with a model rather than a mere make."""
    best = next((car for car in reversed(cars) if car.model), cars[-1] if cars else None)
    return " ".join(filter(None, (best.make, best.model))) if best else ""


def _class_number(words: Sequence[Token], said: Sequence[str]) -> int | None:
    """The number beside «класс», before it or behind."""
    for at, word in enumerate(said):
        if word in word_set("reply", "car_class"):
            numbers = [_as_number(other) for other in (*words[max(0, at - 1) : at], *words[at + 1 : at + 2])]
            return next((number for number in numbers if number), None)
    return None


def _ordinal(words: Sequence[Token], said: Sequence[str]) -> int | None:
    """1 for the first, -1 for the last, 0 for any; only of a short answer."""
    if len(words) > SHORT_ANSWER:
        return None
    compared = {
        meaning
        for before, word, meaning in zip(["", *said], words, said, strict=False)
        if part_of_speech(word.text) != "COMP" or before in word_set("reply", "utmost")
    }
    if compared & word_set("reply", "last"):
        return -1
    if set(said) & word_set("reply", "any"):
        return 0
    if compared & word_set("reply", "first"):
        return 1
    numbers = [number for word in words if (number := _as_number(word)) and number < TEN]
    return numbers[-1] if numbers else None


def _as_number(word: Token) -> int | None:
    if word.text.isdecimal():
        return int(word.text) if len(word.text) <= LONGEST_NUMBER else None
    return ordinal_value(word.folded) or parse_number(word.text)


def _number(words: Sequence[Token], said: Sequence[str]) -> int | None:
    """Digits behind «запись», «номер», «№»."""
    for at, word in enumerate(words):
        is_short = word.text.isdecimal() and len(word.text) <= LONGEST_NUMBER
        if is_short and at and said[at - 1] in word_set("reply", "booking_number"):
            return int(word.text)
    return None


def _name(words: Sequence[Token], cues: Sequence[Cue], *, has_phone: bool) -> str:
    cue = next((cue for cue in cues if cue.name == "name"), None)
    if cue is not None:
        told = cue.words[0] + 1 if cue.words[-1] - cue.words[0] >= len(cue.words) else cue.words[-1] + 1
        return words[told].text.capitalize() if told < len(words) and words[told].text.isalpha() else ""
    letters = [word.text for word in words if word.text.isalpha()]
    alone = 0 < len(letters) <= LONGEST_NAME and (has_phone or len(letters) == len(words)) and all(map(_is_name, letters))
    return " ".join(letter.capitalize() for letter in letters) if alone else ""


def _is_name(word: str) -> bool:
    readings = parses(word) if is_known(word) else ()
    return bool(readings) and any(mark in readings[0].tag for mark in ("Name", "Surn"))
