"""How tests of the board ask its pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.dashboard.office import HTMX, Office
from valera.kit.db import account_scope

if TYPE_CHECKING:
    import httpx

    from valera.kit.db import AccountTx

DAY = "/board?day=2026-11-23"


async def in_garage(office: Office, read: Any) -> Any:
    with account_scope(office.world.garage.account_id):
        async with office.given.db.account_tx() as tx:
            return await read(tx)


async def shown(office: Office, path: str, **more: Any) -> str:
    answer = await office.get(path, headers=HTMX, **more)
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


def told(answer: httpx.Response) -> dict[str, Any]:
    return json.loads(answer.headers["hx-trigger"])["toast"]


async def place_of(office: Office, number: int | None) -> tuple[str, str]:
    """When, in Moscow, and in which bay."""

    async def read(tx: AccountTx) -> Any:
        return await tx.connection.fetchrow(
            "select to_char(lower(during) at time zone 'Europe/Moscow', 'DD HH24:MI') as at, y.name from bookings b"
            "  join bays y on y.id = b.bay_id where number = $1",
            number,
        )

    row = await in_garage(office, read)
    return row["at"], row["name"]


async def shown_draft(office: Office, path: str, data: dict[str, str]) -> str:
    answer = await office.post(path, data)
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())
