"""The page's words, numbers and times in one language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from babel.dates import format_date
from babel.numbers import format_decimal

from valera.kit.phrases import Phrases

if TYPE_CHECKING:
    from datetime import date, tzinfo
    from decimal import Decimal

PHRASES = Phrases.load("valera.simulator.page")
LOCALES = ("ru", "en")
MS_PER_SECOND = 1000
KILOBYTE, MEGABYTE = 1 << 10, 1 << 20


@dataclass(frozen=True, slots=True)
class Words:
    """``words('send')`` is a phrase; ``words.name('tool', 'find_prices')`` falls back to the bare name for what has none."""

    locale: str

    def __call__(self, key: str, **values: object) -> str:
        return PHRASES.say(self.locale, key, **values)

    def all(self, key: str) -> tuple[str, ...]:
        return PHRASES.variants(self.locale, key)

    def name(self, group: str, key: str) -> str:
        try:
            return self(f"{group}.{key}")
        except KeyError:
            return key

    def duration(self, ms: int) -> str:
        if ms < MS_PER_SECOND:
            return self("milliseconds", count=ms or "<1")
        return self("seconds", count=format_decimal(round(ms / MS_PER_SECOND, 1), locale=self.locale))

    def number(self, count: int) -> str:
        return format_decimal(count, locale=self.locale)

    def size(self, size: int) -> str:
        """Of a file, in bytes: as kilobytes or megabytes."""
        unit, name = (MEGABYTE, "megabytes") if size >= MEGABYTE else (KILOBYTE, "kilobytes")
        return self(name, size=format_decimal(max(round(size / unit, 1), 0.1), locale=self.locale))

    def cost(self, amount: Decimal) -> str:
        return self("cost", amount=format_decimal(amount, format="0.####", locale=self.locale))

    def day(self, moment: datetime, *, today: date) -> str:
        day = moment.date()
        if day in {today, today - timedelta(days=1)}:
            return self("today" if day == today else "yesterday")
        return format_date(day, "d MMMM" if day.year == today.year else "d MMMM y", locale=self.locale)

    def weekday(self, moment: datetime) -> str:
        return format_date(moment.date(), "MMM, EEE", locale=self.locale).replace(".", "")


def choose_locale(asked: str | None, accept_language: str) -> str:
    """What the address asks for, else the browser's first language that there is, else Russian."""
    if asked in LOCALES:
        return asked
    wanted = (part.split(";")[0].strip()[:2].lower() for part in accept_language.split(","))
    return next((locale for locale in wanted if locale in LOCALES), LOCALES[0])


def local_time(seconds: float, zone: tzinfo | None = None) -> datetime:
    """In the given zone, else in this machine's: page and server stand on the same one."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(zone)
