"""How long what is kept, and why: every table once, as data. Pruning follows it, docs/security.md shows it, a test compares all three."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import assert_never


class Keep(Enum):
    """How long, in the words of the document."""

    HOUR = "an hour"
    DAY = "a day"
    UPDATES = "`VALERA_KEEP_UPDATES_DAYS`"
    JOURNALS = "`VALERA_KEEP_JOURNAL_DAYS`"
    DONE = "until it is done"
    ERASED = "until the client is erased"
    SHOP = "as long as the shop"
    GOOD = "for good"


@dataclass(frozen=True, slots=True)
class Kept:
    tables: tuple[str, ...]
    keep: Keep
    why: str


RETENTION = (
    Kept(
        ("telegram_updates", "telegram_update_conflicts"),
        Keep.UPDATES,
        "they hold what people wrote; Telegram repeats one for a day, and may use its ids anew after a week",
    ),
    Kept(("quarantined_updates",), Keep.JOURNALS, "somebody has to look at what could not be read or taken in"),
    Kept(("turn_steps",), Keep.JOURNALS, "how an answer came about: what the model said, which tools ran"),
    Kept(("deliveries",), Keep.JOURNALS, "what was sent, when Telegram refused it; the words themselves stand in messages"),
    Kept(("proposals",), Keep.JOURNALS, "counted from their end; a late press of a button gets its sentence"),
    Kept(("jobs.pgqueuer_log",), Keep.JOURNALS, "when a job was put down, begun and ended; ids, no words"),
    Kept(("jobs.pgqueuer",), Keep.DONE, "what is to be done at its time; a job that failed in the end stays until somebody looks at it"),
    Kept(("live_changes",), Keep.HOUR, "which pages have to fetch what they show; ids, no words"),
    Kept(("slot_offers",), Keep.DAY, "counted from their end; nobody can take them any more"),
    Kept(("button_presses",), Keep.DAY, "Telegram forgets a press after 150 seconds; it holds no name"),
    Kept(("workers",), Keep.DAY, "numbers of processes that are gone"),
    Kept(
        ("sessions", "sign_ins", "used_sign_ins", "login_links", "limits"),
        Keep.DAY,
        "counted from their end: who is signed in, ways in that were used or not, how often somebody tried",
    ),
    Kept(("clients", "vehicles", "telegram_users"), Keep.ERASED, "who comes back is known; of Telegram as long as any shop knows them"),
    Kept(
        ("chats", "messages", "attachments", "turns", "mailboxes", "summaries", "chat_reads"),
        Keep.ERASED,
        "what was agreed with the client, and what the assistant and the team read before they answer",
    ),
    Kept(("desk_presence",), Keep.ERASED, "who has a chat open; rows of the last hour, unlogged"),
    Kept(("drafts",), Keep.ERASED, "what the assistant proposed, and what a member made of it"),
    Kept(("client_merges",), Keep.ERASED, "which cards were made one, and what moved: so that it can be undone"),
    Kept(("api_requests",), Keep.DAY, "that a program's request was carried out, so that its repetition is not; no contents"),
    Kept(("trials",), Keep.DAY, "how members tried the assistant out; no client's words"),
    Kept(("disclosures",), Keep.ERASED, "proof of what the client was told, in which version and when"),
    Kept(("reminders", "feedback"), Keep.ERASED, "none is said twice; what clients said of the work"),
    Kept(("testers",), Keep.ERASED, "whom a bot in private test mode answers"),
    Kept(("callbacks", "waitlist", "waitlist_offers"), Keep.ERASED, "what the client was promised, and what came of it"),
    Kept(("dialogue_outcomes",), Keep.ERASED, "what a dialogue came to, with the line that shows it; the owner's numbers keep the count"),
    Kept(("client_spending",), Keep.ERASED, "what answers to one client cost in a day; budgets are held against it"),
    Kept(("bookings", "booking_events"), Keep.GOOD, "the shop's book; of an erased client without name, words and car: numbers stay dense"),
    Kept(("erasures",), Keep.GOOD, "receipts: that somebody was erased, at whose request; not who it was"),
    Kept(("analytics_events", "usage", "spending"), Keep.GOOD, "the owner's numbers: counts, sums and ids, no personal data"),
    Kept(("notices", "restores"), Keep.GOOD, "what the team was told, and when"),
    Kept(("invites", "api_keys"), Keep.SHOP, "who was let in, in which role and by whom; which programs may ask"),
    Kept(
        ("accounts", "memberships", "bots", "model_keys", "prompts", "prompt_drafts", "facts", "price_lists", "price_items", "price_drafts",
         "price_corrections", "car_rules", "bays", "bay_works", "special_hours", "opening_hours", "holidays", "service_durations",
         "counters", "canned_replies"),
        Keep.SHOP,
        "the shop's own",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Retention:
    """The two that an operator sets. ``updates``: what Telegram sent; ``journals``: how an answer came about, and what was sent."""

    updates: timedelta = timedelta(days=7)
    journals: timedelta = timedelta(days=30)

    def of(self, table: str) -> timedelta | None:
        """None: nothing of it is pruned. Raises LookupError for a table that nobody decided about."""
        keep = next((kept.keep for kept in RETENTION if table in kept.tables), None)
        match keep:
            case Keep.HOUR:
                return timedelta(hours=1)
            case Keep.DAY:
                return timedelta(days=1)
            case Keep.UPDATES:
                return self.updates
            case Keep.JOURNALS:
                return self.journals
            case Keep.DONE | Keep.ERASED | Keep.SHOP | Keep.GOOD:
                return None
            case None:
                raise LookupError(f"Nobody decided how long {table} is kept.")
            case _:
                assert_never(keep)
