"""A turn without a database: a journal in memory, tools that only count, models that say what the test wrote."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, ToolCallPart, UserPromptPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from valera.assistant.chain.link import Chain, Link
from valera.assistant.journal import Step, StepKind, effect_key
from valera.assistant.loop import Respond
from valera.assistant.tools import Done, Failed, Tool

Said = str | list[tuple[str, dict[str, Any]]] | Exception | ModelResponse


class Arguments(msgspec.Struct):
    what: str = ""


async def _never(*_: object) -> Done:
    raise AssertionError("the journal in memory runs no tool")


def tool(name: str, *, has_effect: bool) -> Tool:
    return Tool(name, name, Arguments, has_effect, _never)


LOOK = tool("find_prices", has_effect=False)
EFFECTS = tuple(tool(name, has_effect=True) for name in ("hold_slot", "move_booking", "cancel_booking", "save_client", "call_human"))
TOOLS = (LOOK, *EFFECTS)


@dataclass
class MemoryJournal:
    """Keeps what was recorded; a crash loses nothing that was acted on."""

    round: int = 1
    earlier: tuple[Step, ...] = ()
    steps: list[Step] = field(default_factory=list[Step])
    done: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    wasted: list[str] = field(default_factory=list[str])

    def record_answer(self, content: dict[str, Any], ms: int) -> None:
        self._add(StepKind.MODEL, None, content)

    def record_waste(self, content: dict[str, Any]) -> None:
        self.wasted.append(content["link"])

    async def run_tool(self, tool: Tool, arguments: dict[str, Any], call_id: str) -> Done | Failed:
        key = effect_key(tool.name, arguments) if tool.has_effect else None
        before = next((step for step in (*self.earlier, *self.steps) if key is not None and step.effect_key == key), None)
        if before is not None:
            return Done(before.content["content"])
        self.done.append((tool.name, arguments.get("what", "")))
        self._add(StepKind.TOOL, key, {"tool": tool.name, "arguments": arguments, "content": {"ok": tool.name}, "call_id": call_id})
        return Done({"ok": tool.name})

    async def record_refusal(self, tool: str, arguments: dict[str, Any], call_id: str, sentence: str) -> None:
        self._add(StepKind.TOOL, None, {"tool": tool, "arguments": arguments, "content": sentence, "call_id": call_id})

    def next_round(self) -> MemoryJournal:
        return MemoryJournal(self.round + 1, (*self.earlier, *self.steps), done=self.done)

    def after_a_crash(self) -> MemoryJournal:
        return MemoryJournal(self.round, self.earlier, list(self.steps), self.done)

    @property
    def effects(self) -> list[str]:
        return [name for name, _ in self.done if name != LOOK.name]

    def _add(self, kind: StepKind, key: str | None, content: dict[str, Any]) -> None:
        self.steps.append(Step(1, len(self.earlier) + len(self.steps) + 1, self.round, kind, key, content, 0))


@dataclass
class Player:
    """Says its lines one by one, the last one again and again; remembers what it was told and offered."""

    name: str
    lines: list[Said]
    told: list[list[ModelMessage]] = field(default_factory=list[list[ModelMessage]])
    offered: list[set[str]] = field(default_factory=list[set[str]])

    def __call__(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        self.told.append(list(messages))
        self.offered.append({tool.name for tool in info.function_tools})
        said = self.lines.pop(0) if len(self.lines) > 1 else self.lines[0]
        match said:
            case Exception():
                raise said
            case str():
                return ModelResponse(parts=[TextPart(said)], model_name=f"{self.name}-2026-11-01", finish_reason="stop")
            case ModelResponse():
                return said
            case _:
                parts = [ToolCallPart(name, arguments, f"{self.name}-{len(self.told)}-{at}") for at, (name, arguments) in enumerate(said)]
                return ModelResponse(parts=parts, model_name=f"{self.name}-2026-11-01", finish_reason="tool_call")

    @property
    def link(self) -> Link:
        return Link(self.name, FunctionModel(self, model_name=self.name))


def chain(*players: Player) -> Chain:
    return Chain(tuple(player.link for player in players))


def respond(
    links: Chain, journal: MemoryJournal, *, tools: Sequence[Tool] = TOOLS, is_understood: Callable[[str], bool] | None = None
) -> Respond:
    return Respond(links, tools, journal, lambda *_: (), is_understood=is_understood or (lambda _: True))


def asked(text: str = "Запишите меня") -> list[ModelMessage]:
    return [ModelRequest(parts=[UserPromptPart(text)], instructions="Ты администратор.")]
