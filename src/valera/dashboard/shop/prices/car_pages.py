"""The shop's own rules from car to class, and a try: of which class a car is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromQuery, URLEncodedBody

from valera.dashboard.frame.given import TheDb, ThePage
from valera.identity.permission import Permission
from valera.kit.errors import Invalid, NotFound
from valera.pricing.queries import current_price_list
from valera.pricing.vocabulary import fold

if TYPE_CHECKING:
    from valera.dashboard.frame.page import Page
    from valera.kit.db import AccountTx, Database
    from valera.pricing.cars.rule import CarRule
    from valera.pricing.price_list import CarClass

Subject = Annotated[str, msgspec.Meta(max_length=100)]


class CarRuleNotFound(NotFound):
    """No rule is about this."""


class RuleForm(msgspec.Struct):
    """``car_class``: one of the list in force."""

    subject: Subject
    car_class: Annotated[str, msgspec.Meta(max_length=100)]


class RemovalForm(msgspec.Struct):
    subject: Subject


@dataclass(frozen=True, slots=True)
class RuleView:
    """``rests``: the list in force has no such class."""

    subject: str
    car_classes: tuple[str, ...]
    rests: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """``car``: as the dictionary knows it; ``found`` None: nobody can tell its class, and the client is asked."""

    asked: str
    car: str
    found: str | None
    is_ruled: bool


@get("/prices/cars", permission=Permission.SHOP)
async def get_cars(page: ThePage, db: TheDb, q: FromQuery[str] = "") -> Response[bytes]:
    return await _show(page, db, asked=q[:100])


@post("/prices/cars", permission=Permission.SHOP)
async def post_car(page: ThePage, db: TheDb, data: URLEncodedBody[RuleForm]) -> Response[bytes]:
    await _warm_up()
    from valera.pricing.cars.queries import upsert_car_rule
    from valera.pricing.cars.rule import read_rule

    async with db.account_tx() as tx:
        named = next((one.name for one in await _classes(tx) if fold(one.name) == fold(data.car_class)), None)
        try:
            rule = read_rule(data.subject, (named,)) if named else None
        except Invalid:
            rule = None
        if rule is not None:
            await upsert_car_rule(tx, rule)
    if rule is None:
        return await _show(page, db, refused=page.t("shop.cars.no_subject" if named else "shop.cars.no_class"), subject=data.subject)
    return page.go("/prices/cars", toast=page.t("shop.cars.saved", subject=rule.subject, car_class=", ".join(rule.car_classes)))


@post("/prices/cars/removal", permission=Permission.SHOP)
async def post_car_removal(page: ThePage, db: TheDb, data: URLEncodedBody[RemovalForm]) -> Response[bytes]:
    from valera.pricing.cars.queries import delete_car_rule

    async with db.account_tx() as tx:
        if not await delete_car_rule(tx, data.subject):
            raise CarRuleNotFound(page.t("shop.cars.no_rule"))
    return page.go("/prices/cars", toast=page.t("shop.cars.removed", subject=data.subject))


HANDLERS: list[Any] = [get_cars, post_car, post_car_removal]


async def _show(page: Page, db: Database, *, asked: str = "", refused: str = "", subject: str = "") -> Response[bytes]:
    from valera.pricing.cars.queries import list_car_rules

    async with db.account_tx() as tx:
        classes = await _classes(tx)
        rules = await list_car_rules(tx)
    known = {fold(entry.name) for entry in classes}
    views = [RuleView(rule.subject, rule.car_classes, not any(fold(name) in known for name in rule.car_classes)) for rule in rules]
    tried = await asyncio.to_thread(_try, asked, classes, rules) if asked.strip() and classes else None
    status = 422 if refused else 200
    return page.html(
        "shop_cars.html", status=status, rules=views, classes=classes, tried=tried, asked=asked, refused=refused, subject=subject
    )


def _try(asked: str, classes: tuple[CarClass, ...], rules: list[CarRule]) -> Tried:
    from valera.pricing.car_class import class_for_car, read_class
    from valera.pricing.cars.rule import find_own_names, ruled
    from valera.russian.cars import find_car

    car = next(find_own_names(rules, asked), None) or find_car(asked)
    found = class_for_car(classes, car, rules) if car else read_class(classes, asked, rules)
    name = f"{car.make} {car.model or ''}".strip() if car else ""
    return Tried(asked, name, found.name if found else None, bool(car and ruled(rules, classes, car)))


async def _warm_up() -> None:
    """Dictionaries are read before a transaction: it must not stand idle meanwhile."""
    from valera.russian.readiness import warm_up

    await asyncio.to_thread(warm_up)


async def _classes(tx: AccountTx) -> tuple[CarClass, ...]:
    price_list = await current_price_list(tx)
    return price_list.classes if price_list else ()
