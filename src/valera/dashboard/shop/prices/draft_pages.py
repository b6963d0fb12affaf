"""An open draft: read from a file or a pasted text, looked through, corrected, published."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, URLEncodedBody

from valera.dashboard.frame.given import TheDb, ThePage
from valera.dashboard.shop.prices.corrections import RowForm, corrections_of
from valera.dashboard.shop.prices.difference_view import DifferenceView, view_difference
from valera.dashboard.shop.prices.draft_view import DraftView, view_draft
from valera.dashboard.shop.prices.showing import show_prices
from valera.identity.permission import Permission
from valera.kit.errors import Conflict, Invalid
from valera.pricing.drafts.correction import CorrectionRefused, NameClass, SetCurrency
from valera.pricing.drafts.difference import Listed
from valera.pricing.drafts.open_draft import (
    DraftClosed,
    DraftDoubtful,
    NoOpenDraft,
    OpenDraft,
    PriceListChanged,
    Waiting,
    begin,
    correct,
    find_waiting,
    get_open_draft,
    publish_draft,
    undo,
)
from valera.pricing.drafts.queries import update_replaced
from valera.pricing.drafts.versions import listed, listed_draft
from valera.pricing.price_import import read_price_list
from valera.pricing.queries import current_price_list
from valera.pricing.reading.draft import PriceListUnreadable
from valera.pricing.reading.table import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valera.dashboard.frame.page import Page
    from valera.kit.db import AccountTx, Database
    from valera.pricing.drafts.correction import Correction
    from valera.pricing.reading.draft import Draft

MAX_FORM = 16 << 20
"""More than a list may have, so that somebody whose file is a little too large reads why."""
MEGABYTE = 1 << 20
PASTED = "shop.prices.pasted"
READING = asyncio.Semaphore(2)
"""Large files are work for seconds: other pages of this process are to stay quick."""


class Filter(msgspec.Struct):
    """Which rows are shown, and which page of them."""

    show: str = ""
    at: int = 1


class ClassForm(msgspec.Struct):
    name: Annotated[str, msgspec.Meta(max_length=100)]
    description: Annotated[str, msgspec.Meta(max_length=300)] = ""
    show: str = ""
    at: int = 1


class CurrencyForm(msgspec.Struct):
    currency: Annotated[str, msgspec.Meta(max_length=3)]


class PublishForm(msgspec.Struct):
    """``over``: the version that was looked at; ``with_doubts``: on, or nothing."""

    draft_id: int
    over: int
    with_doubts: str = ""


@post("/prices/drafts", permission=Permission.SHOP, request_max_body_size=MAX_FORM)
async def post_draft(page: ThePage, db: TheDb) -> Response[bytes]:
    """A form of ``file`` or ``text``, and ``sheet``; it takes the place of the draft that was open."""
    form = await page.request.form()
    sent = form.get("file")
    text, sheet = str(form.get("text", "")), str(form.get("sheet", "")).strip() or None
    try:
        if isinstance(sent, UploadFile) and sent.filename:
            source, raw = sent.filename, await sent.read(MAX_BYTES + 1)
        else:
            source, raw = page.t(PASTED), text.encode()
        draft = await _read(raw, source, sheet, page)
    except PriceListUnreadable as error:
        return await _refused(page, db, error.say(page.t.locale), text)
    except Invalid as error:
        return await _refused(page, db, error.detail, text)
    async with db.account_tx() as tx:
        await begin(tx, draft, source=source)
    return page.go("/prices/draft")


@get("/prices/draft", permission=Permission.SHOP)
async def get_draft(page: ThePage, db: TheDb, show: FromQuery[str] = "", at: FromQuery[int] = 1) -> Response[bytes]:
    try:
        async with db.account_tx() as tx:
            waiting = await find_waiting(tx)
    except NoOpenDraft:
        return page.go("/prices")
    opened = await asyncio.to_thread(waiting.opened)
    view = await _view(page, opened, Filter(show, at))
    return page.html("_shop_draft.html" if page.is_fragment else "shop_draft.html", draft=view)


@get("/prices/draft/difference", permission=Permission.SHOP)
async def get_difference(page: ThePage, db: TheDb) -> Response[bytes]:
    try:
        async with db.account_tx() as tx:
            waiting = await find_waiting(tx)
            newest, before = await _in_force(tx)
    except NoOpenDraft:
        return page.go("/prices")
    return await _show_difference(page, waiting, newest, before)


@post("/prices/drafts/{draft_id:int}/rows/{row_no:int}", permission=Permission.SHOP, status_code=200)
async def post_row(
    page: ThePage, db: TheDb, draft_id: FromPath[int], row_no: FromPath[int], data: URLEncodedBody[RowForm]
) -> Response[bytes]:
    """All that is new about the row, or nothing of it. Each of it can be taken back."""
    async with db.account_tx() as tx:
        opened = await _open(tx, page, draft_id)
        wanted = corrections_of(opened.draft, row_no, data, await _form_prices(page))
        opened = await _corrected(tx, page, opened, wanted)
    return await _after(page, opened, Filter(data.show, data.at), made=len(wanted))


@post("/prices/drafts/{draft_id:int}/classes/{number:int}", permission=Permission.SHOP, status_code=200)
async def post_class(
    page: ThePage, db: TheDb, draft_id: FromPath[int], number: FromPath[int], data: URLEncodedBody[ClassForm]
) -> Response[bytes]:
    async with db.account_tx() as tx:
        opened = await _open(tx, page, draft_id)
        opened = await _corrected(tx, page, opened, [NameClass(max(number, 1), data.name, data.description)])
    return await _after(page, opened, Filter(data.show, data.at), made=1)


@post("/prices/drafts/{draft_id:int}/currency", permission=Permission.SHOP, status_code=200)
async def post_currency(page: ThePage, db: TheDb, draft_id: FromPath[int], data: URLEncodedBody[CurrencyForm]) -> Response[bytes]:
    async with db.account_tx() as tx:
        opened = await _open(tx, page, draft_id)
        opened = await _corrected(tx, page, opened, [SetCurrency(data.currency)])
    return await _after(page, opened, Filter(), made=1)


@post("/prices/drafts/{draft_id:int}/corrections/{no:int}/undo", permission=Permission.SHOP, status_code=200)
async def post_undo(page: ThePage, db: TheDb, draft_id: FromPath[int], no: FromPath[int]) -> Response[bytes]:
    try:
        async with db.account_tx() as tx:
            await _open(tx, page, draft_id)
            await undo(tx, draft_id, no)
    except CorrectionRefused as error:
        raise Invalid(error.say(page.t.locale)) from None
    return page.go("/prices/draft", toast=page.t("shop.prices.undone"))


@post("/prices/drafts/{draft_id:int}/removal", permission=Permission.SHOP)
async def post_removal(page: ThePage, db: TheDb, draft_id: FromPath[int]) -> Response[bytes]:
    """The draft is given up; the list in force stays as it is."""
    async with db.account_tx() as tx:
        await _open(tx, page, draft_id)
        await update_replaced(tx)
    return page.go("/prices", toast=page.t("shop.prices.given_up"))


@post("/prices/versions", permission=Permission.SHOP)
async def post_version(page: ThePage, db: TheDb, data: URLEncodedBody[PublishForm]) -> Response[bytes]:
    try:
        async with db.account_tx() as tx:
            await _open(tx, page, data.draft_id)
            published = await publish_draft(tx, data.draft_id, over=data.over, with_doubts=bool(data.with_doubts))
    except (PriceListChanged, DraftDoubtful) as error:
        return await _not_published(page, db, "changed" if isinstance(error, PriceListChanged) else "doubtful")
    return page.go("/prices", toast=page.t("shop.prices.published", version=published.version))


HANDLERS: list[Any] = [
    post_draft, get_draft, get_difference, post_row, post_class, post_currency, post_undo, post_removal, post_version,
]  # fmt: skip


# ---- steps --------------------------------------------------------------------------------------


async def _read(raw: bytes, source: str, sheet: str | None, page: Page) -> Draft:
    """Raises PriceListUnreadable, Invalid."""
    if not raw.strip():
        raise Invalid(page.t("shop.prices.nothing_sent"))
    if len(raw) > MAX_BYTES:
        raise Invalid(page.t("shop.prices.too_large", megabytes=MAX_BYTES // MEGABYTE))
    async with READING:
        return await asyncio.to_thread(read_price_list, raw, source=source, sheet=sheet)


async def _refused(page: Page, db: Database, sentence: str, text: str) -> Response[bytes]:
    """The page again, with the reason; what was pasted stays, cut to what a page can hold."""
    return await show_prices(page, db, refused=sentence, pasted=text[:20_000])


async def _not_published(page: Page, db: Database, refused: str) -> Response[bytes]:
    async with db.account_tx() as tx:
        waiting = await find_waiting(tx)
        newest, before = await _in_force(tx)
    return await _show_difference(page, waiting, newest, before, refused=refused)


async def _show_difference(page: Page, waiting: Waiting, newest: int, before: Listed, *, refused: str = "") -> Response[bytes]:
    def look() -> tuple[OpenDraft, DifferenceView, int]:
        opened = waiting.opened()
        return opened, view_difference(before, listed_draft(opened.draft), page.t.locale), opened.preview().suspicious

    opened, found, suspicious = await asyncio.to_thread(look)
    shown: dict[str, Any] = {"draft": opened, "difference": found, "newest": newest, "suspicious": suspicious, "refused": refused}
    return page.html("shop_difference.html", status=409 if refused else 200, **shown)


async def _open(tx: AccountTx, page: Page, draft_id: int) -> OpenDraft:
    """The open draft, if it is still this one. Raises NotFound for one that never was this shop's, Conflict for a closed one."""
    try:
        opened = await get_open_draft(tx)
    except NoOpenDraft:
        raise NoOpenDraft(page.t("shop.prices.no_draft")) from None
    if opened.id != draft_id:
        raise NoOpenDraft(page.t("shop.prices.no_draft"))
    return opened


async def _corrected(tx: AccountTx, page: Page, opened: OpenDraft, wanted: Sequence[Correction]) -> OpenDraft:
    try:
        for correction in wanted:
            opened = await correct(tx, opened.id, correction)
    except CorrectionRefused as error:
        raise Invalid(error.say(page.t.locale)) from None
    except DraftClosed:
        raise Conflict(page.t("shop.prices.no_draft")) from None
    return opened


async def _after(page: Page, opened: OpenDraft, shown: Filter, *, made: int) -> Response[bytes]:
    """The draft as it is now; with one correction made, a toast that takes it back."""
    if not page.is_fragment:
        return page.go(f"/prices/draft?show={shown.show if shown.show.isalpha() else ''}&at={shown.at}")
    view = await _view(page, opened, shown)
    response = page.html("_shop_draft.html", draft=view)
    if made == 0:
        return page.toast(response, page.t("shop.prices.nothing_changed"))
    last = view.last_made
    return page.toast(response, page.t("shop.prices.corrected"), page.url(f"/prices/drafts/{opened.id}/corrections/{last}/undo"))


async def _view(page: Page, opened: OpenDraft, shown: Filter) -> DraftView:
    return await asyncio.to_thread(view_draft, opened, show=shown.show, page_no=shown.at, locale=page.t.locale)


async def _in_force(tx: AccountTx) -> tuple[int, Listed]:
    """The newest version and what it says; 0 and nothing before the first."""
    current = await current_price_list(tx)
    return (current.version, await listed(tx, current.version)) if current else (0, Listed("", (), ()))


async def _form_prices(page: Page) -> dict[int, str]:
    """Class → price as it was written: as many fields as the draft has classes."""
    form = await page.request.form()
    named = ((key.removeprefix("price_"), str(text)) for key, text in form.items() if key.startswith("price_"))
    return {int(number): text[:100] for number, text in named if number.isdecimal() and len(number) < 4}  # noqa: PLR2004
