"""The real path over one copy of the two shops: webhook, intake, turns, tools, gates, outbox; only the clock and the model are ours."""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg

from dialogues import telegram
from evil.model import LINK, PLAYER, EvilModel
from evil.player import START
from evil.shops import SHOPS
from valera.assistant.chain.link import Chain, Link
from valera.assistant.errors import ModelError
from valera.assistant.loop import Caps
from valera.assistant.models.cost import Prices
from valera.assistant.models.prices import OwnPrice
from valera.backoffice.shop import Shop, add_shop
from valera.backoffice.shop import ShopPlan as Plan
from valera.bookings.schedule.opening_hours import parse_hours
from valera.identity.membership import TeamRole
from valera.kit.db import Database, DatabaseUnavailable
from valera.kit.secrets import Secret, Vault
from valera.kit.storage import FolderStorage
from valera.pricing.price_import import read_price_list
from valera.reception.ingest import receive_update
from valera.reception.intake import Intake, Settling
from valera.reception.lease import LeaseLost
from valera.reception.paying import Till
from valera.reception.receptionist import ScriptedReceptionist
from valera.reception.tools import TOOLS
from valera.reception.turn import Turns
from valera.reception.update_writer import UpdateWriter
from valera.telegram.api.client import BotApi, Me
from valera.telegram.bots.webhook import webhook_secret
from valera.telegram.outbox.delivery import Sender
from valera.telegram.outbox.sent import SentMarks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, MutableMapping
    from datetime import datetime

    from evil.player import Player
    from valera.kit.db import AccountId
    from valera.reception.intake import MailboxClaim
    from valera.reception.turn import TurnClaim
    from valera.telegram.outbox.claim import Claim
    from valera.telegram.outbox.delivery import Departure

FIRST_BOT = 5_000_000
PRICE = OwnPrice(Decimal(2), Decimal(8))
CAPS = Caps()
AT_ONCE = 16
ROUNDS = 60
"""Times that all kinds of work are looked for before a step counts as unfinished."""


async def nobody_is_told(*_: object) -> None:
    """Telegram never says here that a client is gone."""


class PlayersClock:
    """Each client lives at its own time."""

    def now(self) -> datetime:
        player = PLAYER.get(None)
        return START if player is None else player.now


class EvilModels:
    """The same hostile model for every shop; it costs money."""

    def __init__(self, model: EvilModel) -> None:
        self._chain = Chain((Link(LINK, model),))
        self.scripted = Chain.of(ScriptedReceptionist())

    async def of(self, account_id: AccountId) -> Chain:  # noqa: ARG002 - the protocol names it
        return self._chain


@dataclass(slots=True)
class House:
    db: Database
    owner: asyncpg.Pool
    shops: tuple[Shop, ...]
    secrets: tuple[bytes, ...]
    telegram: telegram.Telegram
    writer: UpdateWriter
    intake: Intake
    turns: Turns
    sender: Sender
    players: dict[tuple[int, int], Player] = field(default_factory=dict)
    _updates: Iterator[int] = field(default_factory=lambda: count(1000))
    _chats: dict[int, Player] = field(default_factory=dict)

    def seat(self, players: list[Player]) -> None:
        self.players = {(self.shops[player.shop].bot.id, player.person): player for player in players}

    def token(self, shop: int) -> str:
        return f"{FIRST_BOT + shop}:{'e' * 35}"

    def seen(self, player: Player) -> list[telegram.Sent]:
        return self.telegram.seen(self.token(player.shop), player.person)

    async def receive(self, shop: int, content: dict[str, Any]) -> int:
        """One update through the webhook; the status it is answered with."""
        body = json.dumps({"update_id": next(self._updates), **content}).encode()
        events: list[MutableMapping[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]
        answers: list[MutableMapping[str, Any]] = []
        headers = [(b"x-telegram-bot-api-secret-token", self.secrets[shop]), (b"content-length", str(len(body)).encode())]

        async def take() -> MutableMapping[str, Any]:
            return events.pop(0) if events else {"type": "http.disconnect"}

        async def send(event: MutableMapping[str, Any]) -> None:
            answers.append(event)

        path = f"/telegram/{self.shops[shop].bot.webhook_key}"
        await receive_update(self.writer, {"type": "http", "method": "POST", "path": path, "headers": headers}, take, send)
        return answers[0]["status"]

    async def settle(self) -> bool:
        """All that is due, until nothing is; False: it never comes to an end."""
        for _ in range(ROUNDS):
            mailboxes = await self.intake.claim(100)
            await asyncio.gather(*map(self._take_in, mailboxes))
            turns = await self.turns.claim(worker=1, limit=AT_ONCE)
            await self._recognise(turns)
            await asyncio.gather(*map(self._run_turn, turns))
            deliveries = await self.sender.claim(worker=1, limit=100)
            await asyncio.gather(*map(self.sender.deliver, deliveries))
            if not (mailboxes or turns or deliveries) and not await self.owner.fetchval(HURRY):
                return True
        return False

    async def take_in(self) -> None:
        """While a turn runs."""
        claims = await self.intake.claim(100)
        await asyncio.gather(*map(self._take_in, claims))

    async def _take_in(self, claim: MailboxClaim) -> None:
        player = self.players.get((claim.bot_id, claim.peer_id))
        _sit_down(player)
        try:
            await self.intake.take_in(claim)
        except LeaseLost:
            return
        except DatabaseUnavailable:  # a machine so busy that a transaction waited too long: the worker gives it back, too
            await self.intake.give_back(claim)
        except Exception as error:  # noqa: BLE001  (the job runner, as the worker has it)
            if player is not None:
                player.errors.append(f"intake: {type(error).__name__}: {error}"[:300])
            await self.intake.count_failure(claim)

    async def _recognise(self, claims: list[TurnClaim]) -> None:
        unknown = [claim.chat_id for claim in claims if claim.chat_id not in self._chats]
        for row in await self.owner.fetch(WHOSE_CHATS, unknown) if unknown else ():
            if player := self.players.get((row["bot_id"], row["telegram_chat_id"])):
                self._chats[row["id"]], player.chat_id = player, row["id"]

    async def _run_turn(self, claim: TurnClaim) -> None:
        player = self._chats.get(claim.chat_id)
        if player is None:
            return
        _sit_down(player)
        player.turn_id = claim.id
        try:
            ended = await self.turns.run_turn(claim, sender=1)
        except LeaseLost:
            player.errors.append("the lease was lost")
            return
        except (ModelError, DatabaseUnavailable) as error:
            await self.turns.release(claim, is_failure=isinstance(error, ModelError))
            return
        except Exception as error:  # noqa: BLE001  (the job runner, as the worker has it)
            player.stumbles.append(f"{type(error).__name__}: {error}"[:300])
            await self.turns.release(claim)
            return
        if ended.departure is not None:
            await self._depart(ended.departure)

    async def _depart(self, departure: Departure | Claim) -> None:
        await self.sender.depart(departure)  # pyright: ignore[reportArgumentType]


def _sit_down(player: Player | None) -> None:
    if player is not None:
        PLAYER.set(player)


async def plant_shops(db: Database, vault: Vault) -> tuple[Shop, ...]:
    """As `valera shop add` opens them."""
    made: list[Shop] = []
    for number, shop in enumerate(SHOPS):
        plan = Plan(
            name=shop.name,
            slug=shop.slug,
            time_zone=shop.zone,
            hours=parse_hours(shop.hours),
            bays=shop.bays,
            prices=read_price_list(shop.csv(), source="prices.csv"),
            price_source="prices.csv",
            facts=shop.facts,
            team=(("Мастер", TeamRole.ADMIN),),
            prompt=shop.prompt,
        )
        token = Secret(f"{FIRST_BOT + number}:{'e' * 35}")
        made.append(await add_shop(db, vault, plan, me=Me(FIRST_BOT + number, f"evil_{number}_bot"), token=token))
    return tuple(made)


@asynccontextmanager
async def opened(url: str, peer: telegram.Telegram, vault: Vault, shops: tuple[Shop, ...] = ()) -> AsyncIterator[House]:
    """``shops``: those that the database has already; otherwise they are planted."""
    db, model = Database(url, max_size=15), EvilModel()
    await db.open()
    owner = await asyncpg.create_pool(url, min_size=1, max_size=3, init=_prepare, server_settings={"role": "valera_owner"})
    bot_api, writer = BotApi(peer.url), UpdateWriter(db)
    await writer.open()
    try:
        shops = shops or await plant_shops(db, vault)
        clock, till = PlayersClock(), Till(prices=Prices({LINK: PRICE}))
        house = House(
            db,
            owner,
            shops,
            tuple(webhook_secret(vault, shop.bot.webhook_key).reveal().encode() for shop in shops),
            peer,
            writer,
            Intake(db, clock, Settling(*[START - START] * 2)),
            Turns(db, clock, EvilModels(model), TOOLS, CAPS, till=till),
            Sender(db, bot_api, vault, SentMarks(db), nobody_is_told, FolderStorage(Path(os.devnull))),
        )
        model.interrupt = _interrupting(house)
        yield house
    finally:
        await writer.close()
        await bot_api.close()
        await owner.close()
        await db.close()


def _interrupting(house: House) -> Any:
    async def interrupt(player: Player, text: str) -> None:
        from evil.play import write

        await write(house, player, text)
        await house.take_in()

    return interrupt


async def _prepare(connection: Any) -> None:
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)


HURRY = """
with hurried as (update turns set due_at = now(), settle_until = now() where state = 'waiting' and due_at > now() returning 1),
     freed as (update turns set leased_until = now() - interval '1 ms' where state = 'running' returning 1),
     sent as (update deliveries set due_at = now() where state = 'ready' and due_at > now() returning 1)
select (select count(*) from hurried) + (select count(*) from freed) + (select count(*) from sent)
     + (select count(*) from turns where state = 'waiting')
"""
"""Nobody waits here for a second try."""

WHOSE_CHATS = "select id, bot_id, telegram_chat_id from chats where id = any($1::bigint[])"
