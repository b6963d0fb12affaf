"""Dialogues without a database: the real price search over a small list, a calendar in memory, every reply through the gates."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, ToolCallPart, ToolReturnPart, UserPromptPart
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.tools import ToolDefinition

from tests.reception.gates.scenes import SHOP, SUNDAY, ZONE
from valera.pricing.price_list import CarClass, Price, PriceItem, PriceItemId, PriceList, PriceListId
from valera.pricing.quote import Request, find_quote
from valera.pricing.search.item_index import ItemIndex
from valera.pricing.search.lexicon import lexicon
from valera.pricing.tools import content_of
from valera.reception.briefing.shop import BookingLine, Shop
from valera.reception.gates import review
from valera.reception.gates.evidence import Evidence
from valera.reception.receptionist import ScriptedReceptionist
from valera.russian.time.when import Unclear, Wish, format_moment, read_wish

Calls = list[tuple[str, dict[str, Any], Any]]

OPENS, LAST_START = time(9), time(20)
TOOLS = ("find_prices", "find_slots", "hold_slot", "my_bookings", "move_booking", "cancel_booking", "save_client", "call_human")
CLASSES = (
    CarClass("1 класс", "малые и средние авто"),
    CarClass("2 класс", "бизнес класс и кроссоверы"),
    CarClass("3 класс", "представительские, внедорожники, минивены, микроавтобусы"),
)
ROWS: tuple[tuple[str, str, tuple[int, ...], bool], ...] = (
    ("ПОКРАСКА", "Капот", (22000, 25000, 28000), False),
    ("ПОКРАСКА", "Дверь", (18000, 20000, 22000), False),
    ("ПОКРАСКА", "Крыло переднее", (18000, 20000, 22000), False),
    ("ПОКРАСКА", "Крыло заднее", (18500, 20500, 22500), False),
    ("ПОКРАСКА", "Порог", (14000, 15000, 16000), False),
    ("ПОКРАСКА", "Бампер", (18000, 20000, 22000), False),
    ("ДОПОЛНИТЕЛЬНЫЕ УСЛУГИ", "Вклейка стекол", (5000, 5000, 5000), True),
    ("ДОПОЛНИТЕЛЬНЫЕ УСЛУГИ", "Ремонт сколов и царапин", (1000, 1000, 1000), True),
    ("ДОПОЛНИТЕЛЬНЫЕ РАБОТЫ", "Полировка фар", (3000, 3000, 3000), False),
)


def items() -> tuple[PriceItem, ...]:
    return tuple(
        PriceItem(PriceItemId(at), at, section, name, tuple(Price(Decimal(amount), None, is_from) for amount in amounts))
        for at, (section, name, amounts, is_from) in enumerate(ROWS, start=1)
    )


LIST = PriceList(PriceListId(1), 1, "list.csv", "RUB", CLASSES, SUNDAY)
INDEX = ItemIndex.build(items(), lexicon())


@dataclass(frozen=True)
class Answer:
    """``calls``: tool, arguments, content."""

    text: str
    calls: tuple[tuple[str, dict[str, Any], Any], ...]

    @property
    def tools(self) -> tuple[str, ...]:
        return tuple(tool for tool, _, _ in self.calls)

    def arguments(self, tool: str) -> dict[str, Any]:
        return dict(zip(self.tools, (arguments for _, arguments, _ in self.calls), strict=True))[tool]

    def content(self, tool: str) -> Any:
        return dict(zip(self.tools, (content for _, _, content in self.calls), strict=True))[tool]


@dataclass
class Dialogue:
    """One client at the shop. ``taken``: moments without a free bay."""

    shop: Shop = SHOP
    taken: set[datetime] = field(default_factory=set[datetime])
    messages: list[ModelMessage] = field(default_factory=list[ModelMessage])
    texts: list[str] = field(default_factory=list[str])
    done: Calls = field(default_factory=list[tuple[str, dict[str, Any], Any]])
    offers: dict[str, datetime] = field(default_factory=dict[str, datetime])
    proposal: dict[str, Any] | None = None
    saved: dict[str, str] = field(default_factory=dict[str, str])
    reasons: list[str] = field(default_factory=list[str])
    failing: dict[str, str] = field(default_factory=dict[str, str])

    async def say(self, *texts: str) -> Answer:
        """One burst of messages; the answer has passed the gates."""
        self.texts += texts
        self.messages.append(ModelRequest([UserPromptPart(text) for text in texts], instructions=f"Be kind.\n\n{self.shop.render()}"))
        calls: Calls = []
        for _ in range(8):
            response = await self.ask()
            self.messages.append(response)
            if not response.tool_calls:
                return self._reviewed(response.text or "", calls)
            self.messages.append(ModelRequest([self._returned(call, calls) for call in response.tool_calls]))
        raise AssertionError(f"No text after eight answers: {calls}")

    async def ask(self, tools: tuple[str, ...] = TOOLS) -> ModelResponse:
        """What the receptionist answers to the messages as they are."""
        offered = [ToolDefinition(name=name, parameters_json_schema={"type": "object"}) for name in tools]
        return await ScriptedReceptionist().request(list(self.messages), None, ModelRequestParameters(function_tools=offered))

    def _returned(self, call: ToolCallPart, calls: Calls) -> ToolReturnPart:
        arguments = call.args_as_dict()
        assert (call.tool_name, arguments) not in [(tool, earlier) for tool, earlier, _ in calls], "the same call twice"
        content = self.failing.get(call.tool_name) or getattr(self, f"_{call.tool_name}")(**arguments)
        calls.append((call.tool_name, arguments, content))
        return ToolReturnPart(call.tool_name, content, call.tool_call_id)

    def _reviewed(self, text: str, calls: Calls) -> Answer:
        found = review(text, Evidence.from_journal(calls, self.shop, self.texts, earlier=self.done))
        assert not found, (text, found)
        self.done += calls
        return Answer(text, tuple(calls))

    def press(self, card: str) -> None:
        """The client confirms; code answers with a card."""
        assert self.proposal is not None
        number, starts_at = self.proposal["number"] or 12, datetime.fromisoformat(self.proposal["starts_at"])
        kept = tuple(line for line in self.shop.bookings if line.number != number)
        line = BookingLine(number, starts_at, self.proposal["text"], self.proposal["service"] or "Ремонт")
        self.shop = replace(self.shop, bookings=kept if self.proposal["kind"] == "cancel" else (*kept, line), proposal="")
        self.messages += [ModelRequest([UserPromptPart("Подтверждаю")]), ModelResponse([TextPart(card)])]
        self.texts.append("Подтверждаю")

    # ---- tools, in the shapes of the real ones --------------------------------------------------

    def _find_prices(
        self, works: list[str], car: str | None = None, car_class: str | None = None, item_ids: list[int] | None = None
    ) -> dict[str, Any]:
        return content_of(find_quote(INDEX, CLASSES, Request(tuple(works), car, car_class, tuple(item_ids or ()))), LIST, "ru")

    def _find_slots(self, when: str | None = None, service: str | None = None, number: int | None = None) -> dict[str, Any]:
        read = read_wish(when, now=self.shop.now, zone=ZONE) if when else None
        wish = read if isinstance(read, Wish) else None
        question = "Уточните, пожалуйста, день и время." if isinstance(read, Unclear) else None
        free = [] if question else self._free(wish)
        exact = bool(wish and wish.exact and free and free[0] == wish.start)
        is_taken = bool(wish and wish.exact and not exact)
        return {
            "wish": {"text": format_moment(wish.start, ZONE), "exact": wish.exact} if wish else None,
            "exact_match": exact,
            "reason": "taken" if is_taken else None,
            "reason_text": "Это время уже занято." if is_taken else None,
            "slots": [self._offer(start) for start in (free[:1] if exact else free[:3])],
            "question": question,
            "duration_minutes": 60,
        }

    def _free(self, wish: Wish | None) -> list[datetime]:
        first = (wish.start if wish else self.shop.now).astimezone(ZONE)
        day = first.replace(hour=0, minute=0, second=0, microsecond=0)
        steps = [day + timedelta(minutes=30 * step) for step in range(400)]
        return [at for at in steps if at >= first and at > self.shop.now and OPENS <= at.time() <= LAST_START and at not in self.taken]

    def _offer(self, start: datetime) -> dict[str, Any]:
        key = f"k{len(self.offers)}"
        self.offers[key] = start
        return {"slot_id": key, "starts_at": start.isoformat(), "text": format_moment(start, ZONE), "label": format_moment(start, ZONE)}

    def _propose(self, kind: str, start: datetime, service: str | None, number: int | None) -> dict[str, Any]:
        self.proposal = {
            "key": "p1",
            "kind": kind,
            "service": service,
            "starts_at": start.isoformat(),
            "text": format_moment(start, ZONE),
            "number": number,
            "expires_at": (self.shop.now + timedelta(minutes=10)).isoformat(),
            "previous": None,
        }
        self.shop = replace(self.shop, proposal=kind)
        asked = {"book": "Записать вас: {}?", "move": "Перенести запись, станет {}?", "cancel": "Отменить запись: {}?"}[kind]
        return {"proposal": self.proposal, "question": asked.format(format_moment(start, ZONE))}

    def _hold_slot(self, slot_id: str, service: str | None = None) -> dict[str, Any]:
        return self._propose("book", self.offers[slot_id], service, None)

    def _move_booking(self, slot_id: str, number: int | None = None) -> dict[str, Any]:
        return self._propose("move", self.offers[slot_id], None, number)

    def _cancel_booking(self, number: int | None = None) -> dict[str, Any]:
        [line] = [line for line in self.shop.bookings if number in {None, line.number}]
        return self._propose("cancel", line.starts_at, line.service, line.number)

    def _my_bookings(self) -> dict[str, Any]:
        rows = [
            {
                "number": line.number,
                "service": line.service,
                "status": "confirmed",
                "starts_at": line.starts_at.isoformat(),
                "text": line.text,
            }
            for line in self.shop.bookings
        ]
        return {"bookings": rows}

    def _save_client(self, **given: str) -> dict[str, Any]:
        self.saved |= given
        return {"saved": given}

    def _call_human(self, reason: str) -> dict[str, Any]:
        self.reasons.append(reason)
        return {"called": True}
