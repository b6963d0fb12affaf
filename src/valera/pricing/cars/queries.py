"""Statements about a shop's rules from car to class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.kit.db import execute, many
from valera.pricing.cars.rule import CarRule

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


async def list_car_rules(tx: AccountTx) -> list[CarRule]:
    return await many(tx, CarRule, "select subject, make, model, segments, car_classes from car_rules order by subject")


async def upsert_car_rule(tx: AccountTx, rule: CarRule) -> None:
    """One rule for one subject: the new one takes the place of the old."""
    await execute(
        tx,
        """
        insert into car_rules (subject, make, model, segments, car_classes) values ($1, $2, $3, $4, $5)
        on conflict (account_id, subject) do update
           set make = excluded.make, model = excluded.model, segments = excluded.segments, car_classes = excluded.car_classes
        """,
        rule.subject,
        rule.make,
        rule.model,
        rule.segments,
        rule.car_classes,
    )


async def delete_car_rule(tx: AccountTx, subject: str) -> bool:
    """False if there was none. Upper and lower case mean the same."""
    return bool(await execute(tx, "delete from car_rules where lower(subject) = lower($1)", subject))
