"""The other side of the glass: what the shop's Valera did in this chat, and the shop's staff at work in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from valera.accounts.notice import Notice, NoticeKind, open_notices
from valera.chats import chat as chats
from valera.kit.db import AccountId, Database, account_scope
from valera.kit.errors import NotFound, Upstream
from valera.simulator import queries
from valera.simulator.page.shop.journal import ReplyRow, StepRow, Turn, TurnRow, tell_turn

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

SHOWN_TURNS = 20


class BotWithoutShop(NotFound):
    """No shop has connected this simulated bot."""


class NobodyToAnswer(NotFound):
    """The client has not written to this shop, or the shop has no staff."""


@dataclass(frozen=True, slots=True)
class Shop:
    name: str
    time_zone: str
    member_id: int | None
    member_name: str | None


@dataclass(frozen=True, slots=True)
class ChatState:
    id: int
    status: str
    assignee: str | None
    human_called_at: datetime | None
    human_reason: str | None


@dataclass(frozen=True, slots=True)
class Booking:
    id: int
    number: int | None
    status: str
    service_type: str
    scheduled_at: datetime
    ends_at: datetime
    bay: str
    hold_expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class QuestionRow:
    turn_id: int
    content: str


@dataclass(frozen=True, slots=True)
class PanelView:
    """``chat`` is None until the client has written. ``notices`` are the shop's that are open."""

    shop: Shop
    chat: ChatState | None
    bookings: tuple[Booking, ...]
    turns: tuple[Turn, ...]
    notices: tuple[Notice, ...] = ()

    @property
    def is_running(self) -> bool:
        return any(turn.is_running for turn in self.turns)


CheckBot = Callable[[int], Awaitable[bool]]
"""Asks Telegram whether it takes a bot's token, lets the bot go on if so, and tells; the account is set."""


class Panel:
    """Reads and acts as the shop of a bot; the bot and the person are named by their Telegram ids."""

    def __init__(self, database: Database, check_bot: CheckBot | None = None) -> None:
        self._database = database
        self._check_bot = check_bot

    async def look(self, bot_id: int, person_id: int) -> PanelView:
        """Raises BotWithoutShop."""
        with account_scope(await self._account(bot_id)):
            async with self._database.account_tx() as tx:
                return await _look(tx, bot_id, person_id)

    async def take_over(self, bot_id: int, person_id: int) -> None:
        await self._act(bot_id, person_id, lambda tx, chat_id, member_id: chats.take_over(tx, chat_id, by=member_id))

    async def hand_back(self, bot_id: int, person_id: int) -> None:
        await self._act(bot_id, person_id, lambda tx, chat_id, member_id: chats.hand_back(tx, chat_id, by=member_id))

    async def answer(self, bot_id: int, person_id: int, text: str) -> None:
        """The staff's words; the first of them takes the chat over."""
        await self._act(bot_id, person_id, lambda tx, chat_id, member_id: chats.answer(tx, chat_id, by=member_id, text=text))

    async def resume(self, bot_id: int) -> bool:
        """Lets the shop's bots go on that are paused for their tokens. False: Telegram refuses one still, or does not answer."""
        with account_scope(await self._account(bot_id)):
            async with self._database.account_tx() as tx:
                notices = await open_notices(tx)
            paused = [notice.bot_id for notice in notices if notice.kind is NoticeKind.TOKEN_REVOKED and notice.bot_id is not None]
            return all([await self._goes_on(paused_bot_id) for paused_bot_id in paused])

    async def _goes_on(self, bot_id: int) -> bool:
        if self._check_bot is None:
            return False
        try:
            return await self._check_bot(bot_id)
        except Upstream:
            return False

    async def _act(self, bot_id: int, person_id: int, verb: Callable[[AccountTx, int, int], Awaitable[object]]) -> None:
        with account_scope(await self._account(bot_id)):
            async with self._database.account_tx() as tx:
                shop = await queries.select_shop(tx, Shop)
                chat = await _find_chat(tx, bot_id, person_id)
                if chat is None or shop.member_id is None:
                    raise NobodyToAnswer("There is no such chat yet, or nobody of the shop to answer in it.")
                await verb(tx, chat.id, shop.member_id)

    async def _account(self, bot_id: int) -> AccountId:
        async with self._database.identity_tx() as tx:
            account_id = await queries.select_account_id(tx, bot_id)
        if account_id is None:
            raise BotWithoutShop("No shop has connected this bot.")
        return account_id


async def _look(tx: AccountTx, bot_id: int, person_id: int) -> PanelView:
    shop = await queries.select_shop(tx, Shop)
    notices = tuple(await open_notices(tx))
    chat = await _find_chat(tx, bot_id, person_id)
    if chat is None:
        return PanelView(shop, None, (), (), notices)
    bookings = await queries.select_chat_bookings(tx, Booking, chat.id)
    return PanelView(shop, chat, tuple(bookings), await _turns(tx, chat.id), notices)


async def _find_chat(tx: AccountTx, bot_id: int, person_id: int) -> ChatState | None:
    return await queries.select_panel_chat(tx, ChatState, bot_telegram_id=bot_id, telegram_chat_id=person_id)


async def _turns(tx: AccountTx, chat_id: int) -> tuple[Turn, ...]:
    rows = await queries.select_turns(tx, TurnRow, chat_id, limit=SHOWN_TURNS)
    ids = [row.id for row in rows]
    steps: defaultdict[int, list[StepRow]] = defaultdict(list)
    for step in await queries.select_steps(tx, StepRow, ids):
        steps[step.turn_id].append(step)
    replies: defaultdict[int, list[ReplyRow]] = defaultdict(list)
    for reply in await queries.select_replies(tx, ReplyRow, ids):
        replies[reply.turn_id].append(reply)
    questions: defaultdict[int, list[str]] = defaultdict(list)
    for question in await queries.select_questions(tx, QuestionRow, ids):
        questions[question.turn_id].append(question.content)
    return tuple(tell_turn(row, tuple(questions[row.id]), steps[row.id], replies[row.id]) for row in rows)
