"""Document: a small file of text that goes to a client; File: as it waits in the outbox."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class File:
    """``media_type`` without parameters: the text is UTF-8."""

    name: str
    media_type: str
    text: str

    def kept(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Document:
    """A file, and what is written below it."""

    file: File
    caption: str
