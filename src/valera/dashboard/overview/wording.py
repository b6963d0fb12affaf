"""How numbers of the overview are said: durations, dollars, and what is different from before."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from babel.dates import format_datetime
from babel.numbers import format_currency

if TYPE_CHECKING:
    from datetime import datetime

    from valera.dashboard.frame.words import Words
    from valera.insights.period import Period, Span

MINUTE, HOUR, DAY = 60, 3600, 86400
UNITS = ((DAY, "days", HOUR, "hours"), (HOUR, "hours", MINUTE, "minutes"), (MINUTE, "minutes", 1, "seconds"))
EXACT_BELOW = 10
"""Seconds that are told with their tenths."""
CENT = Decimal("0.01")


def duration(t: Words, seconds: float | None) -> str:
    """2,4 с · 48 с · 6 мин 5 с · 3 ч 10 мин · 2 дн 4 ч; a dash for none."""
    if seconds is None:
        return "–"
    if seconds < EXACT_BELOW:
        return t("overview.seconds", count=t.number(round(seconds, 1)))
    whole = round(seconds)
    for unit, name, smaller, smaller_name in UNITS:
        if whole >= unit:
            said, rest = t(f"overview.{name}", count=t.number(whole // unit)), whole % unit // smaller
            return f"{said} {t(f'overview.{smaller_name}', count=rest)}" if rest else said
    return t("overview.seconds", count=whole)


def dollars(t: Words, amount: Decimal | None) -> str:
    """Two digits, and four where the sum is less than a cent or so."""
    if amount is None:
        return "–"
    return money(t, amount, "USD")


def money(t: Words, amount: Decimal, currency: str) -> str:
    pattern = "#,##0.00## ¤" if abs(amount) < CENT * 10 else "#,##0.00 ¤"
    return format_currency(amount, currency, pattern, locale=t.locale, currency_digits=False).replace(" ", "\N{NO-BREAK SPACE}")


def moment(t: Words, at: datetime) -> str:
    """21 окт 2026, 06:45, on one line."""
    said = format_datetime(t.local(at), "d MMM y, HH:mm", locale=t.locale).replace(".", "")
    return said.replace(" ", "\N{NO-BREAK SPACE}")


def span(t: Words, of: Span | Period) -> str:
    """24 ноября 2026 · 1 – 24 ноября would need more rules than it is worth: both ends in full."""
    return t.full_day(of.first) if of.first == of.last else t("overview.from_to", first=t.full_day(of.first), last=t.full_day(of.last))


def short_span(of: Span) -> str:
    """Below a bar."""
    return f"{of.first:%d.%m}"


def fewer_or_more(t: Words, now: int, before: int) -> str:
    if now == before:
        return t("overview.same")
    return t("overview.more" if now > before else "overview.fewer", count=t.number(abs(now - before)))


def points(t: Words, now: float, before: float) -> str:
    """Of two shares: percentage points."""
    apart = round((now - before) * 100, 1)
    if not apart:
        return t("overview.same")
    return t("overview.points_more" if apart > 0 else "overview.points_fewer", count=t.number(abs(apart)))


def faster_or_slower(t: Words, now: float | None, before: float | None) -> str:
    if now is None or before is None:
        return t("overview.nothing_before") if now is not None else ""
    if abs(now - before) < 0.05:  # noqa: PLR2004  a tenth of a second is what is told
        return t("overview.same_time")
    return t("overview.faster" if now < before else "overview.slower", time=duration(t, abs(now - before)))


def dearer_or_cheaper(t: Words, now: Decimal, before: Decimal) -> str:
    if now == before:
        return t("overview.same")
    return t("overview.more" if now > before else "overview.fewer", count=dollars(t, abs(now - before)))
