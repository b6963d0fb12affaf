"""Hop 4: model ↔ tools, one step at a time, each step journalled, the text through the gates.

Nothing here knows what the tools do or what the gates look for; both come from the caller.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import structlog
from pydantic_ai.messages import (
    INVALID_JSON_KEY,
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelRequest,
    ModelResponse,
    RetryFeedbackPart,
    RetryInfo,
    ToolReturnPart,
)

from valera.assistant.chain.ask import Question, ask, tools_for
from valera.assistant.drafting import GatedDraft
from valera.assistant.errors import BadAnswer, CapReached, WrongLanguage
from valera.assistant.journal import Step, StepKind
from valera.assistant.models.cost import Prices
from valera.assistant.stopping import Stopped, unless
from valera.assistant.tools import Done, Failed
from valera.kit.db import without_nul

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic_ai.messages import ToolCallPart

    from valera.assistant.chain.link import Chain, Link
    from valera.assistant.journal import Journal
    from valera.assistant.tools import Tool
    from valera.assistant.watcher import Watcher

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Caps:
    """What one turn may use up. ``cost`` in US dollars; ``seconds`` an answer, ``fallback_seconds`` until the last of a chain is asked."""

    answers: int = 8
    calls: int = 12
    tokens: int = 60_000
    cost: Decimal = Decimal("0.50")
    seconds: float = 30
    fallback_seconds: float = 10


@dataclass(frozen=True, slots=True)
class Reply:
    """``text`` None: what the model wrote twice did not pass the gates. ``violations`` are those of the last draft that was refused,
    ``draft`` is what the model wrote last.
    """

    text: str | None
    violations: tuple[str, ...]
    model: str
    tokens: dict[str, int]
    cost: Decimal | None
    draft: str = ""


@dataclass(slots=True)
class _Spent:
    answers: int = 0
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal | None = Decimal(0)

    def add(self, content: dict[str, Any]) -> None:
        self.answers += 1
        self.input_tokens += content["usage"]["input_tokens"]
        self.output_tokens += content["usage"]["output_tokens"]
        cost = content["cost"]
        self.cost = None if cost is None or self.cost is None else self.cost + Decimal(cost)

    def refuse_more(self, caps: Caps) -> None:
        spent = self.input_tokens + self.output_tokens
        if self.answers >= caps.answers or spent >= caps.tokens or (self.cost or 0) >= caps.cost:
            raise CapReached(f"The turn used {self.answers} answers and {spent} tokens.")


@dataclass(slots=True)
class Respond:
    """One round of one turn.

    ``is_understood``: whether the client can read it. ``prefix``: with what the instructions of every turn begin. ``stop`` ends it.
    """

    chain: Chain
    tools: Sequence[Tool]
    journal: Journal
    review: Callable[[str, Sequence[Step]], tuple[str, ...]]
    caps: Caps = field(default_factory=Caps)
    upto: int = 0
    watcher: Watcher | None = None
    is_understood: Callable[[str], bool] = lambda _: True
    prefix: str = ""
    prices: Prices = field(default_factory=Prices)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    _link: str = field(default="", init=False)
    _at: int = field(default=0, init=False)
    _foreign: tuple[str, int] | None = field(default=None, init=False)

    async def __call__(self, messages: list[ModelMessage]) -> Reply:
        """Ask until there is a text that passes, then return it. Raises ModelError when there is none to be had, Stopped."""
        written = [step for step in self.journal.steps if step.kind == StepKind.MODEL]
        self.chain = self.chain.going_on_from(_last_link((*self.journal.earlier, *self.journal.steps)))
        spent, refused = _Spent(), ()
        while True:
            response = await self._answer(messages, written, spent)
            messages.append(response)
            if response.tool_calls:
                messages.append(ModelRequest(parts=[await self._call(call, spent) for call in response.tool_calls]))
                continue
            text = (response.text or "").replace("\x00", "").strip()
            if not text:
                raise BadAnswer("The model answered with nothing.")
            if not self.is_understood(text):
                self._ask_in_their_language(messages)
                continue
            found = self.review(text, self.journal.steps)
            if not found or refused:
                return Reply(None if found else text, found or refused, response.model_name or self._link, *_tokens(spent), draft=text)
            refused = found
            messages.append(ModelRequest(parts=[_feedback(found)]))

    async def _answer(self, messages: list[ModelMessage], written: list[Step], spent: _Spent) -> ModelResponse:
        """From the journal if it is there: then the model is not asked again."""
        if written:
            step = written.pop(0)
            self._link, self._at = link_of(step), self.journal.steps.index(step)
            spent.add(step.content)
            return read_response(step.content)
        spent.refuse_more(self.caps)
        since = time.perf_counter()
        answer = await unless(self.stop, ask(self.chain, self._question(messages)))
        self.chain, self._link, self._at = answer.rest, answer.link.name, len(self.journal.steps)
        content = _describe(answer.response) | self._account(answer.link, answer.response) | {"upto": self.upto}
        self.journal.record_answer(content, _ms(since))
        spent.add(content)
        return answer.response

    def _question(self, messages: list[ModelMessage]) -> Question:
        return Question(
            messages,
            self.tools,
            holder=self._holder(),
            prefix=self.prefix,
            seconds=self.caps.seconds,
            fallback_seconds=self.caps.fallback_seconds,
            writes=self._draft(),
            wasted=lambda link, response: self.journal.record_waste(self._account(link, response)),
        )

    def _account(self, link: Link, response: ModelResponse) -> dict[str, Any]:
        """Who answered, and what it used and cost."""
        usage = response.usage
        return {
            "link": link.name,
            "model": response.model_name or link.model.model_name,
            "usage": {
                "input_tokens": usage.input_tokens,
                "output_tokens": usage.output_tokens,
                "cache_read_tokens": usage.cache_read_tokens,
                "cache_write_tokens": usage.cache_write_tokens,
            },
        } | self.prices.charge(link.name, response).written()

    def _draft(self) -> GatedDraft | None:
        """Who hears the coming answer while it is written; None: nobody wants to."""
        watcher = self.watcher
        if watcher is None or not watcher.wants_text:
            return None
        return GatedDraft(lambda text: self.is_understood(text) and not self.review(text, self.journal.steps), watcher.writes)

    def _holder(self) -> str | None:
        """The link that was the first of this turn to have an effect, in any round: no other may have one after it."""
        link = None
        for step in (*self.journal.earlier, *self.journal.steps):
            if step.kind == StepKind.MODEL:
                link = link_of(step)
            elif step.effect_key is not None:
                return link
        return None

    def _ask_in_their_language(self, messages: list[ModelMessage]) -> None:
        """Once; then the next of the chain is asked, which does not see the drafts. Raises WrongLanguage when there is none."""
        if self._foreign is None or self._foreign[0] != self._link:
            self._foreign = self._link, len(messages) - 1
            messages.append(ModelRequest(parts=[_feedback(("Write in the language in which the client writes.",))]))
            return
        self.chain = self.chain.after(self._link)
        if not self.chain.links:
            raise WrongLanguage(f"{self._link} twice wrote in a language that the client does not.")
        log.warning("model_failed", link=self._link, error="wrong-language")
        del messages[self._foreign[1] :]

    async def _call(self, call: ToolCallPart, spent: _Spent) -> ToolReturnPart:
        for step in self.journal.steps[self._at + 1 :]:  # what this very answer called for: some providers give their ids again
            if step.kind == StepKind.TOOL and step.content["call_id"] == call.tool_call_id:
                return _returned(call, step.content["content"])
        if self.stop.is_set():
            raise Stopped
        spent.calls += 1
        if self.watcher is not None:
            self.watcher.calls(call.tool_name)
        outcome = await self._run(call, too_many=spent.calls > self.caps.calls)
        return _returned(call, outcome.content if isinstance(outcome, Done) else outcome.sentence)

    async def _run(self, call: ToolCallPart, *, too_many: bool) -> Done | Failed:
        tool = next((tool for tool in self.tools if tool.name == call.tool_name), None)
        arguments = without_nul(call.args_as_dict())
        is_offered = tool is not None and tool in tools_for(self._link, (tool,), self._holder())
        refusal = _why_not(tool, arguments, is_offered=is_offered, too_many=too_many)
        if tool is not None and refusal is None:
            return await self.journal.run_tool(tool, arguments, call.tool_call_id)
        assert refusal is not None
        await self.journal.record_refusal(call.tool_name[:40], _bounded(arguments), call.tool_call_id, refusal)
        return Failed(refusal)


def _why_not(tool: Tool | None, arguments: dict[str, Any], *, is_offered: bool, too_many: bool) -> str | None:
    """Why a call cannot be made, in words for the model."""
    if tool is None:
        return "There is no such tool."
    if not is_offered:
        return "Nothing more can be changed in this turn: say what has been done."
    if too_many:
        return "No more calls in this turn: answer with what you have."
    if INVALID_JSON_KEY in arguments:
        return "Wrong arguments: they are no JSON object."
    try:
        msgspec.convert(arguments, tool.arguments)
    except (msgspec.ValidationError, RecursionError) as error:
        return f"Wrong arguments: {error}"[:300]
    return None


def read_response(content: dict[str, Any]) -> ModelResponse:
    """A journalled answer as the model gave it."""
    [message] = ModelMessagesTypeAdapter.validate_python([content["response"]])
    assert isinstance(message, ModelResponse)
    return message


def link_of(step: Step) -> str:
    """Who gave this answer, as VALERA_MODELS writes it."""
    return step.content.get("link", step.content["model"])


def _last_link(steps: Sequence[Step]) -> str | None:
    return next((link_of(step) for step in reversed(steps) if step.kind == StepKind.MODEL), None)


def _describe(response: ModelResponse) -> dict[str, Any]:
    [dumped] = ModelMessagesTypeAdapter.dump_python([response], mode="json")
    return {"response": dumped}


def _tokens(spent: _Spent) -> tuple[dict[str, int], Decimal | None]:
    return {"input": spent.input_tokens, "output": spent.output_tokens}, spent.cost


def _returned(call: ToolCallPart, content: object) -> ToolReturnPart:
    return ToolReturnPart(tool_name=call.tool_name, content=content, tool_call_id=call.tool_call_id)


def _feedback(violations: tuple[str, ...]) -> RetryFeedbackPart:
    text = "The client did not see this answer. Write it again without these mistakes:\n" + "\n".join(f"- {found}" for found in violations)
    return RetryFeedbackPart(content=text, retry=RetryInfo(cause="model_retry", attempt=1, max_retries=1))


def _bounded(arguments: dict[str, Any]) -> dict[str, Any]:
    """A refused call is kept for whoever looks into it, not at any size."""
    size = len(msgspec.json.encode(arguments))
    return arguments if size <= 4000 else {"omitted_bytes": size}  # noqa: PLR2004


def _ms(since: float) -> int:
    return round((time.perf_counter() - since) * 1000)
