"""What a shop wants said unasked, and when: `followup` in its settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from valera.accounts.account import get_account
from valera.accounts.queries import update_settings
from valera.kit.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from valera.accounts.account import Account
    from valera.kit.db import AccountTx

SETTING = "followup"
LONGEST_LEAD_HOURS = 14 * 24
MOST_REMINDERS = 4

Hour = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class FollowupSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``reminder_hours``: how long before a booking's start its client is reminded, none: not at all. Between ``quiet_from`` and
    ``quiet_to``, by the shop's clock, nothing is said unasked; both the same: there is no such time.
    """

    reminder_hours: tuple[int, ...] = (24, 2)
    feedback: bool = True
    quiet_from: Hour = "21:00"
    quiet_to: Hour = "09:00"

    @property
    def leads(self) -> tuple[timedelta, ...]:
        return tuple(timedelta(hours=hours) for hours in self.reminder_hours)


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours of a shop in which nothing is said unasked."""

    begins: time
    ends: time
    zone: ZoneInfo


def read_settings(account: Account) -> FollowupSettings:
    return msgspec.convert(account.settings.get(SETTING, {}), FollowupSettings)


def quiet_of(account: Account) -> Quiet:
    own = read_settings(account)
    return Quiet(time.fromisoformat(own.quiet_from), time.fromisoformat(own.quiet_to), account.zone)


async def change_settings(tx: AccountTx, changes: Mapping[str, Any]) -> FollowupSettings:
    """``changes`` by the names of FollowupSettings, as JSON has them. Raises Invalid."""
    account = await get_account(tx)
    wanted = msgspec.to_builtins(read_settings(account)) | dict(changes)
    try:
        own = msgspec.convert(wanted, FollowupSettings)
    except msgspec.ValidationError:
        raise Invalid(
            "Reminders are whole hours before the start; quiet hours are two times of the day, such as 21:00 and 09:00."
        ) from None
    hours = own.reminder_hours
    if len(hours) > MOST_REMINDERS or len(set(hours)) < len(hours) or not all(1 <= each <= LONGEST_LEAD_HOURS for each in hours):
        raise Invalid(f"Reminders are sent 1 to {LONGEST_LEAD_HOURS} hours before, each at another time, {MOST_REMINDERS} at the most.")
    own = msgspec.structs.replace(own, reminder_hours=tuple(sorted(hours, reverse=True)))
    await update_settings(tx, {SETTING: msgspec.to_builtins(own)})
    return own
