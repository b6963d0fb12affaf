"""What is said over any wire: the conversation that a request tells, the answer to it, and what each wire format has to be able to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from hashlib import blake2b
from typing import Any, Protocol

import msgspec

from valera.simulator.models.fault import Fault

PIECES = 40
SHORTEST_PIECE = 12


class Refusal(Exception):
    """The provider's own error: a status, the object that goes with it, and headers of its own."""

    def __init__(self, status: int, body: Any, *headers: tuple[bytes, bytes], is_json: bool = True) -> None:
        super().__init__(status)
        self.status = status
        self.body: bytes = msgspec.json.encode(body) if is_json else body
        self.content_type = b"application/json" if is_json else b"text/html"
        self.headers = headers


# ---- what is asked ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClientWords:
    text: str


@dataclass(frozen=True, slots=True)
class ModelWords:
    """``calls``: the id and the name of each tool that it called. Without any it was the end of what it had to say."""

    calls: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ToolWords:
    """``call``: the id of the call, or the tool's name on a wire that knows no ids."""

    call: str
    content: Any


Told = ClientWords | ModelWords | ToolWords


@dataclass(frozen=True, slots=True)
class Offered:
    """A tool that the model may call; ``schema`` of its arguments."""

    name: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    model: str
    told: tuple[Told, ...]
    tools: tuple[Offered, ...]
    body: bytes
    is_streamed: bool = False
    tells_usage: bool = True

    @property
    def digest(self) -> str:
        """Ids in an answer are made of it, so that a repeated request is seen as one."""
        return blake2b(self.body, digest_size=12).hexdigest()

    @property
    def tokens(self) -> int:
        return max(1, len(self.body) // 4)


@dataclass(frozen=True, slots=True)
class Route:
    """What a path means. ``model`` None: it stands in the body, or all of them are meant."""

    is_listing: bool
    model: str | None = None
    is_streamed: bool = False
    is_framed: bool = True


# ---- what is answered ---------------------------------------------------------------------------


class End(Enum):
    """Why the model stopped. Each wire has words of its own for it."""

    DONE = "done"
    LENGTH = "length"
    REFUSED = "refused"


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tool that the model wants to be called. A string for ``arguments`` goes out as it is, which need not be JSON."""

    name: str
    arguments: dict[str, Any] | str = {}
    id: str | None = None

    @property
    def written(self) -> str:
        return self.arguments if isinstance(self.arguments, str) else msgspec.json.encode(self.arguments).decode()


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: a text, calls, both, or neither, which no real model should give. ``is_blocked``: it was not even asked."""

    text: str | None
    calls: tuple[Call, ...] = field(default=())
    end: End = End.DONE

    @property
    def tokens(self) -> int:
        return (len(self.text or "") + sum(len(call.written) for call in self.calls)) // 4 + 1


def pieces(text: str) -> Iterator[str]:
    """As a stream brings a text: in a few dozen pieces at most."""
    size = max(SHORTEST_PIECE, len(text) // PIECES)
    for start in range(0, len(text), size):
        yield text[start : start + size]


class Wire(Protocol):
    """One provider's format, from the key to the last byte. Everything that is not as documented is a Refusal in its own words."""

    @property
    def name(self) -> str: ...

    def route(self, method: str, path: str, query: Mapping[str, str]) -> Route: ...

    def check(self, headers: Mapping[bytes, bytes], query: Mapping[str, str], route: Route) -> None:
        """The key, and what else has to stand in the headers."""
        ...

    def read(self, body: bytes, route: Route) -> Asked: ...

    def write(self, said: Said, asked: Asked) -> bytes: ...

    def stream(self, said: Said, asked: Asked) -> Iterator[bytes]:
        """The same answer in frames."""
        ...

    def fail(self, fault: Fault, asked: Asked, retry_after: int) -> Refusal:
        """How this provider says that fault."""
        ...

    def fail_in_stream(self) -> bytes:
        """The frame that says that the provider is overloaded, after the answer began."""
        ...

    def blocked(self, asked: Asked) -> bytes | Refusal:
        """The provider's filter did not let the request through."""
        ...

    def list_models(self, name: str | None) -> bytes: ...

    def too_large(self) -> Refusal: ...
