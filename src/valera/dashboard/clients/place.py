"""Where clients' pages stand: the card, and the dialogs over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from litestar import Response

    from valera.clients.cards.card import Whole
    from valera.dashboard.frame.page import Page

KNOWN = range(1, 1 << 63)
"""Numbers that a row can have."""


def show(page: Page, whole: Whole) -> Response[bytes]:
    """The card, or the part of it that changes."""
    return page.html("_client_card.html" if page.is_fragment else "client.html", whole=whole)


def over(page: Page, form: str, title: str, *, status: int = 200, back: str, **values: Any) -> Response[bytes]:
    """A form: a dialog over the page that is shown, or a page of its own. ``back`` is where it leads without being sent."""
    template = "_clients_dialog.html" if page.is_fragment or "hx-request" in page.request.headers else "clients_form.html"
    return page.html(template, status=status, form=form, title=title, back=back, **values)


def sentences(page: Page, fields: dict[str, str]) -> dict[str, str]:
    """What is wrong with each field, in the reader's language."""
    return {name: page.t(f"clients.wrong.{name}.{word}") for name, word in fields.items()}
