"""How long the gates look at a reply: one that was never seen, and one whose sentences were said before with other sums and times."""

from __future__ import annotations

import gc
import random
import statistics
import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from valera.reception.briefing.shop import Shop
from valera.reception.gates import review
from valera.reception.gates.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Sequence

ZONE = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 22, 14, 5, tzinfo=ZONE)
PARTS = ("Бампер", "Капот", "Дверь", "Крыло переднее", "Порог", "Крыша", "Багажник", "Зеркало")
LONGEST = 600
SHOP = Shop(
    name="Светлый гараж",
    now=NOW,
    zone=ZONE,
    address="г. Тверь, ул. Лесная, 14",
    phone="+7 482 200-11-22",
    hours="ежедневно 9:00\u201321:00",
    facts={"guarantee": "На покраску даём гарантию 12 месяцев.", "payment": "Принимаем наличные и карты, чек выдаём."},
)
TEMPLATE = """\
Здравствуйте! Вот расчёт для вашей машины:

{rows}

Итого: {total} ₽. Цены предварительные: точная сумма будет известна после осмотра.

Свободное время: {slots}. Мы находимся на ул. Лесной, 14, работаем ежедневно с 9:00 до 21:00, телефон +7 482 200-11-22. \
На покраску даём гарантию 12 месяцев. Принимаем наличные и карты, чек выдаём. Какое время вам удобно?"""


def measure(replies: int = 300) -> dict[str, Any]:
    """Milliseconds a reply, medians and 95th percentiles; every reply is a truthful one that passes."""
    chance = random.Random(5)  # noqa: S311  (nothing secret: the same replies in every run)
    cases = [_reply(chance) for _ in range(replies)]
    for draft, evidence in cases[: replies // 10]:
        assert review(draft, evidence) == (), review(draft, evidence)
    gc.collect()
    fresh = [_took(draft, evidence) for draft, evidence in cases[replies // 10 :]]
    again = [_took(draft, replace(evidence)) for draft, evidence in cases[replies // 10 :]]
    return {"letters": round(statistics.mean(len(draft) for draft, _ in cases)), "new_ms": _spread(fresh), "warm_ms": _spread(again)}


def tell(found: dict[str, Any]) -> list[str]:
    new, warm = found["new_ms"], found["warm_ms"]
    return [
        (
            f"gates: replies of {found['letters']} characters, new sums and times: median {new['p50']} ms, p95 {new['p95']} ms;"
            f" sentences read before: median {warm['p50']} ms, p95 {warm['p95']} ms (to reach: 2 ms)"
        )
    ]


def _took(draft: str, evidence: Evidence) -> float:
    since = time.perf_counter()
    review(draft, evidence)
    return (time.perf_counter() - since) * 1000


def _spread(took: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(took, n=20)
    return {"p50": round(statistics.median(took), 2), "p95": round(cuts[18], 2)}


def _reply(chance: random.Random) -> tuple[str, Evidence]:
    named = [(part, chance.randrange(4, 60) * 500) for part in chance.sample(PARTS, 2)]
    total = sum(amount for _, amount in named)
    starts = sorted({NOW.replace(hour=chance.randrange(9, 20), minute=0) + timedelta(days=chance.randrange(1, 20)) for _ in range(3)})
    rows = [
        {"row": at, "section": "ПОКРАСКА", "name": name, "query": name, "car_class": None, "amount": sum_}
        for at, (name, sum_) in enumerate(named, 1)
    ]
    prices = {"list_version": 1, "found": rows, "total": {"amount": total}, "classes": []}
    slots = {"slots": [{"starts_at": start.isoformat()} for start in starts]}
    draft = TEMPLATE.format(
        rows="\n".join(f"{at}. {name} — {amount:,} ₽".replace(",", " ") for at, (name, amount) in enumerate(named, 1)),
        total=f"{total:,}".replace(",", " "),
        slots="; ".join(f"{start:%d.%m} в {start:%H:%M}" for start in starts),
    )
    return draft[:LONGEST], Evidence.from_journal([("find_prices", {}, prices), ("find_slots", {}, slots)], SHOP, ("сколько стоит?",))
