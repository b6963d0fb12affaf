"""setWebhook, deleteWebhook, getWebhookInfo."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from valera.simulator.messenger.bot import Webhook, set_webhook
from valera.simulator.messenger.loopback import is_loopback
from valera.simulator.messenger.update import count_pending, drop_pending
from valera.simulator.server.refusal import bad_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from valera.simulator.server.methods import Call

MAX_CONNECTIONS = 100
DEFAULT_CONNECTIONS = 40
MAX_SECRET = 256
_SECRET = re.compile(r"[A-Za-z0-9_-]+\Z")


def change_webhook(call: Call) -> bool:
    """An empty address removes the webhook. Allowed updates that are left out stay as they were."""
    url = call.parameters.text("url")
    if not url:
        return remove_webhook(call)
    webhook = Webhook(_checked_url(url), _secret(call), _connections(call), _allowed(call), None, "")
    with call.telegram.store.transaction():
        set_webhook(call.telegram.store, call.bot.id, webhook)
        _drop_if_asked(call)
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


WEBHOOK_METHODS: dict[str, Callable[[Call], Any]] = {
    "setwebhook": change_webhook,
    "deletewebhook": remove_webhook,
    "getwebhookinfo": get_webhook_info,
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
