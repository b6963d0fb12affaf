"""What the assistant and people write comes out as text, whatever it holds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valera.dashboard.inbox.thread.markup import from_markdown, from_text

HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    '<div hx-get="/shops" hx-trigger="load">x</div>',
    '<p data-hx-post="/x">x</p>',
    "<style>body{display:none}</style>",
    '<a href="javascript:alert(1)" style="position:fixed">x</a>',
    "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    '[x](https://example.com "onmouseover=alert(1)")',
    "![x](https://example.com/spy.png)",
    "<svg><use href='/x'/></svg>",
    '<form action="/x"><input name="csrf"></form>',
    "<!-- <script> -->",
    "```html\n<script>x</script>\n```",
    "https://example.com/?a=<script>",
    '"><iframe src=x>',
    "<body onload=x><base href=//evil>",
    "<b id=message-1 class=unread>x</b>",
]
TAG = re.compile(r"<(/?)([a-z0-9]+)([^>]*)>", re.IGNORECASE)
ALLOWED = {
    "a", "b", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "hr", "i", "li", "ol", "p", "pre", "s", "strong", "table",
    "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


def refuse_unsafe(html: str) -> None:
    for _, name, attributes in TAG.findall(html):
        assert name.lower() in ALLOWED, html
        for attribute in re.findall(r"([a-z-]+)\s*=", re.sub(r'"[^"]*"', '""', attributes), re.IGNORECASE):
            assert attribute in {"href", "title", "rel", "start", "target"}, html
        assert not re.search(r'href="(?!https?:|mailto:|tel:)', attributes), html


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_acts_survives(text: str) -> None:
    refuse_unsafe(from_markdown(text))
    refuse_unsafe(from_text(text))


@given(st.text(alphabet=st.sampled_from("<>\"'=/ hxdata-scripton[]()!*`_&;:#\n"), max_size=120))
def test_no_text_at_all_becomes_markup(text: str) -> None:
    refuse_unsafe(from_markdown(text))
    refuse_unsafe(from_text(text))


def test_markdown_is_shown_as_it_is_meant() -> None:
    html = from_markdown("Цены:\n\n- **Бампер**: 12 000 ₽\n- Дверь\n\n| a | b |\n|---|---|\n| 1 | 2 |")
    assert "<strong>Бампер</strong>" in html
    assert html.count("<li>") == 2
    assert "<td>2</td>" in html


def test_a_clients_words_are_no_markdown_and_their_links_lead_out() -> None:
    html = from_text("**не жирно** https://example.com/a?b=1&c=2, и всё")
    assert "**не жирно**" in html
    assert 'href="https://example.com/a?b=1&amp;c=2"' in html
    assert 'rel="noopener noreferrer nofollow"' in html
    assert "</a>, и всё" in html
