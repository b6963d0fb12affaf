"""Flood control: about one message a second in each chat after a burst, twenty a minute in a group, thirty a second in all."""

from __future__ import annotations

import math
from dataclasses import dataclass

FORGET_ABOVE = 10_000


@dataclass(frozen=True, slots=True)
class Bucket:
    """Full it holds ``burst`` messages, and it gains ``per_second``."""

    burst: float
    per_second: float


@dataclass(frozen=True, slots=True)
class FloodLimit:
    """What one private chat may be sent, and what every bot may send to a group and in all."""

    burst: int = 30
    per_second: float = 1.0
    group: Bucket = Bucket(20, 20 / 60)
    bot: Bucket = Bucket(90, 30)

    def of_chat(self, chat_id: int) -> Bucket:
        return Bucket(self.burst, self.per_second) if chat_id > 0 else self.group


class FloodControl:
    def __init__(self, limit: FloodLimit | None) -> None:
        self._limit = limit
        self._buckets: dict[tuple[int, int | None], tuple[float, float]] = {}  # chat or whole bot → what is left, and when that was
        self._penalties: dict[tuple[int, int | None], float] = {}  # chat, or the whole bot → until when it is refused

    def spend(self, bot_id: int, chat_id: int, *, now: float, messages: int = 1) -> int:
        """0, or how many whole seconds the bot must wait before it sends there again. An album costs one for each of its pieces."""
        if self._limit is None:
            return 0
        if len(self._buckets) > FORGET_ABOVE:
            self._forget_full(self._limit, now)
        buckets = {(bot_id, chat_id): self._limit.of_chat(chat_id), (bot_id, None): self._limit.bot}
        left = {key: self._left(bucket, key, now) for key, bucket in buckets.items()}
        wait = max((messages - left[key]) / bucket.per_second for key, bucket in buckets.items())
        if wait > 0:
            return max(1, math.ceil(wait))
        for key in buckets:
            self._buckets[key] = (left[key] - messages, now)
        return 0

    def punish(self, bot_id: int, chat_id: int | None, *, until: float) -> None:
        """Refuses the chat, or (None) all that the bot does."""
        self._penalties[bot_id, chat_id] = until

    def penalty(self, bot_id: int, chat_id: int | None, *, now: float) -> int:
        """0, or how many whole seconds are left of what was imposed."""
        left = max(self._penalties.get((bot_id, whom), now) for whom in {None, chat_id}) - now
        if left <= 0:
            self._penalties.pop((bot_id, chat_id), None)
        return max(0, math.ceil(left))

    def _left(self, bucket: Bucket, key: tuple[int, int | None], now: float) -> float:
        left, since = self._buckets.get(key, (bucket.burst, now))
        return min(bucket.burst, left + (now - since) * bucket.per_second)

    def _forget_full(self, limit: FloodLimit, now: float) -> None:
        def burst(key: tuple[int, int | None]) -> Bucket:
            return limit.bot if key[1] is None else limit.of_chat(key[1])

        self._buckets = {key: spent for key, spent in self._buckets.items() if self._left(burst(key), key, now) < burst(key).burst}
