"""The editor of the shop's prompt: a draft that is saved while it is written, and what publishing it would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromQuery, URLEncodedBody

from valera.accounts.prompt import LONGEST, PromptVersion, find_published
from valera.accounts.prompt_draft import (
    PromptDraft,
    PromptDraftChanged,
    PromptPublishedMeanwhile,
    drop_draft,
    find_draft,
    publish_draft,
    save_draft,
)
from valera.dashboard.assistant.difference import difference
from valera.dashboard.assistant.trial import find_conversation
from valera.dashboard.frame.given import TheDb, TheHouseModels, ThePage
from valera.identity.permission import Permission
from valera.kit.errors import Invalid
from valera.pricing.drafts.queries import find_open_draft
from valera.reception.briefing.house import house_parts

if TYPE_CHECKING:
    from valera.dashboard.frame.page import Page
    from valera.kit.db import AccountTx, Database

MOST_SENT = 4 * LONGEST

Revision = Annotated[int, msgspec.Meta(ge=0, le=(1 << 31) - 1)]


class DraftForm(msgspec.Struct):
    """``then``: «review» leads on to what publishing would change."""

    text: Annotated[str, msgspec.Meta(max_length=MOST_SENT)] = ""
    revision: Revision = 0
    then: str = ""


class PublishForm(msgspec.Struct):
    revision: Revision
    over: Revision
    note: Annotated[str, msgspec.Meta(max_length=200)] = ""


@dataclass(frozen=True, slots=True)
class State:
    """Of the draft, as somebody sees it who knows ``revision``. ``other``: it is another one by now; ``gone``: there is none any more."""

    draft: PromptDraft | None
    published: PromptVersion | None
    revision: int

    @property
    def other(self) -> PromptDraft | None:
        return self.draft if self.draft is not None and self.draft.revision != self.revision else None

    @property
    def is_gone(self) -> bool:
        return self.draft is None and self.revision > 0

    @property
    def over(self) -> int:
        return 0 if self.published is None else self.published.version


@get("/assistant", permission=Permission.ASSISTANT)
async def get_assistant(page: ThePage, db: TheDb, house_models: TheHouseModels) -> Response[bytes]:
    async with db.account_tx() as tx:
        state = await _state(tx, None)
        has_price_draft = await find_open_draft(tx) is not None
        talk = await find_conversation(tx, page, house_models)
    published = "" if state.published is None else state.published.text
    text = published if state.draft is None else state.draft.text
    house = house_parts(page.t.locale)
    return page.html("assistant.html", state=state, text=text, longest=LONGEST, house=house, talk=talk, has_price_draft=has_price_draft)


@get("/assistant/draft", permission=Permission.ASSISTANT)
async def get_draft(page: ThePage, db: TheDb, revision: FromQuery[int] = 0) -> Response[bytes]:
    """What a page that is open says of the draft that it shows."""
    async with db.account_tx() as tx:
        state = await _state(tx, revision)
    return page.html("_assistant_state.html", state=state)


@post("/assistant/draft", status_code=200, permission=Permission.ASSISTANT)
async def post_draft(page: ThePage, db: TheDb, data: URLEncodedBody[DraftForm]) -> Response[bytes]:
    """Raises Invalid; a draft that somebody else has changed is told beside the text, which stays in the editor."""
    try:
        async with db.account_tx() as tx:
            draft = await save_draft(tx, data.text, revision=data.revision, author=page.entry.member_id)
            state = await _state(tx, 0 if draft is None else draft.revision)
    except PromptDraftChanged as changed:
        return await _changed(page, db, data, changed)
    except Invalid:
        raise Invalid(page.t("assistant.too_long", most=page.t.number(LONGEST))) from None
    if page.is_fragment:
        return page.html("_assistant_state.html", state=state)
    return page.go("/assistant/review" if data.then == "review" and draft is not None else "/assistant", page.t("assistant.saved"))


@delete("/assistant/draft", status_code=200, permission=Permission.ASSISTANT)
async def delete_draft(page: ThePage, db: TheDb, revision: FromQuery[int]) -> Response[bytes]:
    """Raises PromptDraftChanged."""
    async with db.account_tx() as tx:
        await drop_draft(tx, revision=revision)
    return page.go("/assistant", page.t("assistant.dropped"))


@get("/assistant/review", permission=Permission.ASSISTANT)
async def get_review(page: ThePage, db: TheDb) -> Response[bytes]:
    async with db.account_tx() as tx:
        state = await _state(tx, None)
    return _review(page, state)


@post("/assistant/versions", status_code=200, permission=Permission.ASSISTANT)
async def post_version(page: ThePage, db: TheDb, data: URLEncodedBody[PublishForm]) -> Response[bytes]:
    """The draft comes into force, if it is the one that was compared with the one that is."""
    try:
        async with db.account_tx() as tx:
            version = await publish_draft(tx, revision=data.revision, over=data.over, note=data.note, author=page.entry.member_id)
    except (PromptDraftChanged, PromptPublishedMeanwhile):
        async with db.account_tx() as tx:
            state = await _state(tx, None)
        return _review(page, state, is_stale=True)
    return page.go("/assistant", page.t("assistant.published", version=version))


HANDLERS: list[Any] = [get_assistant, get_draft, post_draft, delete_draft, get_review, post_version]


async def _state(tx: AccountTx, revision: int | None) -> State:
    """``revision`` None: the page is made anew and shows whatever there is."""
    draft = await find_draft(tx)
    known = (0 if draft is None else draft.revision) if revision is None else revision
    return State(draft, await find_published(tx), known)


async def _changed(page: Page, db: Database, data: DraftForm, changed: PromptDraftChanged) -> Response[bytes]:
    """Who and when, and both texts: whoever reads it decides which of them goes on."""
    async with db.account_tx() as tx:
        state = State(changed.now_is, await find_published(tx), data.revision)
    if page.is_fragment:
        return page.html("_assistant_state.html", state=state)
    shown = difference("" if changed.now_is is None else changed.now_is.text, data.text)
    return page.html("assistant_conflict.html", status=409, state=state, text=data.text, difference=shown)


def _review(page: Page, state: State, *, is_stale: bool = False) -> Response[bytes]:
    published = "" if state.published is None else state.published.text
    shown = difference(published, published if state.draft is None else state.draft.text)
    return page.html("assistant_review.html", status=409 if is_stale else 200, state=state, difference=shown, is_stale=is_stale)
