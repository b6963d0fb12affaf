"""The dashboard's words, numbers and times in one language.

``t('board.new')`` is the phrase ``new`` of ``dashboard/board/phrases``. The pseudo-locale is made from Russian, two fifths longer: what it
tears apart is too tight.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import phonenumbers
from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal, format_percent

from valera.kit.phrases import Phrases

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

LOCALES = ("ru", "en")
PSEUDO = "xx"
NARROW = "\N{NO-BREAK SPACE}"
LONGER = 1.4
MINUTE, HOUR, DAY = 60, 3600, 86400
WEEK_DAYS = 7


def choose_locale(asked: str | None, accept_language: str) -> str:
    """What was chosen, else the browser's first language that there is, else Russian."""
    if asked in (*LOCALES, PSEUDO):
        return asked
    wanted = (part.split(";")[0].strip()[:2].lower() for part in accept_language.split(","))
    return next((locale for locale in wanted if locale in LOCALES), LOCALES[0])


@functools.cache
def _phrases(part: str) -> Phrases:
    return Phrases.load(f"valera.dashboard.{part}")


@functools.cache
def _longer(text: str) -> str:
    """Two fifths longer, with what is filled in left alone."""
    wanted = int(len(text) * LONGER)
    return text + "~" * max(0, wanted - len(text))


@dataclass(frozen=True, slots=True)
class Words:
    """Moments are shown in the shop's zone, amounts in its currency."""

    language: str
    zone: ZoneInfo
    currency: str = "RUB"

    @property
    def locale(self) -> str:
        return "ru" if self.language == PSEUDO else self.language

    def __call__(self, key: str, **values: object) -> str:
        """An unknown key is a KeyError: a bug, not a missing translation."""
        part, _, name = key.partition(".")
        return self._told(_phrases(part).say(self.locale, name, **values))

    def has(self, key: str) -> bool:
        part, _, name = key.partition(".")
        return name in _phrases(part).by_locale[self.locale]

    def name(self, group: str, key: str) -> str:
        """Of what has a name for people, or the bare key."""
        return self(f"{group}.{key}") if self.has(f"{group}.{key}") else key

    def plural(self, key: str, count: int, **values: object) -> str:
        """One of the forms below ``key``: one, few, many, other."""
        form = Locale(self.locale).plural_form(count)
        found = f"{key}.{form}" if self.has(f"{key}.{form}") else f"{key}.other"
        return self(found, count=self.number(count), **values)

    def number(self, count: float | Decimal) -> str:
        return format_decimal(count, locale=self.locale)

    def percent(self, share: float) -> str:
        """0.2 is 20 %."""
        return format_percent(round(share, 2), locale=self.locale)

    def money(self, amount: float | Decimal, currency: str | None = None) -> str:
        """Whole units without their hundredths."""
        pattern = "#,##0 ¤" if Decimal(str(amount)) == int(amount) else "#,##0.00 ¤"
        told = format_currency(amount, currency or self.currency, pattern, locale=self.locale, currency_digits=False)
        return told.replace("RUB", "₽").replace(" ", NARROW)

    def phone(self, number: str | None) -> str:
        if not number:
            return ""
        try:
            parsed = phonenumbers.parse(number, None)
        except phonenumbers.NumberParseException:
            return number
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL).replace(" ", NARROW)

    # ---- times ----------------------------------------------------------------------------------

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def clock(self, moment: datetime) -> str:
        return format_time(self.local(moment), "HH:mm", locale=self.locale)

    def day(self, day: date | datetime) -> str:
        """вторник, 24 ноября; the year where it is another one than that of ``today`` is the caller's business."""
        return format_date(self._day(day), "EEEE, d MMMM", locale=self.locale)

    def short_day(self, day: date | datetime) -> str:
        return format_date(self._day(day), "d MMM, EEE", locale=self.locale).replace(".", "")

    def full_day(self, day: date | datetime) -> str:
        return format_date(self._day(day), "d MMMM y", locale=self.locale)

    def moment(self, moment: datetime) -> str:
        """Exact, for titles."""
        return format_datetime(self.local(moment), "d MMMM y, HH:mm:ss", locale=self.locale)

    def when(self, moment: datetime, now: datetime) -> str:
        """As a list shows it: the time today, else the day."""
        day, today = self.local(moment).date(), self.local(now).date()
        if day == today:
            return self.clock(moment)
        if day == today - timedelta(days=1):
            return self("frame.yesterday")
        if today - day < timedelta(days=WEEK_DAYS) and day < today:
            return format_date(day, "EEE", locale=self.locale)
        if day.year == today.year:
            return format_date(day, "d MMM", locale=self.locale).replace(".", "")
        return format_date(day, "dd.MM.yy", locale=self.locale)

    def ago(self, moment: datetime, now: datetime) -> str:
        """6 мин, 2 ч, 3 дн."""
        return self.lasting(max(0, int((now - moment).total_seconds())))

    def lasting(self, seconds: float) -> str:
        if seconds < MINUTE:
            return self("frame.just_now")
        if seconds < HOUR:
            return self("frame.minutes", count=int(seconds // MINUTE))
        if seconds < DAY:
            return self("frame.hours", count=int(seconds // HOUR))
        return self("frame.days", count=self.number(int(seconds // DAY)))

    def iso(self, moment: datetime) -> str:
        return moment.astimezone(UTC).isoformat(timespec="seconds")

    def _day(self, day: date | datetime) -> date:
        return self.local(day).date() if isinstance(day, datetime) else day

    def _told(self, text: str) -> str:
        return _longer(text) if self.language == PSEUDO else text
