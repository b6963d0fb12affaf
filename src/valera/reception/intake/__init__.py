"""Hop 2: the updates of one chat become messages, in order, and it is decided whether a turn is due."""

from __future__ import annotations

from valera.reception.intake.mailbox import DEADLY_AFTER, POISON_AFTER, Intake, MailboxClaim
from valera.reception.intake.room import Settling, TakenIn

__all__ = ["DEADLY_AFTER", "POISON_AFTER", "Intake", "MailboxClaim", "Settling", "TakenIn"]
