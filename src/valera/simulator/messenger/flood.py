"""Flood control: about one message a second for each chat, after a burst."""

from __future__ import annotations

import math
from dataclasses import dataclass

FORGET_ABOVE = 10_000


@dataclass(frozen=True, slots=True)
class FloodLimit:
    """A full bucket holds ``burst`` messages and gains ``per_second``."""

    burst: int = 30
    per_second: float = 1.0


class FloodControl:
    def __init__(self, limit: FloodLimit | None) -> None:
        self._limit = limit
        self._buckets: dict[tuple[int, int], tuple[float, float]] = {}  # chat → what is left, and when that was
        self._penalties: dict[tuple[int, int | None], float] = {}  # chat, or the whole bot → until when it is refused

    def spend(self, bot_id: int, person_id: int, *, now: float) -> int:
        """0, or how many whole seconds the bot must wait before it sends there again."""
        if self._limit is None:
            return 0
        if len(self._buckets) > FORGET_ABOVE:
            self._forget_full(self._limit, now)
        left = self._left(self._limit, (bot_id, person_id), now)
        if left < 1:
            return max(1, math.ceil((1 - left) / self._limit.per_second))
        self._buckets[bot_id, person_id] = (left - 1, now)
        return 0

    def punish(self, bot_id: int, person_id: int | None, *, until: float) -> None:
        """Refuses the chat, or (None) all that the bot does."""
        self._penalties[bot_id, person_id] = until

    def penalty(self, bot_id: int, person_id: int | None, *, now: float) -> int:
        """0, or how many whole seconds are left of what was imposed."""
        left = max(self._penalties.get((bot_id, whom), now) for whom in {None, person_id}) - now
        if left <= 0:
            self._penalties.pop((bot_id, person_id), None)
        return max(0, math.ceil(left))

    def _left(self, limit: FloodLimit, chat: tuple[int, int], now: float) -> float:
        left, since = self._buckets.get(chat, (float(limit.burst), now))
        return min(float(limit.burst), left + (now - since) * limit.per_second)

    def _forget_full(self, limit: FloodLimit, now: float) -> None:
        self._buckets = {chat: bucket for chat, bucket in self._buckets.items() if self._left(limit, chat, now) < limit.burst}
