"""Secrets: a type that shows nothing, and AES-256-GCM at rest under a key per account.

The master key (``VALERA_MASTER_KEY`` or a key file made at first start) wraps one data key per account; a data key seals the values of
that account. The associated data ``version|table.column|account|row`` binds a sealed value to its place: moved anywhere else, it does
not open.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from valera.kit.errors import Invalid, ValeraError

if TYPE_CHECKING:
    from pathlib import Path

    from valera.kit.db import AccountId

VERSION = b"\x01"
NONCE_BYTES = 12
KEY_BYTES = 32


class SealBroken(ValeraError):
    """A sealed value does not open: another master key, or a value that was moved or changed."""


class Secret:
    """Text that must not be seen. ``repr``, ``str``, formatting and pickling show nothing; ``reveal`` is called where it is used."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(•••)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(Secret)

    def __reduce__(self) -> NoReturn:
        raise TypeError("A Secret is not pickled.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands: ``bots.token`` of one account, one row."""

    column: str
    account_id: AccountId
    row: str

    def associated(self) -> bytes:
        return f"v1|{self.column}|{self.account_id}|{self.row}".encode()


class Vault:
    """Wraps data keys, seals and opens values. Holds the master key and nothing else."""

    def __init__(self, master_key: Secret) -> None:
        try:
            key = base64.b64decode(master_key.reveal(), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise Invalid(
                "VALERA_MASTER_KEY must be 32 random bytes in base64: "
                "python3 -c 'import os, base64; print(base64.b64encode(os.urandom(32)).decode())'"
            )
        self._master = key

    def new_data_key(self, account: str) -> bytes:
        """A fresh data key, wrapped. ``account`` is the slug: the number is not known before the row exists."""
        return _seal(self._master, secrets.token_bytes(KEY_BYTES), f"v1|accounts.data_key|{account}".encode())

    def seal(self, wrapped: bytes, account: str, place: Place, value: Secret) -> bytes:
        return _seal(self._unwrap(wrapped, account), value.reveal().encode(), place.associated())

    def open(self, wrapped: bytes, account: str, place: Place, sealed: bytes) -> Secret:
        return Secret(_open(self._unwrap(wrapped, account), sealed, place.associated()).decode())

    def derive(self, purpose: str) -> Secret:
        """A secret that can be made again at any time: 43 characters of base64url."""
        digest = hmac.new(self._master, purpose.encode(), hashlib.sha256).digest()
        return Secret(base64.urlsafe_b64encode(digest).rstrip(b"=").decode())

    def _unwrap(self, wrapped: bytes, account: str) -> bytes:
        return _open(self._master, wrapped, f"v1|accounts.data_key|{account}".encode())


def _seal(key: bytes, value: bytes, associated: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, value, associated)


def _open(key: bytes, sealed: bytes, associated: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], associated)
    except (InvalidTag, ValueError):
        raise SealBroken("A sealed value does not open. Is VALERA_MASTER_KEY the one it was sealed with?") from None


def master_key_from_file(path: Path) -> Secret:
    """The key in this file; a first start makes it, readable by its owner alone. Losing it loses every bot token."""
    if not path.exists():
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(base64.b64encode(os.urandom(KEY_BYTES)).decode() + "\n")
        with contextlib.suppress(FileExistsError):  # another process was first: its key counts
            os.link(fresh, path)
        fresh.unlink()
    return Secret(path.read_text("ascii").strip())
