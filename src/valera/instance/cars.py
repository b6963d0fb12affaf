"""What an operator does with a shop's rules from car to class."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from valera.accounts.account import get_account_by_slug
from valera.instance.database import open_database
from valera.kit.db import account_scope
from valera.kit.errors import Invalid, NotFound
from valera.pricing.car_class import class_for_car, read_class
from valera.pricing.cars.queries import delete_car_rule, list_car_rules, upsert_car_rule
from valera.pricing.cars.rule import find_own_names, read_rule, ruled
from valera.pricing.queries import current_price_list
from valera.pricing.vocabulary import fold
from valera.russian.cars import find_car
from valera.russian.readiness import warm_up

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from valera.kit.db import AccountTx
    from valera.pricing.cars.rule import CarRule
    from valera.pricing.price_list import CarClass
    from valera.settings import Settings


class CarRuleNotFound(NotFound):
    """No rule is about this."""


@asynccontextmanager
async def _shop(settings: Settings, slug: str) -> AsyncIterator[AccountTx]:
    """The dictionaries are read before the transaction: it must not stand idle meanwhile."""
    warm_up()
    async with open_database(settings) as db:
        async with db.identity_tx() as tx:
            account = await get_account_by_slug(tx, slug)
        with account_scope(account.id):
            async with db.account_tx() as own:
                yield own


async def list_rules(settings: Settings, *, slug: str) -> list[str]:
    """A rule whose class the list in force does not have is said to rest."""
    async with _shop(settings, slug) as tx:
        rules, classes = await list_car_rules(tx), await _classes(tx)
    if not rules:
        return [f"{slug} has no rules of its own: its list and the dictionary decide."]
    return [_told(rule, classes) for rule in rules]


async def set_rule(settings: Settings, *, slug: str, subject: str, named: Sequence[str]) -> str:
    """Raises Invalid for a class that the list in force does not have."""
    async with _shop(settings, slug) as tx:
        classes = await _classes(tx)
        rule = read_rule(subject, tuple(_class_named(classes, name) for name in named))
        await upsert_car_rule(tx, rule)
    about = "a name that only this shop knows" if rule.is_own_name else ", ".join(filter(None, (rule.make, rule.model, *rule.segments)))
    return f"{_told(rule, classes)}. Understood as: {about}."


async def remove_rule(settings: Settings, *, slug: str, subject: str) -> str:
    async with _shop(settings, slug) as tx:
        rule = read_rule(subject, ())
        if not await delete_car_rule(tx, rule.subject):
            raise CarRuleNotFound(f"{slug} has no rule about {rule.subject!r}. `valera cars list --shop {slug}` shows those it has.")
    return f"{slug} has no rule about {rule.subject!r} any more."


async def tell_class(settings: Settings, *, slug: str, text: str) -> str:
    """As a client's car is understood, and by what."""
    async with _shop(settings, slug) as tx:
        rules, classes = await list_car_rules(tx), await _classes(tx)
    car = next(find_own_names(rules, text), None) or find_car(text)
    found = class_for_car(classes, car, rules) if car else read_class(classes, text, rules)
    name = f"{car.make} {car.model or ''}".strip() if car else "no car that the dictionary knows"
    if found is None:
        return f"{name}: nobody can tell its class, so the client is asked."
    source = (
        "a rule of the shop" if car and ruled(rules, classes, car) else "the shop's list and the dictionary" if car else "its own words"
    )
    return f"{name}: {found.name}, by {source}."


async def _classes(tx: AccountTx) -> tuple[CarClass, ...]:
    price_list = await current_price_list(tx)
    return price_list.classes if price_list else ()


def _class_named(classes: tuple[CarClass, ...], name: str) -> str:
    exact = next((entry for entry in classes if fold(entry.name) == fold(name)), None)
    found = exact or read_class(classes, name)
    if found is None:
        known = ", ".join(entry.name for entry in classes) or "none: its prices are the same for every car"
        raise Invalid(f"The shop's list has no class {name!r}. Its classes are {known}.")
    return found.name


def _told(rule: CarRule, classes: tuple[CarClass, ...]) -> str:
    known = {fold(entry.name) for entry in classes}
    rests = "" if any(fold(name) in known for name in rule.car_classes) else "  (rests: the list in force has no such class)"
    return f"{rule.subject}: {', '.join(rule.car_classes)}{rests}"
