"""Disorder: updates that come twice, or overtake each other, on purpose and until it is switched off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.kit.errors import Invalid

if TYPE_CHECKING:
    from valera.simulator.messenger.store import Store

MOST_HOLD_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Disorder:
    """``repeat_share`` in percent: so many come once more. ``hold_seconds``: each is held back for a random time up to this."""

    repeat_share: int = 0
    hold_seconds: float = 0.0


def set_disorder(store: Store, bot_id: int, disorder: Disorder) -> None:
    if not 0 <= disorder.repeat_share <= 100 or not 0 <= disorder.hold_seconds <= MOST_HOLD_SECONDS:  # noqa: PLR2004  (percent)
        raise Invalid(f"Repeats are 0 to 100 percent, and updates are held back for {MOST_HOLD_SECONDS} seconds at most.")
    store.execute(
        "insert into disorders (bot_id, repeat_share, hold_seconds) values (?, ?, ?) on conflict (bot_id)"
        " do update set repeat_share = excluded.repeat_share, hold_seconds = excluded.hold_seconds",
        bot_id, disorder.repeat_share, disorder.hold_seconds,
    )  # fmt: skip


def clear_disorder(store: Store, bot_id: int) -> None:
    store.execute("delete from disorders where bot_id = ?", bot_id)


def find_disorder(store: Store, bot_id: int) -> Disorder | None:
    row = store.find("select repeat_share, hold_seconds from disorders where bot_id = ?", bot_id)
    return None if row is None else Disorder(row["repeat_share"], row["hold_seconds"])
