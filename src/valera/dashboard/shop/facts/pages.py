"""Facts: topics that every shop has, and the shop's own. What stands here the assistant may say; what does not, it may not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import URLEncodedBody

from valera.accounts.fact import list_facts, state_fact, withdraw_fact
from valera.dashboard.frame.given import TheDb, ThePage
from valera.identity.permission import Permission
from valera.kit.errors import NotFound

if TYPE_CHECKING:
    from valera.dashboard.frame.page import Page
    from valera.kit.db import Database

KNOWN = ("address", "phone", "directions", "payment", "guarantee", "parts", "parking", "documents")
"""Topics that clients ask every shop about, in the order in which the page asks for them."""
LONGEST_TOPIC, LONGEST_TEXT = 60, 1000
MOST_FACTS = 60
"""All of them stand in front of the model at every turn."""

Topic = Annotated[str, msgspec.Meta(max_length=LONGEST_TOPIC)]
Text = Annotated[str, msgspec.Meta(max_length=4000)]


class FactNotFound(NotFound):
    """The shop says nothing about this."""


class FactForm(msgspec.Struct):
    """``was``: the topic under which it stood, if it is an own one that is renamed."""

    topic: Topic
    text: Text
    was: Topic = ""


class RemovalForm(msgspec.Struct):
    topic: Topic


@dataclass(frozen=True, slots=True)
class FactView:
    """``text`` as the field shows it, ``was`` as it stands."""

    topic: str
    text: str
    was: str


@get("/facts", permission=Permission.SHOP)
async def get_facts(page: ThePage, db: TheDb) -> Response[bytes]:
    return await _show(page, db)


@post("/facts/known", permission=Permission.SHOP)
async def post_known(page: ThePage, db: TheDb) -> Response[bytes]:
    """A form of ``text_TOPIC`` and ``was_TOPIC``, what the page had shown: only what is different is said anew, an empty one no more."""
    form = await page.request.form()
    said = {topic: _plain(form.get(f"text_{topic}", "")) for topic in KNOWN}
    if any(len(text) > LONGEST_TEXT for text in said.values()):
        return await _show(page, db, refused=page.t("shop.facts.refused", most=LONGEST_TEXT), said=said)
    changed = {topic: text for topic, text in said.items() if text != _plain(form.get(f"was_{topic}", ""))}
    async with db.account_tx() as tx:
        for topic, text in changed.items():
            await (state_fact(tx, topic, text) if text else withdraw_fact(tx, topic))
    return page.go("/facts", toast=page.t("shop.facts.saved"))


@post("/facts", permission=Permission.SHOP)
async def post_fact(page: ThePage, db: TheDb, data: URLEncodedBody[FactForm]) -> Response[bytes]:
    topic, text = " ".join(data.topic.split()), _plain(data.text)
    if not topic or not text or len(text) > LONGEST_TEXT:
        return await _show(page, db, refused=page.t("shop.facts.refused", most=LONGEST_TEXT), typed=data)
    async with db.account_tx() as tx:
        refused = _refusal(page, await list_facts(tx), topic, data.was)
        if not refused:
            if data.was and data.was != topic:
                await withdraw_fact(tx, data.was)
            await state_fact(tx, topic, text)
    if refused:
        return await _show(page, db, refused=refused, typed=data)
    return page.go("/facts", toast=page.t("shop.facts.saved"))


@post("/facts/removal", permission=Permission.SHOP)
async def post_fact_removal(page: ThePage, db: TheDb, data: URLEncodedBody[RemovalForm]) -> Response[bytes]:
    async with db.account_tx() as tx:
        if await withdraw_fact(tx, data.topic) is None:
            raise FactNotFound(page.t("shop.facts.none_such"))
    return page.go("/facts", toast=page.t("shop.facts.removed"))


HANDLERS: list[Any] = [get_facts, post_known, post_fact, post_fact_removal]


def _refusal(page: Page, facts: dict[str, str], topic: str, was: str) -> str:
    """Empty: nothing stands against it. Each topic has one place."""
    same = next((known for known in facts if known.casefold() == topic.casefold()), None)
    if same is not None and same != was:
        return page.t("shop.facts.twice", topic=page.t.name("shop.facts.topic", same))
    if topic.casefold() in KNOWN and topic != was:
        return page.t("shop.facts.twice", topic=page.t.name("shop.facts.topic", topic.casefold()))
    return page.t("shop.facts.too_many", most=MOST_FACTS) if same is None and len(facts) >= MOST_FACTS and was not in facts else ""


def _plain(text: object) -> str:
    """As a browser sends line breaks and as they are kept."""
    return str(text).replace("\r\n", "\n").strip()


async def _show(
    page: Page, db: Database, *, refused: str = "", typed: FactForm | None = None, said: dict[str, str] | None = None
) -> Response[bytes]:
    """``typed``, ``said``: what was refused stays in its fields."""
    async with db.account_tx() as tx:
        facts = await list_facts(tx)
    known = [FactView(topic, (said or facts).get(topic, ""), facts.get(topic, "")) for topic in KNOWN]
    own = [FactView(topic, text, text) for topic, text in facts.items() if topic not in KNOWN]
    shown: dict[str, Any] = {"known": known, "own": own, "refused": refused, "typed": typed, "longest": LONGEST_TEXT}
    return page.html("shop_facts.html", status=422 if refused else 200, **shown)
