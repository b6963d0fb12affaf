"""The preview of a message that a bot is still writing: one in a chat, gone after half a minute or with the message."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from valera.simulator.messenger.store import Store

DRAFT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Draft:
    """An empty ``text`` is shown as "Thinking…"."""

    bot_id: int
    chat_id: int
    draft_id: int
    text: str
    entities: tuple[dict[str, Any], ...]
    can_stop: bool
    expires_at: float

    def tell(self, now: float) -> dict[str, Any]:
        return {
            "draft_id": self.draft_id,
            "text": self.text,
            "entities": list(self.entities),
            "can_stop": self.can_stop,
            "seconds": max(0.0, self.expires_at - now),
        }


def put_draft(store: Store, draft: Draft) -> None:
    """Replaces whatever draft was there: with the same id the app would animate the change."""
    store.execute(
        """insert into drafts (bot_id, chat_id, draft_id, text, entities, can_stop, expires_at) values (?, ?, ?, ?, ?, ?, ?)
           on conflict (bot_id, chat_id) do update set draft_id = excluded.draft_id, text = excluded.text, entities = excluded.entities,
               can_stop = excluded.can_stop, expires_at = excluded.expires_at""",
        draft.bot_id, draft.chat_id, draft.draft_id, draft.text, json.dumps(draft.entities), draft.can_stop, draft.expires_at,
    )  # fmt: skip


def find_draft(store: Store, bot_id: int, chat_id: int, *, now: float) -> Draft | None:
    row = store.find("select * from drafts where bot_id = ? and chat_id = ? and expires_at > ?", bot_id, chat_id, now)
    if row is None:
        return None
    entities = tuple(json.loads(row["entities"]))
    return Draft(bot_id, chat_id, row["draft_id"], row["text"], entities, bool(row["can_stop"]), row["expires_at"])


def drop_draft(store: Store, bot_id: int, chat_id: int) -> None:
    store.execute("delete from drafts where bot_id = ? and chat_id = ?", bot_id, chat_id)
