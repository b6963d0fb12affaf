"""A database in which nothing stays: each transaction begins with the rows of the conversation and is rolled back when they are read again.

Between transactions the rows are in this object, so no transaction is open while a model thinks. Nothing that a transaction does is ever
committed: no booking, no delivery, no job, no number, no topic. Others see none of it; for the milliseconds that one lasts they wait as
for any other writer.
"""

from __future__ import annotations

import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg

from valera.accounts import prompt_queries
from valera.kit.db import AccountTx, Database, current_account_id, enter_account
from valera.pricing.drafts.open_draft import get_open_draft
from valera.pricing.queries import insert_price_items, insert_price_list
from valera.reception.trial import queries
from valera.reception.trial.trial import TrialOutdated
from valera.telegram.queries import upsert_telegram_user
from valera.telegram.update import User

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CLASHES = (asyncpg.UniqueViolationError, asyncpg.ExclusionViolationError, asyncpg.ForeignKeyViolationError, asyncpg.CheckViolationError)


class _Undone(Exception):
    """Rolls a transaction back."""


class Sandbox(Database):
    """``prompt``: what is in force in it, published or not. ``has_prices``: a new conversation reads the open price draft."""

    def __init__(self, db: Database, kept: dict[str, Any], *, prompt: str, has_prices: bool) -> None:
        """Unopened by itself: whoever asks it for anything but a shop's transaction is refused."""
        super().__init__(db.url)
        self._db, self._prompt, self._has_prices = db, prompt, has_prices
        self.kept = kept

    @asynccontextmanager
    async def account_tx(self) -> AsyncIterator[AccountTx]:
        """Raises TrialOutdated."""
        try:
            async with self._db.identity_tx() as around:
                await upsert_telegram_user(around, client())
                tx = await enter_account(around, current_account_id())
                await self._lay_out(tx)
                yield tx
                self.kept = await queries.select_rows(tx)
                raise _Undone  # noqa: TRY301  (out of the transaction around it)
        except _Undone:
            pass

    async def _lay_out(self, tx: AccountTx) -> None:
        try:
            if self.kept:
                await queries.put_trial(tx, self.kept)
            else:
                await self._begin(tx)
        except CLASHES:
            raise TrialOutdated("The shop has changed since this conversation began. Begin it anew.") from None
        await prompt_queries.insert_prompt(tx, text=self._prompt, note="", author_id=None, is_published=True)
        await queries.answer_by_itself(tx)

    async def _begin(self, tx: AccountTx) -> None:
        """A bot of its own: the shop may have none yet. Raises NoOpenDraft."""
        await queries.insert_bot(tx, telegram_id=client().id, key=secrets.token_urlsafe(24))
        if self._has_prices:
            draft = (await get_open_draft(tx)).draft
            made = await insert_price_list(tx, source=f"trial:{current_account_id()}", currency=draft.currency, classes=draft.classes)
            await insert_price_items(tx, made.id, draft.rows)


def client() -> User:
    """Who writes in it: Telegram gives no such numbers. No name: the assistant does not know a newcomer."""
    return User(-current_account_id())
