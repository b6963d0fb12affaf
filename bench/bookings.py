"""A busy shop: how fast free times are found in a year of bookings, and a hundred clients who want the same hour of three bays."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bench.figures import milliseconds, spread
from valera.assistant.tools import Done, ToolContext
from valera.backoffice.shop import ShopPlan, open_shop
from valera.bookings.life.change import SlotTaken
from valera.bookings.proposals.decide import accept
from valera.bookings.proposals.offer import Purpose, offer
from valera.bookings.proposals.propose import take_offer
from valera.bookings.schedule.opening_hours import parse_hours
from valera.bookings.schedule.works import plan_work
from valera.bookings.tools.looking import FIND_SLOTS, FindSlots
from valera.kit.db import Database, DatabaseUnavailable, account_scope
from valera.pricing.price_import import read_price_list

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bench.cluster import Cluster
    from valera.kit.db import AccountId

ZONE = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 25, 7, 20, tzinfo=UTC)
SECTIONS, ROWS = 50, 100
BAYS, A_DAY, DAYS_BEFORE, DAYS_AHEAD = 10, 60, 305, 60
CROWD, CROWD_BAYS, POOL = 100, 3, 10
WISHES = (
    "завтра в 11",
    "в субботу после обеда",
    "на следующей неделе",
    "сегодня до шести",
    "через неделю вечером",
    "28-го",
    "в любой день кроме субботы",
    "в конце декабря утром",
    "завтра к открытию",
    "в январе",
    None,
)
SERVICES = ("Работа 17-42", "деталь 33", "полировка", "", "Раздел 12")

PLANT = """
insert into bookings (account_id, status, number, bay_id, during, service_type)
select $1, case when day < $2::date then 'done' else 'confirmed' end, row_number() over (), bay,
       tstzrange(since, since + '1 hour 40 minutes'), 'Работа'
  from generate_series($2::date - $3::int, $2::date + $4::int, '1 day') as day,
       (select id as bay, row_number() over (order by id) as place from bays where account_id = $1) bays,
       generate_series(0, 5) as shift,
       lateral (select (day + '9 hours'::interval + shift * '2 hours'::interval) at time zone 'Europe/Moscow' as since) began
 where (extract(doy from day)::int * 7 + place * 3 + shift * 5) % 60 < $5
"""
PEOPLE = """
with people as (insert into clients (account_id, name) select $1, 'Клиент ' || n from generate_series(1, $2::int) as n returning id),
     chats as (insert into chats (account_id, bot_id, telegram_chat_id, client_id)
               select $1, $3, 1000 + row_number() over (), id from people returning id, client_id)
insert into messages (account_id, chat_id, role, content) select $1, id, 'assistant', 'Когда вам удобно?' from chats
returning chat_id, (select client_id from chats c where c.id = chat_id) as client_id, id as message_id
"""
BOT = """
insert into bots (account_id, telegram_id, username, token, webhook_key, webhook_secret_hash)
values ($1, 1, 'bench_bookings_bot', 'sealed', 'bench-bookings-webhook-key', sha256('x')) returning id
"""


@dataclass(frozen=True, slots=True)
class Shop:
    """A busy one."""

    cluster: Cluster
    name: str
    db: Database
    account_id: AccountId

    async def administer(self, statement: str, *values: object) -> list[Any]:
        return await self.cluster.administer(statement, *values, database=self.name)


async def measure(cluster: Cluster, rounds: int) -> dict[str, Any]:
    async with _opened(cluster, "bench_slots", bays=BAYS) as shop, _scope(shop):
        await shop.administer(PLANT, shop.account_id, NOW.date(), DAYS_BEFORE, DAYS_AHEAD, A_DAY)
        await shop.administer("analyze")
        [(planted,)] = await shop.administer("select count(*) from bookings")
        slots = await _find(shop, rounds)
    async with _opened(cluster, "bench_crowd", bays=CROWD_BAYS) as shop, _scope(shop):
        crowd = await _crowd(shop, rounds)
    return {"find_slots": slots | {"bookings": planted, "items": SECTIONS * ROWS}, "crowd": crowd}


async def _find(shop: Shop, rounds: int) -> dict[str, Any]:
    [bot] = await shop.administer(BOT, shop.account_id)
    [person] = await shop.administer(PEOPLE, shop.account_id, 1, bot["id"])
    context = ToolContext(person["chat_id"], person["client_id"], 0, NOW, ZONE, "ru")
    times: list[float] = []
    await _read_list(shop)
    for turn in range(rounds * 20 + 1):
        for number, when in enumerate(WISHES):
            since = time.perf_counter()
            async with shop.db.account_tx() as tx:
                found = await FIND_SLOTS.run(tx, context, FindSlots(when, SERVICES[(turn + number) % len(SERVICES)]))
            if turn:
                times.append((time.perf_counter() - since) * 1000)
            if not isinstance(found, Done) or not found.content["slots"]:
                raise RuntimeError(f"{when}: nothing was found in a shop that has room: {found}")
    p95 = sorted(times)[int(len(times) * 0.95)]
    return {"searches": len(times), "p95_ms": round(p95, 2), **milliseconds(times)}


async def _read_list(shop: Shop) -> None:
    """The list's index is made once in the life of a process, and not while a statement waits."""
    with contextlib.suppress(DatabaseUnavailable):
        async with shop.db.account_tx() as tx:
            await plan_work(tx, SERVICES[0])


async def _crowd(shop: Shop, rounds: int) -> dict[str, Any]:
    """Each round another hour: everybody presses its button at once, and who got it says yes."""
    [bot] = await shop.administer(BOT, shop.account_id)
    people = await shop.administer(PEOPLE, shop.account_id, CROWD, bot["id"])
    presses: list[float] = []
    booked: list[int] = []
    for round_no in range(rounds):
        start = NOW + timedelta(days=1 + round_no // 4, hours=2 * (round_no % 4))
        outcomes = await asyncio.gather(*[_press(shop, person, presses) for person in await _offered(shop, people, start)])
        booked.append(sum(outcomes))
    [(together,)] = await shop.administer("select count(*) from bookings where status = 'confirmed'")
    outcome = {"clients": CROWD, "bays": CROWD_BAYS, "rounds": rounds, "booked": sorted(set(booked)), "in_all": together}
    return outcome | milliseconds(presses)


async def _offered(shop: Shop, people: list[Any], start: datetime) -> list[tuple[Any, str]]:
    async with shop.db.account_tx() as tx:
        return [(who, (await offer(tx, who["chat_id"], [start], Purpose("", 60), now=NOW, hours=24))[0].key) for who in people]


async def _press(shop: Shop, person: tuple[Any, str], presses: list[float]) -> bool:
    who, key = person
    since = time.perf_counter()
    try:
        async with shop.db.account_tx() as tx:
            proposal = await take_offer(tx, chat_id=who["chat_id"], client_id=who["client_id"], offer_key=key, turn_id=None, now=NOW)
    except SlotTaken:
        return False
    finally:
        presses.append((time.perf_counter() - since) * 1000)
    async with shop.db.account_tx() as tx:
        await accept(tx, chat_id=who["chat_id"], key=proposal.key, message_id=who["message_id"], now=NOW)
    return True


@contextlib.asynccontextmanager
async def _opened(cluster: Cluster, name: str, *, bays: int) -> AsyncIterator[Shop]:
    sections = (f"РАЗДЕЛ {section};\n{''.join(_rows(section))}" for section in range(SECTIONS))
    prices = read_price_list(("Наименование;Цена\n" + "".join(sections)).encode(), source="bench.csv")
    plan = ShopPlan("Замер", "Europe/Moscow", parse_hours("пн-вс 9-21"), bays, slug="bench", prices=prices)
    async with cluster.database(name):
        db = Database(cluster.url(name), max_size=POOL)
        await db.open()
        try:
            shop = await open_shop(db, cluster.vault(), plan)
            yield Shop(cluster, name, db, shop.id)
        finally:
            await db.close()


def _rows(section: int) -> list[str]:
    return [f"Работа {section}-{row} деталь {row};{1000 + row}\n" for row in range(ROWS)]


@contextlib.asynccontextmanager
async def _scope(shop: Shop) -> AsyncIterator[None]:
    with account_scope(shop.account_id):
        yield


def tell(found: dict[str, Any]) -> list[str]:
    slots, crowd = found["find_slots"], found["crowd"]
    size = f"{slots['items']} price items, {slots['bookings']} bookings, {slots['searches']} searches"
    wanted = f"{crowd['clients']} clients at once for one hour of {crowd['bays']} bays, {crowd['rounds']} times: booked {crowd['booked']}"
    return [
        f"find_slots    {size}: p50 {slots['p50_ms']:.1f}  p95 {slots['p95_ms']:.1f}  p99 {slots['p99_ms']:.1f} ms",
        f"crowd         {wanted}, {spread(crowd)}",
    ]
