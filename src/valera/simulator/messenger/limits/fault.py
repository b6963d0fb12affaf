"""Faults: what the simulated Telegram does to a bot's calls on purpose, until it is switched off or its time is over."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from valera.kit.errors import Invalid

if TYPE_CHECKING:
    from valera.simulator.messenger.store import Store

ALL_CALLS = 100
FLOOD_SECONDS = 3
"""What a refusal for flooding asks to be waited; whoever comes earlier hears the rest of it."""


class Calls(StrEnum):
    """Which of a bot's calls go wrong."""

    ALL = "all"
    SENDING = "sending"  # sendMessage, edits, drafts, answers to presses …
    UPDATES = "updates"  # getUpdates
    FILES = "files"  # getFile and downloads


class FaultKind(StrEnum):
    FLOOD_CHAT = "flood_chat"  # 429 for one chat
    FLOOD_BOT = "flood_bot"  # 429 for all that the bot does
    BLOCKED = "blocked"  # 403 for what goes to a chat
    REVOKED = "revoked"  # 401 for everything
    DOWN = "down"  # 500 in Telegram's own JSON
    GATEWAY = "gateway"  # 502, a page of somebody on the way
    GARBAGE = "garbage"  # 200, and no JSON
    CUT = "cut"  # the answer or the file breaks off in the middle
    RESET = "reset"  # the connection breaks, nothing was carried out
    IGNORED = "ignored"  # no answer, nothing was carried out
    UNANSWERED = "unanswered"  # no answer, and everything was carried out


@dataclass(frozen=True, slots=True)
class Fault:
    """``share`` in percent; ``until`` in seconds since 1970, None: until it is switched off."""

    kind: FaultKind
    share: int
    until: float | None
    calls: Calls = Calls.ALL


def set_fault(store: Store, bot_id: int, fault: Fault) -> None:
    if not 1 <= fault.share <= ALL_CALLS:
        raise Invalid("The share is 1 to 100 percent.")
    store.execute(
        "insert into faults (bot_id, kind, share, until, calls) values (?, ?, ?, ?, ?) on conflict (bot_id)"
        " do update set kind = excluded.kind, share = excluded.share, until = excluded.until, calls = excluded.calls",
        bot_id, fault.kind, fault.share, fault.until, fault.calls,
    )  # fmt: skip


def clear_fault(store: Store, bot_id: int) -> None:
    store.execute("delete from faults where bot_id = ?", bot_id)


def find_fault(store: Store, bot_id: int, *, now: float) -> Fault | None:
    row = store.find("select * from faults where bot_id = ? and (until is null or until > ?)", bot_id, now)
    return None if row is None else Fault(FaultKind(row["kind"]), row["share"], row["until"], Calls(row["calls"]))
