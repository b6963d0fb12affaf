"""The first start: opening a shop, and the four steps after which clients may write."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import available_timezones

import msgspec
from litestar import Response, get, post
from litestar.params import FromQuery, URLEncodedBody

from valera.accounts.fact import list_facts, state_fact
from valera.backoffice.shop import Owner
from valera.bookings.schedule.floor import Bay, free_bay_name, show_floor
from valera.bookings.schedule.hours_grammar import HoursUnreadable
from valera.bookings.schedule.opening_hours import parse_hours
from valera.bookings.schedule.outside import LeavesOut, leaving_nobody_out
from valera.bookings.schedule.queries import select_bays
from valera.bookings.schedule.workshop import open_bay, set_hours
from valera.dashboard.entrance.browser import device_of, give_session
from valera.dashboard.frame.given import TheDb, ThePage, TheSimulator, TheVault
from valera.dashboard.frame.sign_in import TheSignIn
from valera.dashboard.shop.bots.link import bot_link, qr_code
from valera.dashboard.shop.bots.pages import NOT_REFUSED
from valera.dashboard.start.city import cities, find_zone, zones
from valera.dashboard.start.opening import MOST_SHOPS, NewShop, TooManyShops, open_for
from valera.dashboard.start.progress import STEPS, load_progress
from valera.identity.limit import Limit, limit
from valera.identity.membership import find_owner
from valera.identity.permission import Permission
from valera.identity.session import Method, Person, begin_session
from valera.kit.db import account_scope
from valera.kit.errors import Invalid
from valera.telegram.bots.bot import list_bots

if TYPE_CHECKING:
    from valera.accounts.account import AccountName
    from valera.dashboard.frame.page import Page
    from valera.identity.session import Session
    from valera.kit.db import AccountTx, Database
    from valera.telegram.bots.bot import Bot

OPENING = Limit("open_shop", most=MOST_SHOPS, within=timedelta(days=1))
MOST_BAYS = 20
"""At the first start; more are added where bays are named."""

Text = Annotated[str, msgspec.Meta(max_length=300)]


class OpenForm(msgspec.Struct):
    """``zone`` is asked for where the city is in no list of ours."""

    name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    city: Annotated[str, msgspec.Meta(max_length=100)] = ""
    zone: Annotated[str, msgspec.Meta(max_length=60)] = ""


class ShopForm(msgspec.Struct):
    hours: Text = ""
    bays: Annotated[str, msgspec.Meta(max_length=3)] = ""
    phone: Annotated[str, msgspec.Meta(max_length=40)] = ""
    address: Text = ""


# ---- opening a shop -----------------------------------------------------------------------------


@get("/start", permission=Permission.SIGNED_IN)
async def get_open(page: ThePage, simulator: TheSimulator) -> Response[bytes]:
    return _ask(page, OpenForm(), may_open=_may_open(_session(page), simulator))


@post("/start", permission=Permission.SIGNED_IN)
async def post_open(
    page: ThePage, db: TheDb, *, vault: TheVault, simulator: TheSimulator, sign_in: TheSignIn, data: URLEncodedBody[OpenForm]
) -> Response[bytes]:
    session = _session(page)
    if not _may_open(session, simulator):
        return _ask(page, data, may_open=False, status=403)
    name = " ".join(data.name.split())
    zone = find_zone(data.city) or (data.zone if data.zone in available_timezones() else None)
    if not name or zone is None:
        return _ask(page, data, refused=page.t("start.open.no_city" if name else "start.open.no_name"), unknown_city=bool(name), status=422)
    async with db.identity_tx() as tx:
        owned = [shop for shop in await session.shops(tx) if shop.is_owner]
    if len(owned) >= MOST_SHOPS:
        raise TooManyShops(page.t("start.open.too_many", most=MOST_SHOPS))
    await limit(db, OPENING, f"{session.telegram_user_id or session.id}", now=page.now)
    owner = Owner(session.name or page.t("start.open.owner"), session.telegram_user_id)
    try:
        shop = await open_for(db, vault, NewShop(name, zone, page.t.locale), owner)
    except Invalid:
        return _ask(page, data, refused=page.t("start.open.no_name"), status=422)
    response = page.lead(f"/shops/{shop.slug}/start")
    if session.telegram_user_id is None:
        give_session(response, sign_in, await _begin_there(page, db, shop))
    return response


# ---- the four steps -----------------------------------------------------------------------------


@get("/start", permission=Permission.SHOP)
async def get_start(page: ThePage, db: TheDb, simulator: TheSimulator, step: FromQuery[str] = "") -> Response[bytes]:
    return await _show(page, db, simulator, step)


@post("/start/shop", permission=Permission.SHOP)
async def post_shop(page: ThePage, db: TheDb, simulator: TheSimulator, data: URLEncodedBody[ShopForm]) -> Response[bytes]:
    """Hours and bays; phone and address are facts. What is left empty stays as it is."""
    try:
        hours = parse_hours(data.hours, page.t.locale)
    except HoursUnreadable as error:
        return await _show(page, db, simulator, "shop", typed=data, refused=error.detail)
    if not data.bays.isdecimal() or not 1 <= int(data.bays) <= MOST_BAYS:
        return await _show(page, db, simulator, "shop", typed=data, refused=page.t("start.shop.bays_refused", most=MOST_BAYS))
    try:
        async with db.account_tx() as tx, leaving_nobody_out(tx, page.now, is_agreed=False):
            await set_hours(tx, hours)
            await _have_bays(page, tx, int(data.bays))
            for topic, text in (("phone", data.phone.strip()), ("address", data.address.strip())):
                if text:
                    await state_fact(tx, topic, text)
    except LeavesOut:
        return await _show(page, db, simulator, "shop", typed=data, refused=page.t("start.shop.left_out"))
    return page.go("/start", toast=page.t("start.saved"))


@get("/start/talked", permission=Permission.SHOP)
async def get_talked(page: ThePage, db: TheDb) -> Response[bytes]:
    """Whether the assistant has answered somebody by now."""
    async with db.account_tx() as tx:
        progress = await load_progress(tx)
    return page.html("_start_talked.html", progress=progress)


@get("/start/strip", permission=Permission.SHOP)
async def get_strip(page: ThePage, db: TheDb) -> Response[bytes]:
    """On the pages of the steps: the way back to the first start, until it is over."""
    async with db.account_tx() as tx:
        progress = await load_progress(tx)
    return page.html("_start_strip.html", progress=progress)


# ---- empty pages that teach ---------------------------------------------------------------------


@get("/start/no-chats", permission=Permission.CHATS)
async def get_no_chats(page: ThePage, db: TheDb, simulator: TheSimulator) -> Response[bytes]:
    async with db.account_tx() as tx:
        bot, progress = _first(await list_bots(tx)), await load_progress(tx)
    return page.html("_start_no_chats.html", progress=progress, **_reached(bot, simulator))


@get("/start/no-bookings", permission=Permission.BOOKINGS)
async def get_no_bookings(page: ThePage, db: TheDb) -> Response[bytes]:
    async with db.account_tx() as tx:
        progress = await load_progress(tx)
        floor = await show_floor(tx, page.now.astimezone(page.zone).date(), page.t.locale)
    return page.html("_start_no_bookings.html", progress=progress, floor=floor, bays=[bay.name for bay in floor.bays if bay.is_open])


HANDLERS: list[Any] = [get_start, post_shop, get_talked, get_strip, get_no_chats, get_no_bookings]
OUTSIDE: list[Any] = [get_open, post_open]


# ---- steps --------------------------------------------------------------------------------------


def _session(page: Page) -> Session:
    """Whoever the guard has let in outside of a shop."""
    return page.request.scope["state"]["who"]


async def _begin_there(page: Page, db: Database, shop: AccountName) -> str:
    """In the demo nobody is known to Telegram: whoever opened the shop goes on as its owner."""
    with account_scope(shop.id):
        async with db.account_tx() as own:
            owner = await find_owner(own)
    person = Person(account_id=shop.id, member_id=owner.id if owner else None)
    async with db.identity_tx() as tx:
        return await begin_session(tx, person, method=Method.DEMO, now=page.now, device=device_of(page))


def _may_open(session: Session, simulator: str | None) -> bool:
    """A shop needs somebody who can come back to it: whom Telegram vouches for, or anybody where all is a demo."""
    return session.telegram_user_id is not None or simulator is not None


def _ask(
    page: Page, typed: OpenForm, *, may_open: bool = True, refused: str = "", unknown_city: bool = False, status: int = 200
) -> Response[bytes]:
    shown: dict[str, Any] = {"may_open": may_open, "refused": refused, "unknown_city": unknown_city, "typed": typed}
    return page.html("start_open.html", status=status, cities=list(cities()), zones=zones(), **shown)


async def _show(
    page: Page, db: Database, simulator: str | None, step: str, *, typed: ShopForm | None = None, refused: str = ""
) -> Response[bytes]:
    async with db.account_tx() as tx:
        progress = await load_progress(tx)
        bots = await list_bots(tx)
        facts = await list_facts(tx)
        floor = await show_floor(tx, page.now.astimezone(page.zone).date(), page.t.locale)
    stated = ShopForm(
        floor.hours if progress.has_hours else page.t("start.shop.usual_hours"),
        str(sum(bay.is_open for bay in floor.bays) if progress.has_hours else 2),
        facts.get("phone", ""),
        facts.get("address", ""),
    )
    shown: dict[str, Any] = _reached(_first(bots), simulator) | {
        "progress": progress,
        "steps": STEPS,
        "step": step if step in STEPS else progress.next_step,
        "typed": typed or stated,
        "trouble": refused,
        "refused": NOT_REFUSED,
        "bots": bots,
        "simulator": simulator,
        "sentences": [page.t(f"start.talk.try_{number}") for number in (1, 2, 3)],
    }
    return page.html("start.html", status=422 if refused else 200, **shown)


def _reached(bot: Bot | None, simulator: str | None) -> dict[str, Any]:
    """The bot's address, and its picture where a telephone could use it."""
    link = bot_link(bot.username, bot.telegram_id, simulator) if bot else ""
    return {"bot": bot, "link": link, "qr": qr_code(link) if bot and simulator is None else None}


def _first(bots: list[Bot]) -> Bot | None:
    return next((bot for bot in bots if bot.state == "active"), bots[0] if bots else None)


async def _have_bays(page: Page, tx: AccountTx, wanted: int) -> None:
    """As many open ones as are wanted; none is closed here."""
    missing = wanted - sum(bay.is_open for bay in await select_bays(tx, Bay))
    number = 0
    while missing > 0:
        number += 1
        name = page.t("start.shop.bay", number=number)
        if all(bay.name.casefold() != name.casefold() for bay in await select_bays(tx, Bay)):
            await open_bay(tx, await free_bay_name(tx, name))
            missing -= 1
