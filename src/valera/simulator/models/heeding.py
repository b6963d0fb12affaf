"""Reading a request whose provider takes more parameters than are looked at here."""

from __future__ import annotations

from typing import TypeVar

import msgspec

Request = TypeVar("Request")


def read_heeded(body: bytes, kind: type[Request], unheeded: frozenset[str]) -> Request:
    """Parameters of ``unheeded`` may be there with any value; every other one has to be as ``kind`` says. Raises msgspec.ValidationError,
    and msgspec.DecodeError or UnicodeDecodeError for what is no JSON.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError:
        whole = msgspec.json.decode(body)
        if not isinstance(whole, dict) or not unheeded & whole.keys():
            raise
        return msgspec.convert({key: value for key, value in whole.items() if key not in unheeded}, kind)
