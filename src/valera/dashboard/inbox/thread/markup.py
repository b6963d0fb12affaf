"""Texts as safe HTML: the assistant's Markdown, and what people wrote, whose links become links and nothing else."""

from __future__ import annotations

import functools
import re

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

TAGS = {
    "a", "b", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "hr", "i", "li", "ol", "p", "pre", "s", "strong", "table",
    "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto", "tel"}
LINK_REL = "noopener noreferrer nofollow"
LONGEST_LINK = 2000

_LINK = re.compile(r"\bhttps?://[^\s<>\"'«»]+[^\s<>\"'«».,;:!?)\]}]", re.IGNORECASE)


@functools.cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])


def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=LINK_REL)


@functools.lru_cache(maxsize=4096)
def from_markdown(text: str) -> Markup:
    """What the assistant wrote. No markup of its own survives, no image is fetched, no attribute but an address."""
    return Markup(_cleaner().clean(_markdown().render(text)).strip())  # noqa: S704 - cleaned one step before


@functools.lru_cache(maxsize=4096)
def from_text(text: str) -> Markup:
    """What a person wrote: every character is itself, lines stay lines."""
    if not text.strip():
        return Markup()
    told = Markup()
    at = 0
    for link in _LINK.finditer(text):
        address = link.group()
        if len(address) <= LONGEST_LINK:
            told += escape(text[at : link.start()])
            told += Markup('<a href="{0}" rel="{1}" target="_blank">{0}</a>').format(address, LINK_REL)
            at = link.end()
    told += escape(text[at:])
    return Markup("<p>{}</p>").format(told)
