"""Whose token is this? Telegram is asked, and each way in which it does not work out has its own sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from valera.kit.errors import Conflict, Invalid, Unavailable
from valera.telegram.api.errors import (
    Conflicting,
    FloodWait,
    Misdirected,
    TelegramDown,
    TelegramError,
    TokenRevoked,
    Unsure,
    Why,
)
from valera.telegram.update_kinds import ALLOWED_UPDATES

if TYPE_CHECKING:
    from valera.kit.secrets import Secret
    from valera.telegram.api.client import BotApi, Me

TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{30,64}")
PROBE_SECONDS = 4

UNREACHABLE = {
    Why.NAME: "The name in {telegram} has no address: check TELEGRAM_API_URL and this machine's DNS.",
    Why.REFUSED: "Nothing accepts connections at {telegram}: check TELEGRAM_API_URL and this machine's network.",
    Why.SILENCE: "{telegram} does not answer at all: a firewall, or the network blocks Telegram. "
    "Set VALERA_TELEGRAM_PROXY, or TELEGRAM_API_URL to a relay that is not blocked.",
    Why.TLS: "No safe connection to {telegram}: its certificate is not valid for this machine, or somebody stands in between.",
    Why.PROXY: "The proxy of VALERA_TELEGRAM_PROXY does not let this through: is it there, and are its name and password right?",
    Why.ADDRESS: "TELEGRAM_API_URL is no address. Telegram's own is https://api.telegram.org.",
    Why.TELEGRAM: "Telegram says that it is out of order right now. Nothing was changed; try again in a minute.",
}


class TokenMalformed(Invalid):
    """It cannot be a token, whoever issued it."""


class TokenRefused(Invalid):
    """Telegram does not take it."""


class TelegramUnreachable(Unavailable):
    """Telegram was not asked, or did not answer."""


class BotUsedElsewhere(Conflict):
    """Another program has the bot's updates."""


class TelegramRefused(Conflict):
    """Telegram answered, and will not do it."""


def read_token(text: str) -> int:
    """The bot's number in it. Raises TokenMalformed; the sentence does not show what was given."""
    if TOKEN.fullmatch(text) is None:
        raise TokenMalformed(
            "This is no bot token. @BotFather gives it as 123456789:AAE…: a number, a colon and 35 letters, digits, - or _. "
            "Copy it whole, without spaces."
        )
    return int(text.partition(":")[0])


async def identify(bot_api: BotApi, token: Secret, *, telegram: str, is_simulator: bool, known_as: str | None) -> Me:
    """Asks getMe. ``telegram``: the address that is asked, for people; ``known_as``: the bot's username if it was taken here before."""
    read_token(token.reveal())
    try:
        return await bot_api.get_me(token)
    except TokenRevoked as error:
        raise _refused(error, is_simulator=is_simulator, known_as=known_as) from None
    except TelegramError as error:
        raise explain(error, telegram) from None


async def refuse_if_polled_elsewhere(bot_api: BotApi, token: Secret, username: str) -> None:
    """A program that waits for updates takes them back from whoever asks after it: so ask, and see whether that happens. Nothing is
    taken: what comes is not said to be stored. Raises BotUsedElsewhere.
    """
    try:
        await bot_api.get_updates(token, seconds=PROBE_SECONDS, allowed_updates=ALLOWED_UPDATES, limit=1)
    except Conflicting as error:
        if "webhook" not in error.detail.lower():
            raise used_elsewhere(username, "another program, which asks Telegram for its updates (getUpdates)") from None


def used_elsewhere(username: str, where: str) -> BotUsedElsewhere:
    return BotUsedElsewhere(
        f"@{username} is used elsewhere: {where}. Its messages would be taken away from there: stop that program first, "
        "or say --take-over to do it anyway."
    )


def explain(error: TelegramError, telegram: str) -> TelegramUnreachable | TelegramRefused:
    """What an operator can do about it. ``telegram``: the address that was asked."""
    match error:
        case TelegramDown():
            return TelegramUnreachable(UNREACHABLE[error.why].format(telegram=telegram))
        case FloodWait():
            return TelegramUnreachable(f"Telegram asks to wait {error.wait:.0f} seconds before anything else is asked. Try again then.")
        case Conflicting():
            return TelegramRefused(f"Telegram says that something else uses the bot: {error.detail}")
        case Misdirected():
            return TelegramRefused(
                f"{telegram} answers, but not as Telegram's Bot API does at this address ({error.detail or 'Not Found'}). "
                "Check TELEGRAM_API_URL: Telegram's own is https://api.telegram.org, without anything behind it."
            )
        case _ if error.retryable or not error.detail or isinstance(error, Unsure):
            return TelegramUnreachable(f"{telegram} did not answer as it should. Nothing was changed; try again.")
        case _:
            return TelegramRefused(f"Telegram refuses: {error.detail}")


def _refused(error: TokenRevoked, *, is_simulator: bool, known_as: str | None) -> TokenRefused:
    if "logged out" in (error.detail or "").lower():
        return TokenRefused(
            "The bot was moved to another Bot API server (logOut). Set TELEGRAM_API_URL to that one, or close it there first."
        )
    if is_simulator:
        return TokenRefused(
            "The simulator has no bot with this token: TELEGRAM_API_URL is not set, so this installation knows only its own bots. "
            "For a bot of the real Telegram set TELEGRAM_API_URL=https://api.telegram.org and start again."
        )
    if known_as is not None:
        return TokenRefused(
            f"Telegram does not accept this token of @{known_as} any more: it was revoked. "
            "Give the one that @BotFather shows now (/mybots, API Token)."
        )
    return TokenRefused(
        "Telegram does not know this token: it is mistyped, or of a bot that was deleted, or it was revoked. "
        "Copy it once more from @BotFather (/mybots, API Token)."
    )
