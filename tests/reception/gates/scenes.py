"""What tools returned, what the shop says of itself: the evidence that the tables of truths and lies are read against."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from valera.reception.briefing.shop import BookingLine, Shop
from valera.reception.gates.evidence import Evidence

ZONE = ZoneInfo("Europe/Moscow")
SUNDAY = datetime(2026, 11, 22, 14, 5, tzinfo=ZONE)
SHOP = Shop(
    name="Светлый гараж",
    now=SUNDAY,
    zone=ZONE,
    address="г. Тверь, ул. Лесная, 14",
    phone="+7 482 200-11-22",
    hours="ежедневно 9:00\u201321:00",
    facts={"payment": "Принимаем наличные и карты, чек выдаём.", "guarantee": "На покраску даём гарантию 12 месяцев."},
)
PRELIMINARY = "Цены предварительные: точная сумма будет известна после осмотра."
CLASSES = [
    {"name": "1 класс", "description": "малые"},
    {"name": "2 класс", "description": "бизнес"},
    {"name": "3 класс", "description": "джипы"},
]


def row(
    name: str, amount: int, *, car_class: str | None = "2 класс", section: str = "ПОКРАСКА", query: str = "", **more: object
) -> dict[str, object]:
    price = {
        "item_id": 1,
        "row": 1,
        "section": section,
        "name": name,
        "query": query or name.lower(),
        "car_class": car_class,
        "amount": amount,
    }
    return price | {"upto": None, "is_from": False, "text": f"{name}, {car_class}: {amount} ₽"} | more


def prices(*found: dict[str, object], total: int | None = None, car: bool = True, **more: object) -> dict[str, object]:
    summed = {"amount": total, "upto": None, "is_from": False, "count": len(found), "text": f"Итого: {total} ₽"} if total else None
    known = {"make": "Toyota", "model": "Camry", "car_class": "2 класс"} if car else None
    shape = {"list_version": 3, "currency": "RUB", "found": list(found), "by_class": [], "choose": [], "missing": [], "not_for_class": []}
    return shape | {"class_needed": False, "classes": CLASSES, "car": known, "total": summed, "preliminary": PRELIMINARY} | more


def slot(key: str, starts_at: str, text: str) -> dict[str, str]:
    return {"slot_id": key, "starts_at": f"{starts_at}:00+03:00", "text": text, "label": text}


THREE = ("find_prices", {}, prices(row("Бампер", 20000), row("Капот", 25000), total=45000))
ONE = ("find_prices", {}, prices(row("Бампер", 20000, query="покрасить бампер")))
FROM = ("find_prices", {}, prices(row("Ремонт сколов и царапин", 1000, car_class=None, section="УСЛУГИ", is_from=True)))
RANGE = ("find_prices", {}, prices(row("Полировка кузова", 8000, car_class=None, section="", upto=12000), car=False))
CELLS = [
    {"car_class": f"{n} класс", "amount": amount, "upto": None, "is_from": False, "text": ""}
    for n, amount in ((1, 18000), (2, 20000), (3, 22000))
]
BY_CLASS = (
    "find_prices",
    {},
    prices(
        car=False,
        class_needed=True,
        by_class=[{"item_id": 1, "row": 1, "section": "ПОКРАСКА", "name": "Бампер", "query": "бампер", "prices": CELLS}],
    ),
)
SLOTS = (
    "find_slots",
    {},
    {
        "wish": {"text": "понедельник, 23 ноября, 11:00", "exact": True},
        "exact_match": False,
        "reason": "taken",
        "reason_text": "Это время уже занято.",
        "slots": [
            slot("a", "2026-11-23T12:00", "понедельник, 23 ноября, 12:00"),
            slot("b", "2026-11-23T15:30", "понедельник, 23 ноября, 15:30"),
            slot("c", "2026-11-24T10:00", "вторник, 24 ноября, 10:00"),
        ],
        "question": None,
        "duration_minutes": 90,
    },
)
MOMENT = {"starts_at": "2026-11-23T12:00:00+03:00", "text": "понедельник, 23 ноября, 12:00"}
HELD = (
    "hold_slot",
    {},
    {
        "proposal": {
            "key": "p",
            "kind": "book",
            "service": "Покраска",
            "number": None,
            "expires_at": "2026-11-22T14:15:00+03:00",
            "previous": None,
        }
        | MOMENT
    },
)
CALLED = ("call_human", {}, {"called": True})
LINE = BookingLine(12, datetime(2026, 11, 23, 12, 0, tzinfo=ZONE), "понедельник, 23 ноября, 12:00", "Покраска")
BOOKED = replace(SHOP, bookings=(LINE,))
ACCEPTED = ("accept", {}, {"committed": {"kind": "book", "number": 12, "starts_at": "2026-11-23T12:00:00+03:00"}})
MOVED = ("accept", {}, {"committed": {"kind": "move", "number": 12, "starts_at": "2026-11-24T10:00:00+03:00"}})
CANCELLED = ("accept", {}, {"committed": {"kind": "cancel", "number": 12, "starts_at": "2026-11-23T12:00:00+03:00"}})
NOTHING = Evidence.from_journal((), SHOP, ())


def seen(*steps: object, shop: object = SHOP, said: tuple[str, ...] = ()) -> Evidence:
    return Evidence.from_journal(steps, shop, said)  # type: ignore[arg-type]


RICH = replace(
    SHOP,
    facts={
        "payment": "Принимаем наличные и карты, чек выдаём.",
        "guarantee": "На покраску даём гарантию 12 месяцев.",
        "discount": "При покраске трёх деталей и больше скидка 10 %.",
        "diagnostics": "Диагностика бесплатно, если ремонт делаем мы.",
        "evacuator": "Эвакуатор по городу 3 000 ₽.",
        "terms": "Покраска одной детали занимает 2 дня.",
        "site": "Сайт https://garage.example, канал @svetly_garage, почта info@garage.example.",
        "directions": "Заезд с улицы Полевой, за шлагбаумом направо, бокс 3.",
    },
)
SAVED = ("save_client", {}, {"saved": {"name": "Ирина", "phone": "+7 916 123-45-67", "car": "Toyota Camry"}})
CALL_BACK = ("call_back", {}, {"committed": {"kind": "call_back", "phone": "+79161234567", "starts_at": "2026-11-22T18:00:00+03:00"}})
WAITLIST = ("join_waitlist", {}, {"committed": {"kind": "waitlist", "starts_at": "2026-11-24T10:00:00+03:00", "service": "Покраска"}})
REQUESTED = ("request_booking", {}, {"committed": {"kind": "request", "number": 31, "service": "Покраска"}})
SCENES: dict[str, tuple[object, ...]] = {
    "nothing": (),
    "one": (ONE,),
    "three": (THREE,),
    "from": (FROM,),
    "range": (RANGE,),
    "by_class": (BY_CLASS,),
    "slots": (SLOTS,),
    "held": (SLOTS, HELD),
    "priced_slots": (ONE, SLOTS),
    "called": (CALLED,),
    "saved": (SAVED,),
    "call_back": (CALL_BACK,),
    "waitlist": (WAITLIST,),
    "requested": (REQUESTED,),
    "moved": (MOVED,),
    "cancelled": (CANCELLED,),
    "accepted": (ACCEPTED,),
}
SHOPS = {"plain": SHOP, "rich": RICH, "booked": BOOKED}


@dataclass(frozen=True)
class Row:
    """One draft of a table with what stood behind it. ``is_old``: it was written before the gates were changed for the table."""

    draft: str
    evidence: Evidence
    is_old: bool


def read_table(name: str) -> list[Row]:
    entries = tomllib.loads(Path(__file__).with_name(name).read_text("utf-8"))["say"]
    return [
        Row(
            draft,
            seen(*SCENES[entry["scene"]], shop=SHOPS[entry.get("shop", "plain")], said=tuple(entry.get("said", ()))),
            bool(entry.get("before")),
        )
        for entry in entries
        for draft in entry["drafts"]
    ]
