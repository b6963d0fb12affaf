"""The acting half of the inbox."""

from __future__ import annotations

from typing import Any

from valera.dashboard.inbox.acting import answering, colleagues, proposals, replies, sending

HANDLERS: list[Any] = [*answering.HANDLERS, *sending.HANDLERS, *proposals.HANDLERS, *replies.HANDLERS, *colleagues.HANDLERS]
