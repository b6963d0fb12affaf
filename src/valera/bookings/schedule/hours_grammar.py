"""The grammar of opening hours: words from hours_words.toml → stretches of minutes for every weekday."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise

from valera.kit.errors import Invalid
from valera.kit.phrases import Phrases

P = Phrases.load("valera.bookings")
HOUR = 60
DAY = 24 * HOUR
NOON = 12
GROUPS = {"every_day": range(1, 8), "working_days": range(1, 6), "weekend": range(6, 8)}

# «9-00 до 18-00»: here a dash parts hours from minutes, which shows only when both ends are written so.
_DASHED = re.compile(r"\b(\d{1,2})-([0-5][05])(\s*(?:[-–—]|\bдо\b|\bto\b)\s*)(\d{1,2})-([0-5][05])\b")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?![\d:])")
_DASH = re.compile(r"[-–—−]")
_SEPARATOR = re.compile(r"[,;/\n|+&]|\.(?=\s|$)")
_SKIP = re.compile(r"[\s:()]+")
_WORD = re.compile(r"\S+")


class HoursUnreadable(Invalid):
    """Opening hours that make no sense; ``detail`` names the piece and says what would."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Minutes from midnight, end excluded."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Token:
    """``kind`` is a key of hours_words.toml, or clock, dash, separator; ``number`` is a weekday, or minutes from midnight."""

    kind: str
    text: str
    number: int = 0


def read_spans(text: str, locale: str) -> dict[int, tuple[Span, ...]]:
    """Weekday → its stretches, sorted; closed days are left out. Raises HoursUnreadable."""
    if not text.strip():
        raise HoursUnreadable(P.say(locale, "hours.empty"))
    return _Reader(_tokens(text, locale), locale).week()


# ---- words --------------------------------------------------------------------------------------


@functools.cache
def _vocabulary() -> tuple[re.Pattern[str], dict[str, Token]]:
    tables = tomllib.loads((resources.files("valera.bookings.schedule") / "hours_words.toml").read_text("utf-8"))
    known = {word: Token("day", word, int(day)) for day, words in tables["days"].items() for word in words}
    known |= {word: Token(kind, word) for kind, words in (tables["groups"] | tables["words"]).items() for word in words}
    longest_first = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(known, key=len, reverse=True))
    return re.compile(rf"(?:{longest_first})(?!\w)\.?"), known


def _tokens(text: str, locale: str) -> list[Token]:
    text = _DASHED.sub(r"\1:\2\3\4:\5", text.casefold().replace("ё", "е"))
    found: list[Token] = []
    at = 0
    while at < len(text):
        if skipped := _SKIP.match(text, at):
            at = skipped.end()
            continue
        token, at = _token(text, at, locale)
        if token.kind not in ("noise", "oclock"):
            found.append(token)
    return found


def _token(text: str, at: int, locale: str) -> tuple[Token, int]:
    pattern, known = _vocabulary()
    if word := pattern.match(text, at):
        spelling = re.sub(r"\s+", " ", word[0])
        return known.get(spelling) or known[spelling.removesuffix(".")], word.end()
    if clock := _CLOCK.match(text, at):
        return Token("clock", clock[0], int(clock[1]) * HOUR + int(clock[2] or 0)), _checked(clock, locale).end()
    if separator := _SEPARATOR.match(text, at):
        return Token("separator", separator[0]), separator.end()
    if dash := _DASH.match(text, at):
        return Token("dash", dash[0]), dash.end()
    unknown = _WORD.match(text, at)
    raise HoursUnreadable(P.say(locale, "hours.unknown_word", piece=unknown[0] if unknown else text[at:]))


def _checked(clock: re.Match[str], locale: str) -> re.Match[str]:
    hours, minutes = int(clock[1]), int(clock[2] or 0)
    if hours * HOUR + minutes > DAY or minutes >= HOUR:
        raise HoursUnreadable(P.say(locale, "hours.no_such_time", piece=clock[0]))
    return clock


# ---- sentences ----------------------------------------------------------------------------------


class _Reader:
    """Reads statements from left to right: days, then what is true of them."""

    def __init__(self, tokens: list[Token], locale: str) -> None:
        self.tokens = tokens
        self.locale = locale
        self.at = 0
        self.everyday: tuple[Span, ...] | None = None
        self.named: dict[int, tuple[Span, ...]] = {}

    def week(self) -> dict[int, tuple[Span, ...]]:
        while self._skip("separator", "and"):
            self._statement()
        week = dict.fromkeys(range(1, 8), self.everyday or ()) | self.named
        return {day: spans for day, spans in week.items() if spans}

    def _statement(self) -> None:
        begin = self.at
        days = self._days()
        self._take("dash")
        spans = self._opening(begin)
        if days is None:
            days = self._trailing_days(begin)
        if days:
            for day in days:
                self.named[day] = self._joined(self.named.get(day), spans, begin)
        elif self.everyday is None:
            self.everyday = spans
        else:
            raise self._error("contradiction", begin)

    def _days(self) -> list[int] | None:
        """The named days; empty: every day; None: nothing was said of days."""
        days: list[int] = []
        if self._take("every_day"):
            return days
        listed = True
        while True:
            if listed and (group := self._take("working_days", "weekend")):
                days += GROUPS[group.kind]
            elif self._day_is_next():
                self._take("from")
                days += self._day_range()
            else:
                return days or None
            listed = self._between_days()

    def _trailing_days(self, begin: int) -> list[int] | None:
        """«9-18 пн-пт»: days after their hours, when nothing else can be meant."""
        here = self.at
        if self._skip("separator", "and") and self._peek() == "every_day":
            return self._days()
        self.at = here
        if self._peek() not in ("working_days", "weekend") and not self._day_is_next():
            return None
        days = self._days()
        if self._peek() == "closed":
            self.at = here
            return None
        if self._peek() not in (None, "separator"):
            raise self._error("days_unclear", begin)
        return days

    def _day_is_next(self) -> bool:
        return self._peek() == "day" or (self._peek() == "from" and self._peek(1) == "day")

    def _day_range(self) -> list[int]:
        first = self._next().number
        if self._peek() in ("dash", "through", "until") and self._peek(1) == "day":
            self._next()
            last = self._next().number
            return [(first - 1 + offset) % 7 + 1 for offset in range((last - first) % 7 + 1)]
        return [first]

    def _between_days(self) -> bool:
        """A comma or «и» before another day belongs to the list of days."""
        ahead = self._joints()
        goes_on = ahead > 0 and self._peek(ahead) in ("day", "working_days", "weekend")
        self.at += ahead if goes_on else 0
        return goes_on

    def _joints(self) -> int:
        ahead = 0
        while self._peek(ahead) in ("separator", "and"):
            ahead += 1
        return ahead

    def _opening(self, begin: int) -> tuple[Span, ...]:
        if self._take("closed") or self._take("weekend"):  # «сб, вс – выходные»
            return ()
        if self._take("around"):
            return (Span(0, DAY),)
        spans = [self._span(begin)]
        while self._follows_span():
            self._skip("separator", "and")
            if self._take("break"):
                self._take("dash")
                spans = self._cut(spans, self._span(begin), begin)
            else:
                spans.append(self._span(begin))
        return self._sorted(spans, begin)

    def _follows_span(self) -> bool:
        ahead = self._joints()
        kinds = self._peek(ahead), self._peek(ahead + 1)
        return kinds[0] == "break" or kinds == ("from", "clock") or (ahead > 0 and kinds[0] == "clock")

    def _span(self, begin: int) -> Span:
        self._take("from")
        start = self._clock(begin)
        if not self._take("dash", "until", "through"):
            raise self._error("incomplete", begin)
        end = self._clock(begin) or DAY
        if end == start:
            raise self._error("same_time", begin)
        if end < start:
            raise self._error("backwards", begin)
        return Span(start, end)

    def _clock(self, begin: int) -> int:
        token = self._take("clock")
        if token is None:
            raise self._error("incomplete", begin)
        return self._half_of_day(token, begin)

    def _half_of_day(self, token: Token, begin: int) -> int:
        half = self._take("before_noon", "after_noon", "evening", "at_night")
        if half is None:
            return token.number
        hours = token.number // HOUR
        if not 0 < hours <= NOON:
            raise self._error("no_such_time", begin)
        is_late = half.kind == "after_noon" or (half.kind == "evening" and hours < NOON)
        return token.number % (NOON * HOUR) + (NOON * HOUR if is_late else 0)

    # -- stretches of one day --

    def _sorted(self, spans: list[Span], begin: int) -> tuple[Span, ...]:
        ordered = sorted(spans)
        if any(after.start < before.end for before, after in pairwise(ordered)):
            raise self._error("overlap", begin)
        return tuple(ordered)

    def _joined(self, known: tuple[Span, ...] | None, spans: tuple[Span, ...], begin: int) -> tuple[Span, ...]:
        if known is None:
            return spans
        if not known or not spans:
            raise self._error("contradiction", begin)
        return self._sorted([*known, *spans], begin)

    def _cut(self, spans: list[Span], rest: Span, begin: int) -> list[Span]:
        if not any(span.start < rest.start and rest.end < span.end for span in spans):
            raise self._error("break_outside", begin)
        left = [Span(span.start, min(span.end, rest.start)) for span in spans]
        right = [Span(max(span.start, rest.end), span.end) for span in spans]
        return [span for span in {*left, *right} if span.start < span.end]

    # -- tokens --

    def _peek(self, ahead: int = 0) -> str | None:
        return self.tokens[self.at + ahead].kind if self.at + ahead < len(self.tokens) else None

    def _next(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def _take(self, *kinds: str) -> Token | None:
        return self._next() if self._peek() in kinds else None

    def _skip(self, *kinds: str) -> bool:
        """True: something is left to read."""
        while self._take(*kinds):
            pass
        return self._peek() is not None

    def _error(self, key: str, begin: int) -> HoursUnreadable:
        last = max(self.at, begin + 1)
        piece = " ".join(token.text for token in self.tokens[begin:last])
        return HoursUnreadable(P.say(self.locale, f"hours.{key}", piece=piece))
