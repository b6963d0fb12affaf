"""Clients of the shop and their cars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter, SkipValidation

from valera.api import queries
from valera.api.described import READ, READ_ONE
from valera.api.lists import USUAL, After, Limit, page_of, place_of
from valera.api.structs import Car, Client, Id, Page
from valera.clients.client import ClientNotFound
from valera.kit.db import Database
from valera.kit.errors import Invalid
from valera.russian.phones import find_phone

TheDb = NamedDependency[SkipValidation[Database]]


@dataclass(frozen=True, slots=True)
class ClientRow:
    id: int
    name: str
    phone: str | None
    source: str | None
    note: str
    is_reachable: bool
    consent_at: datetime | None
    created_at: datetime
    merged_ids: list[int]
    kept_cars: list[dict[str, Any]]

    def told(self) -> Client:
        return Client(
            id=self.id,
            name=self.name,
            phone=self.phone,
            source=self.source,
            note=self.note,
            is_reachable=self.is_reachable,
            consent_at=self.consent_at,
            created_at=self.created_at,
            merged_ids=self.merged_ids,
            cars=msgspec.convert(self.kept_cars, list[Car]),
        )


@get("/clients", operation_id="listClients", summary="Clients of the shop", tags=["Clients"], responses=READ)
async def get_clients(
    db: TheDb,
    phone: Annotated[str | None, QueryParameter(max_length=50, description="In any writing: +7 916…, 8(916)….")] = None,
    limit: Limit = USUAL,
    after: After = "",
) -> Page[Client]:
    place, found = place_of(after), find_phone(phone) if phone else None
    if phone and found is None:
        raise Invalid("This is no phone number.", fields={"phone": "format"})
    async with db.account_tx() as tx:
        rows = await queries.select_clients(
            tx, ClientRow, client_id=None, phone=found.e164 if found else None, after=place, limit=limit + 1
        )
    return page_of([row.told() for row in rows], limit, lambda client: client.id)


@get("/clients/{client_id:int}", operation_id="getClient", summary="One client", tags=["Clients"], responses=READ_ONE)
async def get_client(db: TheDb, client_id: FromPath[Id]) -> Client:
    """A card that became part of another one is answered with that one."""
    async with db.account_tx() as tx:
        rows = await queries.select_clients(tx, ClientRow, client_id=client_id, phone=None, after=0, limit=1)
    if not rows:
        raise ClientNotFound("The shop has no such client.")
    return rows[0].told()


HANDLERS: list[Any] = [get_clients, get_client]
