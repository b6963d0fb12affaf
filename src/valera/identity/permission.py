"""The one matrix of who may do what. A handler names its permission; the frame asks here before the handler runs."""

from __future__ import annotations

from enum import StrEnum

from valera.identity.membership import TeamRole


class Permission(StrEnum):
    """PUBLIC and SIGNED_IN are not of a shop: whoever comes, and whoever is signed in."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    CHATS = "chats"
    BOOKINGS = "bookings"
    CLIENTS = "clients"
    EXPORT = "export"
    ASSISTANT = "assistant"
    SHOP = "shop"
    BOTS = "bots"
    TEAM = "team"
    KEYS = "keys"
    OVERVIEW = "overview"


_SUPPORT = frozenset({Permission.CHATS, Permission.BOOKINGS, Permission.CLIENTS})
_ADMIN = _SUPPORT | {
    Permission.EXPORT,
    Permission.ASSISTANT,
    Permission.SHOP,
    Permission.BOTS,
    Permission.TEAM,
    Permission.KEYS,
    Permission.OVERVIEW,
}

MATRIX = {TeamRole.SUPPORT: _SUPPORT, TeamRole.ADMIN: _ADMIN}


def allows(role: TeamRole, permission: Permission) -> bool:
    return permission in MATRIX[role]
