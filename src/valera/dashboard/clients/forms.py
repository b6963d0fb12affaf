"""Correcting a card: who it is, and what they drive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, URLEncodedBody

from valera.clients.cards.car import CarLine
from valera.clients.cards.card import get_card
from valera.clients.cards.edit import CardInvalid, CarNotFound, Written, WrittenCar, add_car, add_client, correct, correct_car
from valera.clients.cards.queries import select_cars
from valera.clients.client import ClientNotFound
from valera.dashboard.clients.place import KNOWN, over, sentences
from valera.dashboard.frame.given import TheDb, ThePage
from valera.identity.permission import Permission
from valera.russian.plates import format_plate

if TYPE_CHECKING:
    from valera.dashboard.frame.page import Page
    from valera.kit.db import AccountTx


class CardForm(msgspec.Struct):
    name: str = ""
    phone: str = ""
    note: str = ""


class CarForm(msgspec.Struct):
    make: str = ""
    model: str = ""
    year: str = ""
    plate: str = ""
    vin: str = ""


@get("/clients/new", permission=Permission.CLIENTS, sync_to_thread=False)
def get_new_client(page: ThePage) -> Response[bytes]:
    return _card_form(page, CardForm(), action="/clients", title="clients.new", back="/clients")


@post("/clients", permission=Permission.CLIENTS)
async def post_client(page: ThePage, db: TheDb, data: URLEncodedBody[CardForm]) -> Response[bytes]:
    try:
        async with db.account_tx() as tx:
            client_id = await add_client(tx, _written(data))
    except CardInvalid as wrong:
        return _card_form(page, data, action="/clients", title="clients.new", back="/clients", wrong=wrong)
    return page.go(f"/clients/{client_id}", page.t("clients.added"))


@get("/clients/{client_id:int}/edit", permission=Permission.CLIENTS)
async def get_card_form(page: ThePage, db: TheDb, client_id: FromPath[int]) -> Response[bytes]:
    """Raises ClientNotFound."""
    _require(client_id)
    async with db.account_tx() as tx:
        card = await get_card(tx, client_id)
    form = CardForm(card.name, page.t.phone(card.phone), card.note)
    return _card_form(page, form, action=f"/clients/{client_id}", title="clients.edit", back=f"/clients/{client_id}")


@post("/clients/{client_id:int}", permission=Permission.CLIENTS)
async def post_card(page: ThePage, db: TheDb, client_id: FromPath[int], data: URLEncodedBody[CardForm]) -> Response[bytes]:
    """Raises ClientNotFound."""
    _require(client_id)
    place = f"/clients/{client_id}"
    try:
        async with db.account_tx() as tx:
            await get_card(tx, client_id)
            await correct(tx, client_id, _written(data))
    except CardInvalid as wrong:
        return _card_form(page, data, action=place, title="clients.edit", back=place, wrong=wrong)
    return page.go(place, page.t("clients.saved"))


@get("/clients/{client_id:int}/cars/new", permission=Permission.CLIENTS)
async def get_new_car(page: ThePage, db: TheDb, client_id: FromPath[int]) -> Response[bytes]:
    """Raises ClientNotFound."""
    _require(client_id)
    async with db.account_tx() as tx:
        await get_card(tx, client_id)
    return _car_form(page, CarForm(), client_id, action=f"/clients/{client_id}/cars", title="clients.new_car")


@post("/clients/{client_id:int}/cars", permission=Permission.CLIENTS)
async def post_car(page: ThePage, db: TheDb, client_id: FromPath[int], data: URLEncodedBody[CarForm]) -> Response[bytes]:
    """Raises ClientNotFound."""
    _require(client_id)
    try:
        async with db.account_tx() as tx:
            await get_card(tx, client_id)
            await add_car(tx, client_id, _written_car(data), now=page.now)
    except CardInvalid as wrong:
        return _car_form(page, data, client_id, action=f"/clients/{client_id}/cars", title="clients.new_car", wrong=wrong)
    return page.go(f"/clients/{client_id}", page.t("clients.car_added"))


@get("/clients/{client_id:int}/cars/{car_id:int}/edit", permission=Permission.CLIENTS)
async def get_car_form(page: ThePage, db: TheDb, client_id: FromPath[int], car_id: FromPath[int]) -> Response[bytes]:
    """Raises ClientNotFound, CarNotFound."""
    _require(client_id, car_id)
    async with db.account_tx() as tx:
        car = await _get_car(tx, client_id, car_id)
    form = CarForm(car.make, car.model, str(car.year or ""), format_plate(car.plate) if car.plate else "", car.vin or "")
    return _car_form(page, form, client_id, action=f"/clients/{client_id}/cars/{car_id}", title="clients.edit_car")


@post("/clients/{client_id:int}/cars/{car_id:int}", permission=Permission.CLIENTS)
async def post_car_form(
    page: ThePage, db: TheDb, client_id: FromPath[int], car_id: FromPath[int], data: URLEncodedBody[CarForm]
) -> Response[bytes]:
    """Raises ClientNotFound, CarNotFound."""
    _require(client_id, car_id)
    try:
        async with db.account_tx() as tx:
            await _get_car(tx, client_id, car_id)
            await correct_car(tx, client_id, car_id, _written_car(data), now=page.now)
    except CardInvalid as wrong:
        return _car_form(page, data, client_id, action=f"/clients/{client_id}/cars/{car_id}", title="clients.edit_car", wrong=wrong)
    return page.go(f"/clients/{client_id}", page.t("clients.saved"))


HANDLERS: list[Any] = [
    get_new_client, post_client, get_card_form, post_card, get_new_car, post_car, get_car_form, post_car_form,
]  # fmt: skip


def _require(client_id: int, car_id: int = 1) -> None:
    if client_id not in KNOWN or car_id not in KNOWN:
        raise ClientNotFound("The shop has no such client.")


async def _get_car(tx: AccountTx, client_id: int, car_id: int) -> CarLine:
    await get_card(tx, client_id)
    car = next((car for car in await select_cars(tx, CarLine, client_id) if car.id == car_id), None)
    if car is None:
        raise CarNotFound("The client has no such car.")
    return car


def _written(form: CardForm) -> Written:
    return Written(form.name, form.phone, form.note)


def _written_car(form: CarForm) -> WrittenCar:
    return WrittenCar(form.make, form.model, form.year, form.plate, form.vin)


def _card_form(page: Page, form: CardForm, *, action: str, title: str, back: str, wrong: CardInvalid | None = None) -> Response[bytes]:
    values: dict[str, Any] = {"written": form, "wrong": sentences(page, wrong.fields) if wrong else {}, "action": action}
    return over(page, "_client_form.html", page.t(title), back=back, status=422 if wrong else 200, **values)


def _car_form(page: Page, form: CarForm, client_id: int, *, action: str, title: str, wrong: CardInvalid | None = None) -> Response[bytes]:
    values: dict[str, Any] = {"written": form, "wrong": sentences(page, wrong.fields) if wrong else {}, "action": action}
    return over(page, "_client_car_form.html", page.t(title), back=f"/clients/{client_id}", status=422 if wrong else 200, **values)
