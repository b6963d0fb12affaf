"""A request that was repeated makes one thing: the key of a request, what it was, and what it made, in the transaction that makes it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import msgspec
from litestar.params import HeaderParameter

from valera.api import request_queries as queries
from valera.kit.errors import Conflict

if TYPE_CHECKING:
    from valera.api.guard import Caller
    from valera.kit.db import AccountTx

LONGEST = 200
IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        min_length=1,
        max_length=LONGEST,
        pattern=r"^[!-~]+$",
        description="Any word of your own that names this request. Within a day the same request with the same word makes nothing new and"
        " is answered with what the first one made.",
    ),
]


class KeyUsedOtherwise(Conflict):
    """The same Idempotency-Key came with another request."""


@dataclass(frozen=True, slots=True)
class Made:
    fingerprint: bytes
    made_id: int | None


async def find_made(tx: AccountTx, caller: Caller, key: str | None, request: msgspec.Struct, *, place: str) -> int | None:
    """What this request made when it came first; None: it is the first, and waits for `note_made`. A second one that comes meanwhile waits
    here until the first is committed. Raises KeyUsedOtherwise.
    """
    if key is None:
        return None
    fingerprint = hashlib.sha256(place.encode() + b"\0" + msgspec.json.encode(request)).digest()
    if await queries.insert_request(tx, key_id=caller.key_id, idempotency_key=key, fingerprint=fingerprint):
        return None
    made = await queries.get_request(tx, Made, key_id=caller.key_id, idempotency_key=key)
    if made.fingerprint != fingerprint:
        raise KeyUsedOtherwise("This Idempotency-Key came with another request before. Take a new one for each.")
    return made.made_id


async def note_made(tx: AccountTx, caller: Caller, key: str | None, made_id: int) -> None:
    if key is not None:
        await queries.update_made(tx, key_id=caller.key_id, idempotency_key=key, made_id=made_id)
