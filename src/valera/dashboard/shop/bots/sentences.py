"""What went wrong with a bot, in words for whoever runs a shop: no command, no address of ours, nothing of another shop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.kit.errors import Conflict
from valera.telegram.bots.bot import BotServesAnotherShop
from valera.telegram.bots.connect import WebhookNotTaken
from valera.telegram.bots.identify import BotUsedElsewhere, TelegramRefused, TelegramUnreachable, TokenMalformed, TokenRefused
from valera.telegram.bots.retire import BotHeld

if TYPE_CHECKING:
    from valera.dashboard.frame.words import Words
    from valera.kit.errors import ValeraError

KEYS: tuple[tuple[type[ValeraError], str], ...] = (
    (TokenMalformed, "malformed"),
    (TokenRefused, "refused"),
    (BotServesAnotherShop, "other_shop"),
    (BotUsedElsewhere, "elsewhere"),
    (WebhookNotTaken, "webhook"),
    (TelegramUnreachable, "unreachable"),
    (TelegramRefused, "not_done"),
    (BotHeld, "held"),
)


def say_trouble(error: ValeraError, t: Words, *, is_simulator: bool) -> str:
    """A conflict without a name of its own is about a token of another bot. What is no trouble with a bot goes on as it is."""
    key = next((key for kind, key in KEYS if isinstance(error, kind)), "other_bot")
    if key == "other_bot" and not isinstance(error, Conflict):
        raise error
    return t(f"shop.bots.error.{key}{'_demo' if is_simulator and key == 'refused' else ''}")
