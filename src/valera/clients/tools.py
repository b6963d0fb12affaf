"""What the assistant may note about the client it talks to."""

from __future__ import annotations

import msgspec

from valera.assistant.tools import Done, Failed, Tool, ToolContext
from valera.clients import queries
from valera.clients.client import Vehicle
from valera.kit.db import AccountTx
from valera.kit.phrases import Phrases
from valera.russian.cars import find_car
from valera.russian.phones import find_phone, format_phone
from valera.russian.plates import find_plates, format_plate

PHRASES = Phrases.load("valera.clients")
MAX_NAME = 100
MOST_NAMES = 4


class SaveClient(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str | None = None
    phone: str | None = None
    car: str | None = None
    year: int | None = None
    plate: str | None = None


async def _save_client(tx: AccountTx, context: ToolContext, args: SaveClient) -> Done | Failed:
    phone = find_phone(args.phone) if args.phone else None
    if args.phone and phone is None:
        return Failed(PHRASES.say(context.locale, "phone_unreadable"))
    name = _name(args.name) if args.name else None
    saved: dict[str, str] = {}
    if name:
        saved["name"] = name
    if phone is not None:
        saved["phone"] = format_phone(phone.e164)
    if name or phone is not None:
        await queries.update_client(tx, context.client_id, name=name or None, phone=phone.e164 if phone else None)
    if args.car or args.plate or args.year:
        saved |= await _save_vehicle(tx, context, args)
    return Done({"saved": saved})


async def _save_vehicle(tx: AccountTx, context: ToolContext, args: SaveClient) -> dict[str, str]:
    """The car as the dictionary names it, else in the client's own words, for code repeats it to him; a plate or year alone belongs to
    the car spoken of last.
    """
    car = find_car(args.car) if args.car else await queries.select_latest_vehicle(tx, Vehicle, context.client_id)
    own = " ".join((args.car or "").split())[:MAX_NAME]
    if car is None and own and not await queries.has_written(tx, context.chat_id, own):
        own = ""
    make, model = (car.make, car.model or "") if car else (own, "")
    plates = find_plates(args.plate) if args.plate else ()
    plate = plates[0].text if plates else None
    year = args.year if args.year and 1900 <= args.year <= context.now.year + 1 else None  # noqa: PLR2004  (the schema's own bound)
    await queries.upsert_vehicle(tx, context.client_id, make=make, model=model, year=year, plate=plate)
    saved = {"car": f"{make} {model}".strip()} if args.car and make else {}
    return saved | ({"plate": format_plate(plate)} if plate else {})


def _name(text: str) -> str | None:
    """A few words of letters: what a greeting may repeat."""
    words = text.split()[:MOST_NAMES]
    return " ".join(words)[:MAX_NAME] if all(word.strip("-.'\u2019").replace("-", "").isalpha() for word in words) else None


SAVE_CLIENT = Tool(
    name="save_client",
    description=(
        "Write down what the client told about himself: name, phone (as he wrote it), car (make and model), year, licence plate."
        " Call it as soon as the client gives any of these. Never invent or ask for more than one at a time."
    ),
    arguments=SaveClient,
    has_effect=True,
    run=_save_client,
)
