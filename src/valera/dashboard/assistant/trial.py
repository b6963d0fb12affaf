"""Try it: a conversation with the prompt that stands in the editor. Nothing of it leaves the page (`reception.trial`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import structlog
from litestar import Response, delete, post
from litestar.params import URLEncodedBody

from valera.accounts.prompt import LONGEST, find_published
from valera.accounts.prompt_draft import find_draft, tidy
from valera.assistant.errors import ModelError
from valera.dashboard.assistant.models import find_chain
from valera.dashboard.assistant.talk import Line, read_talk
from valera.dashboard.frame.given import TheDb, TheHouseModels, ThePage, TheTrying
from valera.identity.limit import Limit, TooOften, limit
from valera.identity.permission import Permission
from valera.kit.errors import Conflict, NotFound
from valera.pricing.drafts.queries import find_open_draft
from valera.reception.trial import queries
from valera.reception.trial.trial import Said, Trial

if TYPE_CHECKING:
    from valera.dashboard.frame.page import Page
    from valera.kit.db import AccountTx

log = structlog.get_logger(__name__)

OFTEN = Limit("try_it", most=40, within=timedelta(hours=1))
"""Of a shop: its models are paid for."""
LONGEST_SAID = 1000


class MessageForm(msgspec.Struct):
    """``text`` is the prompt of the editor, None: the page did not send it; ``data``: of the button that was pressed."""

    said: Annotated[str, msgspec.Meta(max_length=LONGEST_SAID)] = ""
    data: Annotated[str, msgspec.Meta(max_length=100)] = ""
    text: Annotated[str, msgspec.Meta(max_length=4 * LONGEST)] | None = None
    prices: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """As the page shows it. ``first``: whom a turn asks first; ``problem``: a sentence about the last message, which is ``unsent``."""

    lines: tuple[Line, ...] = ()
    has_prices: bool = False
    has_price_draft: bool = False
    first: str = ""
    problem: str = ""
    unsent: str = ""


@post("/assistant/trial/messages", status_code=200, permission=Permission.ASSISTANT)
async def post_message(
    page: ThePage, db: TheDb, trying: TheTrying, house_models: TheHouseModels, data: URLEncodedBody[MessageForm]
) -> Response[bytes]:
    """What keeps an answer from coming is said in the conversation, and what was written stays."""
    said = Said(data.said.replace("\x00", "").strip(), data.data)
    async with db.account_tx() as tx:
        trial = await _find(tx, page, has_prices=data.prices)
        has_price_draft = await find_open_draft(tx) is not None
        prompt = await _saved_prompt(tx) if data.text is None else tidy(data.text)
        first = str((await find_chain(tx, house_models)).choices[0])
    talk = Talk(read_talk(trial.kept, locale=page.t.locale), trial.has_prices, has_price_draft, first)
    if not (said.text or said.data):
        return page.html("_assistant_trial.html", talk=talk)
    if len(prompt) > LONGEST:
        return _told(page, talk, said, page.t("assistant.too_long", most=page.t.number(LONGEST)))
    try:
        await limit(db, OFTEN, str(page.entry.account_id), now=page.now)
        opened = await trying()
        trial = await opened.go_on(page.entry.account_id, trial, said, prompt=prompt)
    except TooOften as error:
        return _told(page, talk, said, page.t("assistant.trial.too_often", wait=page.t.lasting(error.retry_after or 60)))
    except (ModelError, Conflict, NotFound) as error:
        log.info("trial_failed", error=error.slug)
        known = f"assistant.trial.problem.{error.slug}"
        return _told(page, talk, said, page.t(known if page.t.has(known) else "assistant.trial.problem.model-error"))
    return page.html("_assistant_trial.html", talk=replace(talk, lines=read_talk(trial.kept, locale=page.t.locale)))


@delete("/assistant/trial", status_code=200, permission=Permission.ASSISTANT)
async def delete_trial(page: ThePage, db: TheDb) -> Response[bytes]:
    """From the beginning."""
    async with db.account_tx() as tx:
        await queries.delete_trial(tx, member_id=page.entry.member_id)
        has_price_draft = await find_open_draft(tx) is not None
    return page.html("_assistant_trial.html", talk=Talk(has_price_draft=has_price_draft))


HANDLERS: list[Any] = [post_message, delete_trial]


async def find_conversation(tx: AccountTx, page: Page, house_models: str) -> Talk:
    """This member's own, as it was left."""
    has_price_draft = await find_open_draft(tx) is not None
    trial = await queries.select_trial(tx, Trial, member_id=page.entry.member_id)
    if trial is None:
        return Talk(has_price_draft=has_price_draft)
    first = str((await find_chain(tx, house_models)).choices[0])
    return Talk(read_talk(trial.kept, locale=page.t.locale), trial.has_prices, has_price_draft, first)


async def _find(tx: AccountTx, page: Page, *, has_prices: bool) -> Trial:
    """The one to go on with; with other prices it is another conversation."""
    trial = await queries.select_trial(tx, Trial, member_id=page.entry.member_id)
    if trial is None or trial.has_prices != has_prices:
        return await queries.begin_trial(tx, Trial, member_id=page.entry.member_id, has_prices=has_prices)
    return trial


async def _saved_prompt(tx: AccountTx) -> str:
    """What the editor would show: a page without scripts sends only the message."""
    found = await find_draft(tx) or await find_published(tx)
    return "" if found is None else found.text


def _told(page: Page, talk: Talk, said: Said, problem: str) -> Response[bytes]:
    return page.html("_assistant_trial.html", talk=replace(talk, problem=problem, unsent=said.text))
