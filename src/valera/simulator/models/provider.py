"""Three providers as one ASGI function: a framework would cost more than the answer.

/openai/v1/…, /anthropic/v1/…, /google/v1beta/…     the wire formats
/switch                                             all three: how they stand and what they counted (GET), turn them (PUT), reset (DELETE)
/openai/switch                                      the same for one of them
/openai/switch/MODEL                                and for one model of it
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec

from valera.simulator.models.answering import Answering
from valera.simulator.models.anthropic.wire import Anthropic
from valera.simulator.models.google.wire import Google
from valera.simulator.models.http import Receive, Scope, Send, live, read_body, send_refusal, send_whole
from valera.simulator.models.openai.wire import OpenAI
from valera.simulator.models.switch import Setting, Switch, Switches, WireName
from valera.simulator.models.wire import Refusal, Wire

WIRES: Mapping[str, Wire] = {wire.name: wire for wire in (OpenAI(), Anthropic(), Google())}


@dataclass(frozen=True, slots=True)
class Provider:
    """Every wire with its switch. Any key is good, but there must be one."""

    switches: Switches = field(default_factory=Switches)

    @property
    def switch(self) -> Switch:
        """OpenAI's."""
        return self.switches.of(WireName.OPENAI)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        try:
            await self._route(scope, receive, send)
        except Refusal as refusal:
            await send_refusal(send, refusal)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        _, first, *rest = scope["path"].split("/")
        if first == "switch" and not rest:
            await self._turn(None, None, scope["method"], receive, send)
        elif first in WIRES and rest[:1] == ["switch"]:
            await self._turn(WireName(first), unquote("/".join(rest[1:])) or None, scope["method"], receive, send)
        elif first in WIRES:
            await self._speak(WIRES[first], f"/{'/'.join(rest)}", scope, receive, send)
        else:
            raise Refusal(404, {"error": f"there is no such path; the wires are {', '.join(WIRES)}"})

    async def _speak(self, wire: Wire, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        switch = self.switches.of(WireName(wire.name))
        try:
            query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))
            route = wire.route(scope["method"], path, query)
            wire.check(dict(scope["headers"]), query, route)
            if route.is_listing:
                await send_whole(send, 200, wire.list_models(route.model))
                return
            if (body := await read_body(receive, wire.too_large)) is None:
                return
            asked = wire.read(body, route)
        except Refusal:
            switch.requests += 1
            switch.refused += 1
            raise
        await Answering(wire, asked, route, self.switches.of(WireName(wire.name), asked.model))(receive, send)

    async def _turn(self, wire: WireName | None, model: str | None, method: str, receive: Receive, send: Send) -> None:
        """``wire`` None: all of them."""
        wires = tuple(WireName) if wire is None else (wire,)
        match method:
            case "GET":
                pass
            case "PUT":
                body = await read_body(receive, lambda: Refusal(413, {"error": "the setting is too large"}))
                try:
                    self.switches.turn(msgspec.json.decode(body or b"", type=Setting), wires, model)
                except msgspec.DecodeError as error:
                    raise Refusal(400, {"error": f"{error}"}) from None
            case "DELETE":
                self.switches.reset(wires, model)
            case _:
                raise Refusal(405, {"error": "a switch knows GET, PUT and DELETE"})
        await send_whole(send, 200, msgspec.json.encode(self._report(wire, model)))

    def _report(self, wire: WireName | None, model: str | None) -> dict[str, Any]:
        if wire is None:
            return {each: self.switches.report(each) for each in WireName}
        return self.switches.report(wire) if model is None else self.switches.of(wire, model).report()


@dataclass(frozen=True, slots=True)
class ModelsBeside:
    """The provider under its own paths, and ``app`` for everything else. Each framework has types of its own for the three arguments."""

    provider: Provider
    app: Callable[..., Awaitable[None]]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        is_for_models = scope["type"] == "http" and scope["path"].split("/", 2)[1] in {*WIRES, "switch"}
        await (self.provider if is_for_models else self.app)(scope, receive, send)
