"""One message of a trial conversation: taken in and answered by the code that answers clients."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from valera.assistant.journal import Step
from valera.assistant.loop import Caps
from valera.assistant.models.cost import uses
from valera.billing.trying import charge
from valera.kit.clock import Clock
from valera.kit.db import AccountId, AccountTx, account_scope
from valera.reception.intake.meaning import take_update
from valera.reception.intake.room import RawUpdate, Room, Settling
from valera.reception.tools import TOOLS
from valera.reception.trial import queries
from valera.reception.trial.sandbox import Sandbox, client
from valera.reception.trial.trial import Said, Trial, TrialBusy, TrialTooLong
from valera.reception.turn import TurnClaim, Turns
from valera.telegram.update import read_update

if TYPE_CHECKING:
    from valera.assistant.chain.link import Models
    from valera.kit.db import Database
    from valera.reception.paying import Till

AT_ONCE = Settling(timedelta(0), timedelta(0))
MOST_MESSAGES = 60
"""Of whoever tries it out: a longer conversation is begun anew."""
FENCE = 1


@dataclass(frozen=True, slots=True)
class TrialBot:
    """``at``: the database's time."""

    id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Trying:
    """What a conversation is held with. ``db`` is the shop's own: only trials and what they cost are written to it."""

    db: Database
    clock: Clock
    models: Models
    till: Till
    caps: Caps = field(default_factory=Caps)

    async def go_on(self, account_id: AccountId, trial: Trial, said: Said, *, prompt: str) -> Trial:
        """The conversation with the answer in it, as it is kept now. Raises TrialOutdated, TrialBusy, TrialTooLong, ModelError."""
        with account_scope(account_id):
            sandbox = Sandbox(self.db, trial.kept, prompt=prompt, has_prices=trial.has_prices)
            known = {row["turn_id"] for row in _rows(trial.kept, "turn_steps")}
            try:
                await self._answer(sandbox, account_id, said)
            finally:
                await self._pay(sandbox.kept, known)
            async with self.db.account_tx() as tx:
                if not await queries.update_trial(tx, trial_id=trial.id, revision=trial.revision, kept=sandbox.kept):
                    raise TrialBusy("This conversation went on meanwhile: look at it again.")
        return replace(trial, revision=trial.revision + 1, kept=sandbox.kept)

    async def _answer(self, sandbox: Sandbox, account_id: AccountId, said: Said) -> None:
        async with sandbox.account_tx() as tx:
            await self._take_in(tx, said, number=1 + sum(row["role"] == "user" for row in _rows(sandbox.kept, "messages")))
        waiting = next((row for row in _rows(sandbox.kept, "turns") if row["state"] == "waiting"), None)
        if waiting is None:
            return
        waiting |= {"state": "running", "fence": FENCE, "attempts": 1, "started_at": self.clock.now().astimezone(UTC).isoformat()}
        turns = Turns(sandbox, self.clock, self.models, TOOLS, self.caps, till=self.till)
        await turns.run_turn(TurnClaim(account_id, waiting["id"], waiting["chat_id"], FENCE, 1, 0, 1))

    async def _take_in(self, tx: AccountTx, said: Said, *, number: int) -> None:
        if number > MOST_MESSAGES:
            raise TrialTooLong(f"A trial has {MOST_MESSAGES} messages at most. Begin it anew.")
        body = msgspec.json.encode(_update(said, number))
        update = read_update(body)
        assert update is not None
        bot = await queries.select_bot(tx, TrialBot, telegram_id=client().id)
        raw = RawUpdate(number, "message", body, hashlib.sha256(body).digest(), False, bot.at, None, False)
        await take_update(Room(tx, bot.id, self.clock, AT_ONCE, None), raw, update)

    async def _pay(self, kept: dict[str, Any], known: set[int]) -> None:
        """What models were paid for is counted, whatever came of it."""
        steps = [Step(**{name: row[name] for name in Step.__slots__}) for row in _rows(kept, "turn_steps") if row["turn_id"] not in known]
        if used := uses(steps):
            async with self.db.account_tx() as tx:
                await charge(tx, used, now=self.clock.now(), limits=self.till.limits)


def _update(said: Said, number: int) -> dict[str, Any]:
    """As Telegram would bring it."""
    person = {"id": client().id, "is_bot": False, "first_name": ""}
    message = {"message_id": number, "date": 0, "chat": {"id": person["id"], "type": "private"}}
    if said.data:
        return {"update_id": number, "callback_query": {"id": str(number), "from": person, "message": message, "data": said.data}}
    return {"update_id": number, "message": message | {"from": person, "text": said.text}}


def _rows(kept: dict[str, Any], table: str) -> list[dict[str, Any]]:
    return kept.get(table) or []
