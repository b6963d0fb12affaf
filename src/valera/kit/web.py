"""What every page needs: templates that forgive nothing, static files under a hashed address, and a strict content policy."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass, field
from importlib import resources
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, cast

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)

PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}

STYLES = "app.css"

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain; charset=utf-8",
}


COMPRESSIBLE = (".css", ".js", ".svg", ".txt")


@dataclass(frozen=True, slots=True)
class StaticFile:
    """``packed`` is the same with gzip, where that is shorter."""

    body: bytes
    content_type: str
    packed: bytes | None = field(default=None, repr=False)

    @classmethod
    def of(cls, name: str, body: bytes) -> StaticFile:
        suffix = PurePosixPath(name).suffix
        packed = gzip.compress(body, 9, mtime=0) if suffix in COMPRESSIBLE else None
        return cls(body, _TYPES[suffix], packed)


class Statics:
    """The ``static`` folders of some packages, in memory. Style sheets become one, in the order of the packages and of their names."""

    def __init__(self, *packages: str) -> None:
        self._files: dict[str, StaticFile] = {}
        styles: list[bytes] = []
        for package in packages:
            for name, body in sorted(_walk(resources.files(package) / "static")):
                if PurePosixPath(name).suffix == ".css":
                    styles.append(body)
                else:
                    self._files[name] = StaticFile.of(name, body)
        self._files[STYLES] = StaticFile.of(STYLES, b"\n".join(styles))
        contents = hashlib.sha256()
        for name, file in sorted(self._files.items()):
            contents.update(name.encode() + b"\0" + file.body)
        self.digest = contents.hexdigest()[:12]

    def url(self, name: str) -> str:
        """An address that changes with the contents of any file, so that browsers may keep it for ever."""
        if name not in self._files:
            raise LookupError(f"There is no static file {name}.")
        return f"/static/{self.digest}/{name}"

    def names(self) -> list[str]:
        return sorted(self._files)

    def find(self, digest: str, name: str) -> StaticFile | None:
        return self._files.get(name) if digest == self.digest else None


def environment(*packages: str, statics: Statics) -> Environment:
    """Templates of these packages (the first that has one wins) and the macros of ``ui.html``; ``static('name')`` gives addresses."""
    loader = ChoiceLoader(
        [PackageLoader(package) for package in (*packages, "valera.kit") if (resources.files(package) / "templates").is_dir()]
    )
    found = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    cast("dict[str, object]", found.globals)["static"] = statics.url  # Jinja's own type knows only its built-in names
    return found


def _walk(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir() if folder.is_dir() else ():
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, entry.read_bytes()
