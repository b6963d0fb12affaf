"""A summary: which messages it stands for, and what is known from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from valera.reception.briefing.shop import Shop, block
from valera.reception.briefing.summary.facts import Facts, Told

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Summary:
    """Of the ``messages`` messages ``from_id`` to ``upto_id`` of one chat."""

    from_id: int
    upto_id: int
    messages: int
    first_at: datetime
    last_at: datetime
    content: Facts

    def render(self, shop: Shop, list_version: int | None) -> str:
        """For a model. Sums are named only if they are of the list in force: of others, which works were asked about."""
        return block("earlier", self._lines(shop, list_version))

    def evidence(self, list_version: int | None) -> list[tuple[str, dict[str, object], dict[str, object] | str]]:
        """The sums that a tool returned and the client was told, as the gates read a tool's result; none of another list."""
        return [("find_prices", {}, _as_result(told)) for told in self.content.told if told.list_version == list_version]

    def _lines(self, shop: Shop, list_version: int | None) -> Iterator[tuple[str, str]]:
        facts = self.content
        said = f"{facts.by_client} by the client, {facts.by_assistant} by the assistant, {facts.by_staff} by the staff"
        when = f"{self._on(self.first_at, shop)} to {self._on(self.last_at, shop)}"
        yield "messages", f"{self.messages} (from {self.from_id} to {self.upto_id}), {when}; {said}"
        if facts.asked:
            yield "asked_about", "; ".join(asked.name for asked in facts.asked)
        for told in facts.told:
            if told.list_version == list_version:
                yield "price_told", self._price(told, shop)
        for booked in facts.booked:
            starts_at = booked.starts_at.astimezone(shop.zone).isoformat(timespec="minutes")
            yield "booking", f"{booked.number} | {booked.event} {self._on(booked.at, shop)} | {booked.service} | {starts_at}"
        for missing in facts.missing:
            yield "not_in_list", f"{missing.text} | {self._on(missing.at, shop)} | turn {missing.message}"
        for word in facts.staff:
            yield "staff_said", f"{word.text} | {self._on(word.at, shop)} | message {word.message}"
        if facts.human_called_at is not None:
            yield "human_called", self._on(facts.human_called_at, shop)

    def _price(self, told: Told, shop: Shop) -> str:
        amount = f"{'from ' if told.is_from else ''}{told.amount}{'' if told.upto is None else f' to {told.upto}'} {told.currency}"
        car = " ".join(filter(None, (told.make, told.model)))
        parts = (told.name, told.car_class, car, amount, self._on(told.at, shop), f"turn {told.turn}")
        return " | ".join(part for part in parts if part)

    def _on(self, moment: datetime, shop: Shop) -> str:
        return moment.astimezone(shop.zone).date().isoformat()


def _as_result(told: Told) -> dict[str, Any]:
    row: dict[str, Any] = {"section": told.section, "name": told.name}
    cell: dict[str, Any] = {"car_class": told.car_class, "amount": told.amount, "upto": told.upto, "is_from": told.is_from}
    car = {"make": told.make, "model": told.model} if told.make or told.model else None
    if told.is_decided:
        return {"found": [row | cell], "car": car}
    return {"by_class": [row | {"prices": [cell]}], "car": car}
