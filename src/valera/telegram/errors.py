"""How Telegram refuses, and what each refusal means for a delivery.

    TelegramError (Upstream)
    ├── FloodWait           429: wait exactly retry_after
    ├── BotBlocked          403: the person blocked the bot or is gone
    ├── ChatNotFound        400: nobody there
    ├── ChatMigrated        400: the group has a new id
    ├── EntitiesRefused     400: send the same text plain
    ├── Refused             400, 404, 409: this request will never succeed
    ├── TokenRevoked        401: the bot is paused
    ├── TelegramDown        not sent for certain: no connection, 5xx with Telegram's own JSON
    └── Unsure              sent or not, nobody knows

What a delivery does about each is in ``delivery.py``.
"""

from __future__ import annotations

from valera.kit.errors import Upstream


class TelegramError(Upstream):
    """Telegram did not do it."""


class FloodWait(TelegramError):
    """Too many messages; ``retry_after`` seconds are Telegram's own."""

    def __init__(self, detail: str, *, retry_after: float) -> None:
        super().__init__(detail, retryable=True, retry_after=retry_after)
        self.wait = retry_after


class BotBlocked(TelegramError):
    pass


class ChatNotFound(TelegramError):
    pass


class ChatMigrated(TelegramError):
    def __init__(self, detail: str, *, new_chat_id: int) -> None:
        super().__init__(detail, retryable=True)
        self.new_chat_id = new_chat_id


class EntitiesRefused(TelegramError):
    pass


class Refused(TelegramError):
    pass


class TokenRevoked(TelegramError):
    pass


class TelegramDown(TelegramError):
    def __init__(self, detail: str) -> None:
        super().__init__(detail, retryable=True)


class Unsure(TelegramError):
    pass


def from_response(  # noqa: PLR0911  (a return for each kind of refusal)
    code: int, description: str, *, retry_after: float | None, new_chat_id: int | None
) -> TelegramError:
    """Telegram's answer as an error. ``description`` is Telegram's English sentence; it holds no token."""
    said = description.lower()
    match code:
        case 429:
            return FloodWait(description, retry_after=retry_after or 1)
        case 401:
            return TokenRevoked(description)
        case 403:
            return BotBlocked(description)
        case _ if new_chat_id is not None:
            return ChatMigrated(description, new_chat_id=new_chat_id)
        case 400 if "entit" in said:
            return EntitiesRefused(description)
        case 400 if "chat not found" in said or "user not found" in said:
            return ChatNotFound(description)
        case _:
            return TelegramDown(description) if code >= 500 else Refused(description)  # noqa: PLR2004  (HTTP's own number)
