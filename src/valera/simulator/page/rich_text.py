"""Text with entities → HTML. Everything that somebody wrote is escaped; only our own tags are added."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from valera.simulator.server.entity import utf16_positions

if TYPE_CHECKING:
    from collections.abc import Sequence

_TAGS = {
    "bold": Markup("<b>{}</b>"),
    "italic": Markup("<i>{}</i>"),
    "underline": Markup("<u>{}</u>"),
    "strikethrough": Markup("<s>{}</s>"),
    "spoiler": Markup('<span class="spoiler" tabindex="0">{}</span>'),
    "code": Markup("<code>{}</code>"),
    "pre": Markup("<pre>{}</pre>"),
    "blockquote": Markup("<blockquote>{}</blockquote>"),
    "expandable_blockquote": Markup("<blockquote>{}</blockquote>"),
}
_SAFE_LINK = re.compile(r"(?i)(?:https?|tg|tel|mailto):")
_BARE_HOST = re.compile(r"(?i)^[\w.-]+\.[a-z]{2,}")


def to_html(text: str, entities: Sequence[dict[str, Any]]) -> Markup:
    """Entities nest; one that reaches past the entity around it is cut there."""
    positions = utf16_positions(text)
    spans = [(positions[entity["offset"]], positions[entity["offset"] + entity["length"]], entity) for entity in entities]
    spans.sort(key=lambda span: (span[0], -span[1]))
    return _render(text, 0, len(text), spans)


def _render(text: str, start: int, end: int, spans: list[tuple[int, int, dict[str, Any]]]) -> Markup:
    """``spans`` all begin at or after ``start``; those that begin after ``end`` are left to the caller."""
    made, at, index = Markup(), start, 0
    while index < len(spans):
        begins, ends, entity = spans[index]
        ends = min(ends, end)
        inside = [span for span in spans[index + 1 :] if span[0] < ends]
        made += escape(text[at:begins]) + _wrap(entity, text[begins:ends], _render(text, begins, ends, inside))
        at, index = ends, index + 1 + len(inside)
    return made + escape(text[at:end])


def _wrap(entity: dict[str, Any], plain: str, inner: Markup) -> Markup:
    kind: str = entity["type"]
    if kind in _TAGS:
        return _TAGS[kind].format(inner)
    address = _address(kind, entity, plain)
    if address is None:
        return inner
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>').format(address, inner)


def _address(kind: str, entity: dict[str, Any], plain: str) -> str | None:
    match kind:
        case "text_link":
            address = str(entity.get("url", ""))
        case "url":
            address = f"https://{plain}" if _BARE_HOST.match(plain) else plain
        case "email":
            address = f"mailto:{plain}"
        case "phone_number":
            address = "tel:" + re.sub(r"[^+\d]", "", plain)
        case _:
            return None
    return address if _SAFE_LINK.match(address) else None
