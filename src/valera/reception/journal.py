"""The journal of one turn on PostgreSQL: every write checks the fence first, and a tool's effect commits with its row.

A model's answer is written in the transaction that first acts on it: with a tool's effect, or with the text that is said.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from valera.assistant.journal import Step, StepKind, effect_key
from valera.assistant.tools import Done, Failed
from valera.kit.errors import ValeraError
from valera.kit.phrases import Phrases
from valera.reception import turn_queries as queries
from valera.reception.lease import LeaseLost

if TYPE_CHECKING:
    from valera.assistant.tools import Tool, ToolContext
    from valera.kit.db import AccountTx, Database

log = structlog.get_logger(__name__)

PHRASES = Phrases.load("valera.reception")


@dataclass(frozen=True, slots=True)
class HeldTurn:
    """The row as it was when it was taken for a transaction."""

    id: int
    chat_id: int
    round: int


async def hold(tx: AccountTx, *, turn_id: int, fence: int) -> HeldTurn:
    """First statement of every transaction of a turn. Raises LeaseLost when another worker has it."""
    held = await queries.hold_turn(tx, HeldTurn, turn_id=turn_id, fence=fence)
    if held is None:
        raise LeaseLost("Another worker took this turn.")
    return held


@dataclass(slots=True)
class TurnJournal:
    """``earlier`` are the steps of rounds before this one: their effects stand. ``prompt_version``: the shop's, 0 where it has none."""

    db: Database
    context: ToolContext
    fence: int
    round: int
    prompt_version: int = 0
    earlier: tuple[Step, ...] = ()
    steps: list[Step] = field(default_factory=list)
    _unwritten: list[Step] = field(default_factory=list[Step])

    @property
    def made(self) -> list[Step]:
        """Of the whole turn so far."""
        return [*self.earlier, *self.steps]

    def record_answer(self, content: dict[str, Any], ms: int) -> None:
        self._note(self._next(StepKind.MODEL, None, content | {"prompt_version": self.prompt_version}, ms))

    def record_waste(self, content: dict[str, Any]) -> None:
        self._note(self._next(StepKind.CODE, None, content, 0))

    async def write_off(self) -> None:
        """Answers that nothing will act on have cost money all the same: they are kept as steps of code, counted and not read again."""
        unwritten = self.take_unwritten()
        if not unwritten:
            return
        self.steps = self.steps[: -len(unwritten)]
        for step in unwritten:
            self.steps.append(
                self._next(StepKind.CODE, None, {key: step.content[key] for key in step.content.keys() - {"response"}}, step.ms)
            )
        async with self.db.account_tx() as tx:
            await self._hold(tx)
            await queries.insert_steps(tx, self.steps[-len(unwritten) :])

    def _note(self, step: Step) -> None:
        self.steps.append(step)
        self._unwritten.append(step)

    def take_unwritten(self) -> list[Step]:
        """Answers that are not in the database yet, for the transaction that acts on them."""
        unwritten, self._unwritten = self._unwritten, []
        return unwritten

    async def run_tool(self, tool: Tool, arguments: dict[str, Any], call_id: str) -> Done | Failed:
        key = effect_key(tool.name, arguments) if tool.has_effect else None
        if key is not None and (before := self._find(key)) is not None:
            return Done(before.content["content"])
        since = time.perf_counter()
        async with self.db.account_tx() as tx:
            await self._hold(tx)
            outcome = await self._attempt(tx, tool, arguments)
            done = isinstance(outcome, Done)
            content = {
                "tool": tool.name,
                "arguments": arguments,
                "outcome": "done" if done else "failed",
                "content": outcome.content if isinstance(outcome, Done) else outcome.sentence,
                "call_id": call_id,
            }
            await self._write(tx, key if done else None, content, round((time.perf_counter() - since) * 1000))
        return outcome

    async def record_refusal(self, tool: str, arguments: dict[str, Any], call_id: str, sentence: str) -> None:
        content = {"tool": tool, "arguments": arguments, "outcome": "failed", "content": sentence, "call_id": call_id}
        async with self.db.account_tx() as tx:
            await self._hold(tx)
            await self._write(tx, None, content, 0)

    async def _hold(self, tx: AccountTx) -> None:
        await hold(tx, turn_id=self.context.turn_id, fence=self.fence)

    async def _attempt(self, tx: AccountTx, tool: Tool, arguments: dict[str, Any]) -> Done | Failed:
        """A tool that raises a named error has changed nothing, and says its sentence instead."""
        try:
            async with tx.savepoint():
                return await tool.run(tx, self.context, msgspec.convert(arguments, tool.arguments))
        except ValeraError as error:
            log.info("tool_refused", tool=tool.name, error=type(error).__name__)
            return Failed(error.detail if error.status < 500 and error.detail else PHRASES.say(self.context.locale, "tool_failed"))  # noqa: PLR2004

    async def _write(self, tx: AccountTx, key: str | None, content: dict[str, Any], ms: int) -> None:
        """A tool's row, after the answer that called it."""
        step = self._next(StepKind.TOOL, key, content, ms)
        await queries.insert_steps(tx, [*self.take_unwritten(), step])
        self.steps.append(step)

    def _next(self, kind: StepKind, key: str | None, content: dict[str, Any], ms: int) -> Step:
        return Step(self.context.turn_id, len(self.earlier) + len(self.steps) + 1, self.round, kind, key, content, ms)

    def _find(self, key: str) -> Step | None:
        return next((step for step in (*self.earlier, *self.steps) if step.effect_key == key), None)
