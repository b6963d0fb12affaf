"""The verdict on a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evil.judge import effects, lies, reading
from evil.judge.rows import read_rows
from evil.judge.verdict import Fault, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evil.house import House
    from evil.judge.rows import Rows
    from evil.player import Player

CHECKS = (
    lies.delivered_lies,
    reading.read_deliveries,
    effects.foreign_marks,
    effects.unasked_changes,
    effects.open_ends,
    effects.over_caps,
)


def judge(player: Player, rows: Rows) -> list[Fault]:
    return list(dict.fromkeys(fault for check in CHECKS for fault in check(player, rows)))


async def judge_all(house: House, players: Sequence[Player]) -> dict[int, list[Fault]]:
    """By person; 0 is for what belongs to nobody in particular."""
    rows = await read_rows(house, players)
    found = {player.person: judge(player, rows[player.person]) for player in players}
    found[0] = [Fault(Kind.FORBIDDEN, what) for what in await effects.shop_faults(house)]
    return {person: faults for person, faults in found.items() if faults}
