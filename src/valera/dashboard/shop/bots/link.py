"""Where a bot is found: its address, and the same as a picture that a telephone reads."""

from __future__ import annotations

from io import BytesIO

import segno
from markupsafe import Markup

MODULE = 4


def bot_link(username: str, telegram_id: int, simulator: str | None, payload: str = "") -> str:
    """Of the real Telegram; of the simulator its page, which takes no payload: there it is written by hand."""
    if simulator is not None:
        return f"{simulator}/?bot={telegram_id}"
    return f"https://t.me/{username}" + (f"?start={payload}" if payload else "")


def qr_code(link: str) -> Markup:
    """An SVG to stand in a page: no style attribute in it, dark on light in every theme."""
    return Markup(_svg(link, is_file=False))  # noqa: S704  (made of modules alone; the link is not in it)


def qr_file(link: str) -> bytes:
    """The same to print."""
    return _svg(link, is_file=True).encode()


def _svg(link: str, *, is_file: bool) -> str:
    out = BytesIO()
    segno.make(link, error="m", micro=False).save(
        out, kind="svg", scale=MODULE, border=2, dark="#000", light="#fff", xmldecl=is_file, svgns=is_file, omitsize=not is_file, nl=False
    )
    return out.getvalue().decode()
