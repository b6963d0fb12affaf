"""What is printed, what is stored, and how a run compares with the stored one."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogues.case import Case
    from dialogues.judge import Verdict
    from dialogues.record import Record

RESULT = Path(__file__).parent / "result.json"


@dataclass(frozen=True, slots=True)
class Played:
    case: Case
    record: Record
    verdict: Verdict

    @property
    def questions_per_message(self) -> float:
        said = self.record.said
        return sum(text.count("?") for text in said) / len(said) if said else 0

    @property
    def letters_per_message(self) -> int:
        said = self.record.said
        return round(sum(map(len, said)) / len(said)) if said else 0


def describe(played: Played, *, with_words: bool = False) -> list[str]:
    """One dialogue: expected and reached, bookings, sums with their rows, how it was said, what it took."""
    case, record, verdict = played.case, played.record, played.verdict
    mark = "reached" if verdict.is_reached else "MISSED "
    by = ", a person called" if verdict.is_handover else ""
    lines = [f"{case.number:3} {mark} {case.expect.outcome:9} → {verdict.outcome}{by}: {case.name}"]
    lines += [f"      {who}: {text}".replace("\n", "\n           ") for who, text in record.words if with_words]
    lines += [
        f"      booking {booking.number}: {booking.service}, {booking.starts_at:%a %d.%m %H:%M}{booking.is_cancelled * ', cancelled'}"
        for booking in record.bookings
    ]
    if verdict.sums:
        lines.append("      sums: " + "; ".join(f"{named.amount:,} ← {named.row or 'NOTHING'}" for named in verdict.sums))
    cost = "unknown" if record.cost is None else f"${record.cost:.4f}"
    lines.append(
        f"      {len(record.said)} messages, {played.questions_per_message:.1f} questions and {played.letters_per_message} letters each; "
        f"{record.steps} steps, {record.tokens} tokens, {cost}"
    )
    lines += [f"      held back by the gates: {why}" for why in record.refused_drafts]
    return lines + [f"      ✘ {problem}" for problem in verdict.problems]


@dataclass(frozen=True, slots=True)
class Totals:
    number: int
    reached: int
    handovers: int
    unsourced: int
    questions: float
    letters: int
    steps: float
    tokens: int
    cost: Decimal | None

    @classmethod
    def of(cls, played: Sequence[Played]) -> Totals:
        reached = [one for one in played if one.verdict.is_reached]
        messages = sum(len(one.record.said) for one in played) or 1
        costs = [one.record.cost for one in played]
        return cls(
            len(played),
            len(reached),
            sum(one.verdict.is_handover for one in reached),
            sum(len(one.verdict.unsourced) for one in played),
            sum(text.count("?") for one in played for text in one.record.said) / messages,
            round(sum(len(text) for one in played for text in one.record.said) / messages),
            sum(one.record.steps for one in played) / (len(played) or 1),
            sum(one.record.tokens for one in played),
            None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0)),
        )

    def line(self, name: str) -> str:
        share = 100 * self.reached / self.number if self.number else 0
        by_person = 100 * self.handovers / self.reached if self.reached else 0
        cost = "unknown" if self.cost is None else f"${self.cost:.4f}"
        return (
            f"{name}: {self.reached} of {self.number} reached ({share:.0f} %), {self.handovers} of them with a person called "
            f"({by_person:.0f} %), {self.unsourced} unsourced sums; {self.questions:.2f} questions and {self.letters} letters a message, "
            f"{self.steps:.1f} steps a dialogue, {self.tokens} tokens, {cost}"
        )


def summary(played: Sequence[Played]) -> list[str]:
    """The dialogues that may be tuned on, and those kept aside, apart; and who wrote: a model that is away is stood in for."""
    open_ones, aside = [one for one in played if not one.case.is_aside], [one for one in played if one.case.is_aside]
    parts = [("looked at while tuning", open_ones), ("kept aside", aside)]
    lines = [Totals.of(part).line(name) for name, part in parts if part]
    lines += [Totals.of(played).line("all")] if open_ones and aside else []
    writers = Counter(reply.by for one in played for reply in one.record.replies)
    by = "messages by " + ", ".join(f"{who}: {number}" for who, number in writers.most_common())
    return [*lines, by, gates(played)]


def gates(played: Sequence[Played]) -> str:
    """Drafts that were held back: with a truthful model each is a false alarm."""
    drafts = sum(one.record.drafts for one in played)
    alarms = sum(bool(reply.alarms) for one in played for reply in one.record.replies)
    return f"gates: {drafts} drafts, {alarms} alarms ({100 * alarms / (drafts or 1):.1f} %)"


# ---- the stored result --------------------------------------------------------------------------


def compare(played: Sequence[Played], stored: dict[str, Any]) -> tuple[list[str], bool]:
    """What is different from the stored run; True: something is worse."""
    lines: list[str] = []
    worse = False
    for one in played:
        before, now = stored.get(str(one.case.number)), _entry(one)
        if before is None:
            lines.append(f"  {one.case.number}: new, {_say(now)}")
        elif before != now:
            lines.append(f"  {one.case.number}: {_say(before)} → {_say(now)}")
            worse |= before["reached"] and not now["reached"]
        worse |= bool(one.verdict.unsourced)
    return lines, worse


def load(who: str, path: Path = RESULT) -> dict[str, Any]:
    stored: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return stored.get(who, {})


def store(who: str, played: Sequence[Played], path: Path = RESULT) -> None:
    """What was not played this time stays as it was."""
    stored: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    entries = stored.get(who, {}) | {str(one.case.number): _entry(one) for one in played}
    stored[who] = dict(sorted(entries.items(), key=lambda pair: int(pair[0])))
    path.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _entry(one: Played) -> dict[str, Any]:
    """What is the same in every run of the same code: no ids, no times."""
    return {
        "reached": one.verdict.is_reached,
        "outcome": str(one.verdict.outcome),
        "handover": one.verdict.is_handover,
        "messages": len(one.record.said),
        "questions": round(one.questions_per_message, 2),
        "sums": [f"{named.amount:f}" for named in one.verdict.sums],
    }


def _say(entry: dict[str, Any]) -> str:
    return (
        f"{'reached' if entry['reached'] else 'missed'} ({entry['outcome']}, {entry['messages']} messages, sums {entry['sums'] or 'none'})"
    )
