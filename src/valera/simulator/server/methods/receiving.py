"""setWebhook, deleteWebhook, getWebhookInfo, getUpdates: how a bot gets its updates, one way or the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from valera.simulator.messenger.bot import Webhook, set_allowed_updates, set_webhook
from valera.simulator.messenger.updates.loopback import is_loopback
from valera.simulator.messenger.updates.polling import Ending
from valera.simulator.messenger.updates.queue import count_pending, drop_pending, next_ready_at, take_updates
from valera.simulator.server.refusal import bad_request, conflict

if TYPE_CHECKING:
    from collections.abc import Callable

    from valera.simulator.server.methods.call import Call

MAX_CONNECTIONS = 100
DEFAULT_CONNECTIONS = 40
MAX_SECRET = 256
MAX_UPDATES = 100
MAX_POLL_SECONDS = 50
LARGEST_OFFSET = (1 << 31) - 1  # update ids are positive 32-bit numbers
_SECRET = re.compile(r"[A-Za-z0-9_-]+\Z")

WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_SET = "terminated by setWebhook request"


def change_webhook(call: Call) -> bool:
    """An empty address removes the webhook. Allowed updates that are left out stay as they were."""
    url = call.parameters.text("url")
    if not url:
        return remove_webhook(call)
    webhook = Webhook(_checked_url(url), _secret(call), _connections(call), _allowed(call), None, "")
    with call.telegram.store.transaction():
        set_webhook(call.telegram.store, call.bot.id, webhook)
        _drop_if_asked(call)
    call.telegram.polling.end(call.bot.id, Ending.WEBHOOK_SET)
    call.telegram.sender.wake(call.bot.id, retry_now=True)
    return True


def remove_webhook(call: Call) -> bool:
    with call.telegram.store.transaction():
        kept = call.bot.webhook.allowed_updates
        set_webhook(call.telegram.store, call.bot.id, Webhook("", "", DEFAULT_CONNECTIONS, kept, None, ""))
        _drop_if_asked(call)
    return True


def get_webhook_info(call: Call) -> dict[str, Any]:
    webhook = call.bot.webhook
    optional = {
        "ip_address": "127.0.0.1" if webhook.url else None,
        "last_error_date": int(webhook.last_error_at) if webhook.last_error_at else None,
        "last_error_message": webhook.last_error or None,
        "max_connections": webhook.max_connections if webhook.url else None,
        "allowed_updates": list(webhook.allowed_updates) or None,
    }
    return {
        "url": webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": count_pending(call.telegram.store, call.bot.id, now=call.now),
        **{key: given for key, given in optional.items() if given is not None},
    }


async def get_updates(call: Call) -> list[Any]:
    """Waits up to ``timeout`` seconds for the first update. Raises Refusal 409 beside a webhook, and when somebody else asks."""
    telegram = call.telegram
    if call.bot.webhook.url:
        raise conflict(WEBHOOK_ACTIVE)
    offset = min(max(call.parameters.integer("offset") or 0, -LARGEST_OFFSET), LARGEST_OFFSET)
    limit = min(max(call.parameters.integer("limit") or MAX_UPDATES, 1), MAX_UPDATES)
    seconds = min(max(call.parameters.integer("timeout") or 0, 0), MAX_POLL_SECONDS)
    wanted = call.parameters.parsed("allowed_updates", list[str])
    if wanted is not None:
        set_allowed_updates(telegram.store, call.bot.id, tuple(wanted))
    telegram.polling.end(call.bot.id, Ending.OTHER_POLL)
    ends_at = telegram.monotonic() + seconds
    while not telegram.events.stopped.is_set():
        updates = take_updates(telegram.store, call.bot, offset=offset, limit=limit, now=telegram.now())
        offset = max(offset, 0)  # a negative one has done its work the first time
        left = ends_at - telegram.monotonic()
        if updates or left <= 0:
            return [update.to_json() for update in updates]
        _explain(await telegram.polling.wait(call.bot.id, _patience(call, left)))
    return []


def _patience(call: Call, left: float) -> float:
    """Until the end, or until an update that is held back may go."""
    now = call.telegram.now()
    ready_at = next_ready_at(call.telegram.store, call.bot.id, now=now)
    return left if ready_at is None else min(left, max(ready_at - now, 0) + 0.001)


def _explain(ending: Ending) -> None:
    match ending:
        case Ending.OTHER_POLL:
            raise conflict(OTHER_POLL)
        case Ending.WEBHOOK_SET:
            raise conflict(WEBHOOK_SET)
        case Ending.STOPPED | Ending.NEWS | Ending.TIME:
            pass


RECEIVING: dict[str, Callable[[Call], Any]] = {
    "setwebhook": change_webhook,
    "deletewebhook": remove_webhook,
    "getwebhookinfo": get_webhook_info,
    "getupdates": get_updates,
}


def _checked_url(url: str) -> str:
    parts = _split(url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise bad_request("bad webhook: invalid HTTP URL specified")
    if not is_loopback(parts.hostname):
        raise bad_request("bad webhook: the simulator sends updates to this machine only (127.0.0.1, ::1, localhost)")
    return url


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for one that is no number
    except ValueError:
        return None
    return parts


def _secret(call: Call) -> str:
    secret = call.parameters.text("secret_token")
    if len(secret) > MAX_SECRET:
        raise bad_request("secret token is too long")
    if secret and not _SECRET.match(secret):
        raise bad_request("secret token contains unallowed characters")
    return secret


def _connections(call: Call) -> int:
    wanted = call.parameters.integer("max_connections")
    return DEFAULT_CONNECTIONS if wanted is None else min(max(wanted, 1), MAX_CONNECTIONS)


def _allowed(call: Call) -> tuple[str, ...]:
    wanted = call.parameters.parsed("allowed_updates", list[str])
    return call.bot.webhook.allowed_updates if wanted is None else tuple(wanted)


def _drop_if_asked(call: Call) -> None:
    if call.parameters.flag("drop_pending_updates"):
        drop_pending(call.telegram.store, call.bot.id)
