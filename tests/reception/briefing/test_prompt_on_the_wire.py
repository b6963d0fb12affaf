"""What a provider's cache sees: two clients of one shop send the same bytes up to the part that is about the client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from pydantic_ai.messages import ModelRequest, UserPromptPart

from tests.reception.briefing.test_prompt import HELD, SHOP, SUMMARY, common
from tests.stub_models import KEY, serving
from valera.assistant.chain.ask import Question, ask
from valera.assistant.chain.link import Chain, Link
from valera.assistant.models.clients import Clients
from valera.assistant.models.providers import PROVIDERS, Address
from valera.kit.secrets import Secret
from valera.reception.briefing.prompt import Instructions, instruct
from valera.reception.tools import TOOLS
from valera.simulator.models.http import Receive, Scope, Send
from valera.simulator.models.provider import Provider

WIRES = {"openai": ("gpt-5-mini", "/openai/v1"), "anthropic": ("claude-haiku-4-5", "/anthropic"), "google": ("gemini-2.5-flash", "/google")}


class Listening(Provider):
    """Keeps the bodies that it was sent."""

    bodies: list[Mapping[str, Any]] = []  # noqa: RUF012  (set anew by each test)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        whole = b""

        async def heard() -> Any:
            nonlocal whole
            event = await receive()
            whole += event.get("body", b"")
            if not event.get("more_body") and whole:
                self.bodies.append(msgspec.json.decode(whole))
                whole = b""
            return event

        await super().__call__(scope, heard, send)


@pytest.mark.parametrize("wire", WIRES)
async def test_two_clients_send_the_same_up_to_what_is_about_them(wire: str) -> None:
    name, path = WIRES[wire]
    first = instruct(HELD, SHOP, None)
    second = instruct(replace(HELD, chat_id=2), replace(SHOP, client_name="Анна", client_car="Kia Rio"), SUMMARY)
    provider, clients = Listening(), Clients(connections=2, seconds=30)
    Listening.bodies = []
    async with serving(provider) as url:
        model = clients.open(PROVIDERS[wire], name, Address(f"{url}{path}", Secret(KEY)))
        chain = Chain((Link(f"{wire}:{name}", model),))
        for told in (first, second):
            await ask(chain, _question(told))
        await clients.close()

    one, other = (_as_read(wire, body) for body in Listening.bodies)

    assert one.tools == other.tools != []
    assert common(one.system, other.system).startswith(first.stable)
    assert "Kia Rio" in other.system
    assert other.system.rindex("<client>\n") > len(first.stable)
    if wire == "anthropic":
        assert one.cached == other.cached == first.stable


def _question(told: Instructions) -> Question:
    return Question([ModelRequest([UserPromptPart("Здравствуйте")], instructions=told.text)], TOOLS, prefix=told.stable)


class _Read(msgspec.Struct):
    """A request in the order in which caches take it: tools, system, and up to where it is marked."""

    tools: list[Any]
    system: str
    cached: str = ""


def _as_read(wire: str, body: Mapping[str, Any]) -> _Read:
    if wire == "openai":
        said = [message["content"] for message in body["messages"] if message["role"] in {"system", "developer"}]
        return _Read(body["tools"], "\n\n".join(said))
    if wire == "google":
        return _Read(body["tools"], "\n\n".join(part["text"] for part in body["systemInstruction"]["parts"]))
    blocks = body["system"]
    marked = [place for place, block in enumerate(blocks) if "cache_control" in block]
    texts = [block["text"] for block in blocks]
    return _Read(body["tools"], "\n\n".join(texts), "\n\n".join(texts[: marked[-1] + 1]) if marked else "")
