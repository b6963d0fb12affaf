"""Whether a dialogue reached the outcome that was committed beforehand, and whether every sum in it has its row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

from dialogues.case import Outcome
from valera.russian.money.sums import find_sums

if TYPE_CHECKING:
    from dialogues.case import Case, Expectation
    from dialogues.record import Booked, Record, Reply


@dataclass(frozen=True, slots=True)
class NamedSum:
    """``row`` is empty where nothing stands behind the sum."""

    amount: Decimal
    row: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """``problems``: why the outcome was not reached; ``is_handover``: a person was called on the way, or at its end."""

    outcome: str
    problems: tuple[str, ...]
    is_handover: bool
    sums: tuple[NamedSum, ...]

    @property
    def is_reached(self) -> bool:
        return not self.problems

    @property
    def unsourced(self) -> tuple[Decimal, ...]:
        return tuple(named.amount for named in self.sums if not named.row)


def judge(case: Case, record: Record) -> Verdict:
    expected = case.expect
    sums = tuple(dict.fromkeys(named for reply in record.replies for named in named_sums(reply)))
    by_person = expected.handover and record.is_human_called and not record.bookings
    problems = [] if by_person else [*_ends(expected, record), *_missing_sums(expected, sums)]
    problems += _words(expected, record)
    problems += [f"the sum {named.amount} has no row" for named in sums if not named.row]
    problems += [f"a sum was named: {named.amount}" for named in sums if expected.no_sums]
    problems += [f"no answer to «{text}»" for text in record.unanswered if expected.outcome is not Outcome.SILENT]
    return Verdict(outcome_of(record, sums), (*problems, *record.failures), record.is_human_called, sums)


def outcome_of(record: Record, sums: tuple[NamedSum, ...]) -> str:
    """In one word, for the report."""
    standing = [booking for booking in record.bookings if not booking.is_cancelled]
    if standing:
        return Outcome.MOVED if any(booking.is_moved for booking in standing) else Outcome.BOOKED
    if record.bookings:
        return Outcome.CANCELLED
    if record.calls or record.waits:
        return Outcome.CALLBACK if record.calls else Outcome.WAITLIST
    if record.is_human_called:
        return Outcome.SILENT if record.is_taken_over and not record.said_after_takeover else Outcome.HUMAN
    return Outcome.PRICED if sums else Outcome.INFORMED


def named_sums(reply: Reply) -> list[NamedSum]:
    """Both ends of a span; a sum that the client named before may be repeated to him."""
    rows = {source.amount: source.row for source in reversed(reply.sources)}
    rows = dict.fromkeys(reply.told, "said by the client") | rows
    found = [amount for named in find_sums(reply.text) for amount in (named.amount, named.upto) if amount is not None]
    return [NamedSum(amount, rows.get(amount, "")) for amount in found]


def _ends(expected: Expectation, record: Record) -> list[str]:
    """What is wrong with the bookings, or with the call for a person."""
    standing = [booking for booking in record.bookings if not booking.is_cancelled]
    match expected.outcome:
        case Outcome.BOOKED:
            return _bookings(expected, standing)
        case Outcome.MOVED:
            return [*_bookings(expected, standing), *(["the booking was not moved"] if not any(one.is_moved for one in standing) else [])]
        case Outcome.CANCELLED:
            is_cancelled = bool(record.bookings) and not standing
            return [] if is_cancelled else [f"{len(standing)} bookings stand, {len(record.bookings)} were made"]
        case Outcome.HUMAN | Outcome.CALLBACK | Outcome.WAITLIST:
            return [*_no_booking(record), *_promised(expected, record)]
        case Outcome.SILENT:
            spoke = record.said_after_takeover or not record.is_taken_over
            return ["the assistant spoke after a person had taken over"] if spoke else []
        case Outcome.PRICED | Outcome.INFORMED | Outcome.REFUSED:
            return [*_no_booking(record), *(["a person was called"] if record.is_human_called else [])]
        case _:
            assert_never(expected.outcome)


def _no_booking(record: Record) -> list[str]:
    return [f"a booking was made: {booking.service}" for booking in record.bookings]


def _bookings(expected: Expectation, standing: list[Booked]) -> list[str]:
    if len(standing) != expected.count:
        return [f"{len(standing)} bookings instead of {expected.count}"]
    return [problem for booking in standing for problem in _booking(expected, booking)]


def _booking(expected: Expectation, booking: Booked) -> list[str]:
    days, (earliest, latest) = expected.days_allowed, expected.hours_allowed
    wrong = [f"{booking.service!r} names no «{pattern}»" for pattern in expected.service if not _finds(pattern, booking.service)]
    if days and booking.starts_at.date() not in days:
        wrong.append(f"booked on {booking.starts_at:%d.%m}")
    if not earliest <= booking.starts_at.time() <= latest:
        wrong.append(f"booked at {booking.starts_at:%H:%M}")
    return wrong


def _promised(expected: Expectation, record: Record) -> list[str]:
    """What somebody of the shop owes now; a call-back is a person's, too."""
    if expected.outcome is Outcome.HUMAN:
        return [] if record.is_human_called or record.calls else ["no person was called"]
    if expected.outcome is Outcome.WAITLIST:
        return [] if record.waits == expected.count else [f"waits for {record.waits} times"]
    return _calls(expected, record)


def _calls(expected: Expectation, record: Record) -> list[str]:
    """One call is owed, at a time that was meant."""
    if len(record.calls) != 1:
        return [f"{len(record.calls)} calls are owed"]
    due_at, days, (earliest, latest) = record.calls[0].due_at, expected.days_allowed, expected.hours_allowed
    wrong = [f"to be called on {due_at:%d.%m}"] if days and due_at.date() not in days else []
    return wrong if earliest <= due_at.time().replace(second=0, microsecond=0) <= latest else [*wrong, f"to be called at {due_at:%H:%M}"]


def _missing_sums(expected: Expectation, sums: tuple[NamedSum, ...]) -> list[str]:
    named = {one.amount for one in sums if one.row}
    return [f"{amount} was not named" for amount in expected.sums if Decimal(amount) not in named]


def _words(expected: Expectation, record: Record) -> list[str]:
    said, last = "\n".join(record.said), "".join(record.said[-1:])
    problems = [f"«{pattern}» was not told" for pattern in expected.told if not _finds(pattern, said)]
    problems += [f"«{pattern}» was not told at last" for pattern in expected.told_last if not _finds(pattern, last)]
    problems += [f"«{pattern}» was said" for pattern in expected.never if _finds(pattern, said)]
    if expected.phone and record.phone != expected.phone:
        problems.append(f"the phone is {record.phone or 'not known'}")
    if expected.client and not _finds(expected.client, record.client):
        problems.append(f"the client's name is {record.client!r}")
    return problems


def _finds(pattern: str, text: str) -> bool:
    plain = text.replace("\u00a0", " ").replace("\u202f", " ")
    return re.search(pattern, plain, re.IGNORECASE) is not None
