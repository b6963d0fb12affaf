"""A handful of dialogues through the whole path: ingest, worker, tools, gates, delivery to a strict Telegram."""

from __future__ import annotations

from dialogues.case import Case, Expectation, Outcome, read_cases
from dialogues.house import opened
from dialogues.judge import judge
from dialogues.play import play_all

FEW = (1, 2, 10, 29, 44, 47, 53, 58, 65)
"""A booking in words, one by buttons, a price, a takeover, a move, two bookings, a person, hours, nonsense; none that is kept aside."""


async def test_dialogues_reach_their_outcomes_through_the_whole_path(database_url: str) -> None:
    cases = [case for case in read_cases() if case.number in FEW]
    wrong = Case(900, "wrong", "mayak", cases[0].now, ["сколько стоит замена помпы?"], {}, Expectation(Outcome.HUMAN))
    async with opened(database_url) as house:
        records = await play_all(house, [*cases, wrong], at_once=len(cases) + 1)
    verdicts = {case.number: judge(case, records[case.number]) for case in [*cases, wrong]}
    assert {number: verdict.problems for number, verdict in verdicts.items() if number != wrong.number} == dict.fromkeys(FEW, ())
    assert verdicts[wrong.number].problems == ("no person was called",)
    assert all(verdict.unsourced == () for verdict in verdicts.values())
    assert records[1].steps > 0
    assert [who for who, _ in records[53].words] == ["client", "shop"]
