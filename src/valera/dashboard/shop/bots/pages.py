"""The shop's bots: connected by token, looked at, repaired, quiet, private, removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, URLEncodedBody
from markupsafe import Markup

from valera.accounts.notice import open_notices
from valera.dashboard.frame.given import TheDb, TheOffice, ThePage, TheSimulator
from valera.dashboard.shop.bots.link import bot_link, qr_code, qr_file
from valera.dashboard.shop.bots.sentences import say_trouble
from valera.dashboard.shop.bots.state import look_at
from valera.identity.limit import Limit, limit
from valera.identity.permission import Permission
from valera.kit.errors import ValeraError
from valera.kit.secrets import Secret
from valera.telegram.bots.bot import Bot, BotNotFound, BotRoute, find_bot, list_bots
from valera.telegram.bots.connect import change_token, choose_delivery, connect_bot
from valera.telegram.bots.identify import BotUsedElsewhere, TelegramUnreachable
from valera.telegram.bots.retire import pause, remove, resume
from valera.telegram.bots.testing import PREFIX, Tester, begin_testing, end_testing, find_test_key, list_testers, remove_tester

if TYPE_CHECKING:
    from valera.dashboard.frame.page import Page
    from valera.kit.db import AccountTx, Database

LONGEST_TOKEN = 200
ASKING = Limit("bots", most=20, within=timedelta(minutes=10))
"""Each of these asks Telegram, and guesses at tokens are to be slow."""

Token = Annotated[str, msgspec.Meta(max_length=10_000)]


class ConnectForm(msgspec.Struct):
    token: Token = ""
    take_over: str = ""


class WebhookForm(msgspec.Struct):
    take_over: str = ""


class TokenForm(msgspec.Struct):
    token: Token = ""


class PauseForm(msgspec.Struct):
    is_paused: str = ""


class RemovalForm(msgspec.Struct):
    even_unreachable: str = ""


class TestingForm(msgspec.Struct):
    """«yes» also where it is private already: then it gets another link."""

    is_private: str = ""


class TesterForm(msgspec.Struct):
    telegram_user_id: int


@dataclass(frozen=True, slots=True)
class BotView:
    """``test_link`` None: the bot answers everybody. ``test_words``: what a tester writes where no link carries it."""

    id: int
    username: str
    state: str
    is_paused_by_person: bool
    link: str
    qr: Markup | None
    test_link: str | None
    test_words: str
    test_qr: Markup | None
    testers: tuple[Tester, ...]
    notices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """``form``: connect, or the bot's number; ``can_take_over``: it may be done all the same."""

    form: str = ""
    sentence: str = ""
    can_take_over: bool = False
    can_remove: bool = False


NOT_REFUSED = Refused()


@get("/bots", permission=Permission.BOTS)
async def get_bots(page: ThePage, db: TheDb, simulator: TheSimulator) -> Response[bytes]:
    return await _show(page, db, simulator, NOT_REFUSED)


@post("/bots", permission=Permission.BOTS)
async def post_bot(
    page: ThePage, db: TheDb, office: TheOffice, simulator: TheSimulator, data: URLEncodedBody[ConnectForm]
) -> Response[bytes]:
    await _count(page, db)
    try:
        token = Secret(data.token.strip()[:LONGEST_TOKEN])
        made = await connect_bot(office, page.entry.account_id, token, delivery="webhook", take_over=data.take_over == "on")
    except ValeraError as error:
        sentence = say_trouble(error, page.t, is_simulator=office.is_simulator)
        return await _show(page, db, simulator, Refused("connect", sentence, isinstance(error, BotUsedElsewhere)), status=error.status)
    told = page.t("shop.bots.connected" if made.is_new else "shop.bots.was_here", name=made.bot.username)
    return page.go("/bots", toast=told)


@get("/bots/{bot_id:int}/state", permission=Permission.BOTS)
async def get_state(page: ThePage, db: TheDb, office: TheOffice, bot_id: FromPath[int]) -> Response[bytes]:
    """Asked of Telegram; the page does not wait for it."""
    bot = await _get(page, db, bot_id)
    return page.html("_shop_bot_state.html", bot=bot, looked=await look_at(office, bot))


@post("/bots/{bot_id:int}/webhook", permission=Permission.BOTS)
async def post_webhook(
    page: ThePage, db: TheDb, *, office: TheOffice, simulator: TheSimulator, bot_id: FromPath[int], data: URLEncodedBody[WebhookForm]
) -> Response[bytes]:
    """Repairs how its messages come."""
    bot = await _get(page, db, bot_id)
    await _count(page, db)
    try:
        await choose_delivery(office, _route(page, bot), bot.delivery, take_over=data.take_over == "on")
    except ValeraError as error:
        sentence = say_trouble(error, page.t, is_simulator=office.is_simulator)
        return await _show(page, db, simulator, Refused(str(bot_id), sentence, isinstance(error, BotUsedElsewhere)), status=error.status)
    return page.go("/bots", toast=page.t("shop.bots.repaired", name=bot.username))


@post("/bots/{bot_id:int}/token", permission=Permission.BOTS)
async def post_token(
    page: ThePage, db: TheDb, *, office: TheOffice, simulator: TheSimulator, bot_id: FromPath[int], data: URLEncodedBody[TokenForm]
) -> Response[bytes]:
    bot = await _get(page, db, bot_id)
    await _count(page, db)
    try:
        await change_token(office, _route(page, bot), Secret(data.token.strip()[:LONGEST_TOKEN]))
    except ValeraError as error:
        sentence = say_trouble(error, page.t, is_simulator=office.is_simulator)
        return await _show(page, db, simulator, Refused(str(bot_id), sentence), status=error.status)
    return page.go("/bots", toast=page.t("shop.bots.token_changed", name=bot.username))


@post("/bots/{bot_id:int}/pause", permission=Permission.BOTS)
async def post_pause(
    page: ThePage, db: TheDb, *, office: TheOffice, simulator: TheSimulator, bot_id: FromPath[int], data: URLEncodedBody[PauseForm]
) -> Response[bytes]:
    bot = await _get(page, db, bot_id)
    if data.is_paused == "yes":
        await pause(db, _route(page, bot))
        return page.go("/bots", toast=page.t("shop.bots.paused", name=bot.username))
    try:
        await resume(db, _route(page, bot))
    except ValeraError as error:
        sentence = say_trouble(error, page.t, is_simulator=office.is_simulator)
        return await _show(page, db, simulator, Refused(str(bot_id), sentence), status=error.status)
    return page.go("/bots", toast=page.t("shop.bots.resumed", name=bot.username))


@post("/bots/{bot_id:int}/removal", permission=Permission.BOTS)
async def post_bot_removal(
    page: ThePage, db: TheDb, *, office: TheOffice, simulator: TheSimulator, bot_id: FromPath[int], data: URLEncodedBody[RemovalForm]
) -> Response[bytes]:
    bot = await _get(page, db, bot_id)
    try:
        await remove(office, _route(page, bot), even_unreachable=data.even_unreachable == "on")
    except ValeraError as error:
        sentence = say_trouble(error, page.t, is_simulator=office.is_simulator)
        refused = Refused(str(bot_id), sentence, can_remove=isinstance(error, TelegramUnreachable))
        return await _show(page, db, simulator, refused, status=error.status)
    return page.go("/bots", toast=page.t("shop.bots.removed", name=bot.username))


@post("/bots/{bot_id:int}/testing", permission=Permission.BOTS)
async def post_testing(page: ThePage, db: TheDb, bot_id: FromPath[int], data: URLEncodedBody[TestingForm]) -> Response[bytes]:
    bot = await _get(page, db, bot_id)
    is_private = data.is_private == "yes"
    async with db.account_tx() as tx:
        await (begin_testing(tx, bot.id) if is_private else end_testing(tx, bot.id))
    return page.go("/bots", toast=page.t("shop.bots.private" if is_private else "shop.bots.public", name=bot.username))


@get("/bots/{bot_id:int}/testers", permission=Permission.BOTS)
async def get_testers(page: ThePage, db: TheDb, bot_id: FromPath[int]) -> Response[bytes]:
    bot = await _get(page, db, bot_id)
    async with db.account_tx() as tx:
        testers = await list_testers(tx, bot.id)
    return page.html("_shop_testers.html", bot_id=bot.id, testers=testers)


@post("/bots/{bot_id:int}/testers/removal", permission=Permission.BOTS)
async def post_tester_removal(page: ThePage, db: TheDb, bot_id: FromPath[int], data: URLEncodedBody[TesterForm]) -> Response[bytes]:
    bot = await _get(page, db, bot_id)
    async with db.account_tx() as tx:
        await remove_tester(tx, bot.id, data.telegram_user_id)
    return page.go("/bots", toast=page.t("shop.bots.tester_removed"))


@get("/bots/{bot_id:int}/qr.svg", permission=Permission.CHATS)
async def get_qr(page: ThePage, db: TheDb, simulator: TheSimulator, bot_id: FromPath[int]) -> Response[bytes]:
    """To print: on the counter, on a card."""
    bot = await _get(page, db, bot_id)
    headers = {"Content-Disposition": f'attachment; filename="{bot.username}.svg"', "X-Content-Type-Options": "nosniff"}
    return Response(qr_file(bot_link(bot.username, bot.telegram_id, simulator)), media_type="image/svg+xml", headers=headers)


HANDLERS: list[Any] = [
    get_bots, post_bot, get_state, post_webhook, post_token, post_pause, post_bot_removal, post_testing, get_testers,
    post_tester_removal, get_qr,
]  # fmt: skip


# ---- steps --------------------------------------------------------------------------------------


async def _show(page: Page, db: Database, simulator: str | None, refused: Refused, *, status: int = 200) -> Response[bytes]:
    async with db.account_tx() as tx:
        notices = await open_notices(tx)
        views = [
            await _view(tx, bot, simulator, tuple(one.explain(page.t.locale) for one in notices if one.bot_id == bot.id))
            for bot in await list_bots(tx)
        ]
    return page.html("shop_bots.html", status=status, bots=views, refused=refused, simulator=simulator)


async def _view(tx: AccountTx, bot: Bot, simulator: str | None, notices: tuple[tuple[str, str], ...]) -> BotView:
    key = await find_test_key(tx, bot.id)
    payload = PREFIX + key if key else ""
    link = bot_link(bot.username, bot.telegram_id, simulator)
    test_link = bot_link(bot.username, bot.telegram_id, simulator, payload) if payload else None
    return BotView(
        id=bot.id,
        username=bot.username,
        state=bot.state,
        is_paused_by_person=bot.paused_at is not None,
        link=link,
        qr=qr_code(link) if simulator is None else None,
        test_link=test_link,
        test_words=f"/start {payload}" if payload else "",
        test_qr=qr_code(test_link) if test_link and simulator is None else None,
        testers=tuple(await list_testers(tx, bot.id)),
        notices=notices,
    )


async def _get(page: Page, db: Database, bot_id: int) -> Bot:
    async with db.account_tx() as tx:
        bot = await find_bot(tx, bot_id)
    if bot is None:
        raise BotNotFound(page.t("shop.bots.none_such"))
    return bot


def _route(page: Page, bot: Bot) -> BotRoute:
    return BotRoute(page.entry.account_id, bot.id, bot.telegram_id, bot.username, bot.state)


async def _count(page: Page, db: Database) -> None:
    await limit(db, ASKING, f"{page.entry.account_id}", now=page.now)
