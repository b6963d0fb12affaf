"""Claim: a delivery that one worker may send now."""

from __future__ import annotations

from dataclasses import dataclass

from valera.kit.db import AccountId


@dataclass(frozen=True, slots=True)
class Claim:
    """``fence`` ends when another worker takes it; ``attempts`` counts this one; ``has_followers``: more of its chat wait behind it."""

    account_id: AccountId
    id: int
    chat_id: int
    bot_id: int
    fence: int
    attempts: int
    has_followers: bool
