"""What all wires have in common."""

from __future__ import annotations

ANSWER_TOKENS = 4096
"""What an answer may cost at most, thinking included: a message of Telegram has 4096 characters."""

KEPT_SECONDS = 60.0
"""For how long an idle connection is kept."""

NO_KEY = "none"
"""For servers that want none: the SDKs do."""
