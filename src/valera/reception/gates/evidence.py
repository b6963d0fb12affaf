"""What a reply may rely on: results of tools, the shop's own words, and what the client said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from valera.reception.briefing.shop import Shop

Content: TypeAlias = "dict[str, Any] | str"
Step: TypeAlias = "tuple[str, Mapping[str, Any], Content]"  # tool, arguments, Done.content or the sentence of Failed
ECHOES = frozenset({"query", "missing", "wish", "service", "comment", "reason"})  # keys whose values a model may have written
ACTIVE = frozenset({"requested", "confirmed", "arrived", "in_work"})


@dataclass(frozen=True, slots=True)
class NamedPrice:
    """One cell of the price list that a tool returned; ``car_class`` is None where the list has no classes.

    ``car`` is the car it was asked for; ``is_decided`` is False when the class was unknown and every class was returned.
    """

    name: str
    section: str
    query: str
    car_class: str | None
    amount: Decimal
    upto: Decimal | None
    is_from: bool
    car: str
    is_decided: bool
    list_version: int = 0
    row: int = 0
    currency: str = "RUB"


@dataclass(frozen=True, slots=True)
class Total:
    """A sum that code added up, over these names."""

    names: tuple[str, ...]
    amount: Decimal
    upto: Decimal | None
    is_from: bool
    list_version: int = 0
    rows: tuple[int, ...] = ()
    currency: str = "RUB"


@dataclass(frozen=True, slots=True)
class Committed:
    """A booking that exists. ``number`` and ``status`` as in its row."""

    number: int
    starts_at: datetime | None
    service: str
    status: str


@dataclass(frozen=True, slots=True)
class Deed:
    """What was committed in this turn. ``kind``: book, move, cancel, request, call_back, waitlist, note, human …; ``texts``: what code
    wrote about it.
    """

    kind: str
    number: int | None = None
    starts_at: datetime | None = None
    phone: str = ""
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a reply may lean on. Build it with ``from_journal``."""

    shop: Shop
    prices: tuple[NamedPrice, ...] = ()
    totals: tuple[Total, ...] = ()
    classes: tuple[str, ...] = ()
    class_words: tuple[str, ...] = ()  # how the list describes them
    car_classes: tuple[tuple[str, str], ...] = ()  # (car as tools name it, its class)
    offered: tuple[datetime, ...] = ()  # slots shown, proposals made
    minutes: tuple[int, ...] = ()  # durations that tools named
    committed: tuple[Committed, ...] = ()
    deeds: tuple[Deed, ...] = ()
    human_called: bool = False
    is_proposed: bool = False  # a proposal waits for the client's yes: the time is held, nothing is booked
    tool_texts: tuple[str, ...] = ()  # sentences that tools wrote for the client
    client_texts: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()  # what code asks about a proposal of this turn, as it may be repeated
    catalogue: tuple[str, ...] = ()  # names of all items of the list, where the caller has them

    @classmethod
    def from_journal(
        cls,
        steps: Sequence[Step],
        shop: Shop,
        client_texts: Iterable[str],
        *,
        earlier: Sequence[Step] = (),
        catalogue: Iterable[str] = (),
    ) -> Evidence:
        """``steps`` are this turn's, ``earlier`` those of the turns before it in this chat.

        A step is ``(tool, arguments, content)``: content is the dict of ``Done`` or the sentence of ``Failed``. What a step committed
        stands in its result as ``committed``: ``{"kind", "number", "starts_at", "phone", …}`` or a list of them. Prices, slots and totals
        of earlier turns still count; what was committed counts in this turn only (``shop`` knows the lasting state).
        """
        done = [(tool, content) for tool, _, content in (*earlier, *steps) if isinstance(content, dict)]
        now_done = [(tool, content) for tool, _, content in steps if isinstance(content, dict)]
        prices = [content for tool, content in done if tool == "find_prices"]
        slots = [content for tool, content in done if tool == "find_slots"]
        proposals = [content["proposal"] for _, content in done if "proposal" in content]
        mine = [content for tool, content in now_done if tool == "my_bookings"]
        listed = [row for content in mine for key in ("bookings", "requests") for row in content.get(key, ())]
        return cls(
            shop,
            prices=_latest([price for content in prices for price in _prices(content)]),
            totals=tuple(_total(content) for content in prices if content.get("total")),
            classes=tuple(dict.fromkeys(entry["name"] for content in prices for entry in content.get("classes", ()))),
            class_words=tuple(dict.fromkeys(entry.get("description") or "" for content in prices for entry in content.get("classes", ()))),
            car_classes=tuple(
                (_car(content), content["car"]["car_class"]) for content in prices if (content.get("car") or {}).get("car_class")
            ),
            offered=(*_moments(slots), *(_at(proposal["starts_at"]) for proposal in proposals if proposal.get("starts_at"))),
            minutes=(*(content["duration_minutes"] for content in slots if content.get("duration_minutes")), *_held(proposals, shop)),
            committed=(*_from_shop(shop), *(_committed(row) for row in listed)),
            deeds=tuple(deed for tool, content in now_done for deed in _deeds(tool, content)),
            human_called=shop.human_called or any(tool == "call_human" for tool, _ in now_done),
            is_proposed=bool(proposals or shop.proposal),
            tool_texts=tuple(text for _, _, content in (*earlier, *steps) for text in _texts(content)),
            client_texts=tuple(client_texts),
            catalogue=tuple(catalogue),
            questions=tuple(content["question"] for _, content in now_done if "proposal" in content and content.get("question")),
        )

    def source_texts(self) -> tuple[str, ...]:
        """Everything written by the shop, by code or by the client: numbers that stand in none of these have no source."""
        return (*self.shop.texts(), *self.tool_texts, *self.client_texts)

    def moments(self) -> tuple[datetime, ...]:
        """Times that may be named: offered, proposed or booked."""
        stored = (*self.committed, *self.deeds)
        return (*self.offered, *(row.starts_at for row in stored if row.starts_at is not None))

    def told(self) -> tuple[str, ...]:
        """Sentences that code wrote about what was committed or proposed in this turn."""
        done = (text for deed in self.deeds if deed.kind != "note" for text in deed.texts if text.endswith((".", "!")))
        return (*self.questions, *done)

    def did(self, *kinds: str) -> tuple[Deed, ...]:
        """What was committed in this turn, of these kinds."""
        return tuple(deed for deed in self.deeds if deed.kind in kinds)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _money(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _prices(content: dict[str, Any]) -> list[NamedPrice]:
    car = _car(content)
    version = content.get("list_version") or 0
    where = (car, version, content.get("currency") or "RUB")
    single = [_price(row, row, where, decided=True) for row in content.get("found", ())]
    return single + [_price(row, cell, where, decided=False) for row in content.get("by_class", ()) for cell in row["prices"]]


def _price(row: dict[str, Any], cell: dict[str, Any], where: tuple[str, int, str], *, decided: bool) -> NamedPrice:
    car, version, currency = where
    return NamedPrice(
        row["name"],
        row.get("section") or "",
        row.get("query") or "",
        cell.get("car_class"),
        Decimal(str(cell["amount"])),
        _money(cell.get("upto")),
        bool(cell.get("is_from")),
        car,
        decided,
        version,
        row.get("row") or 0,
        currency,
    )


def _latest(prices: list[NamedPrice]) -> tuple[NamedPrice, ...]:
    """Of the answers about one item for one class the last; of those for different classes all, the last of them last."""
    newest: dict[tuple[str, str, str | None, str], NamedPrice] = {}
    for price in prices:
        key = (price.section, price.name, price.car_class, price.car)
        newest.pop(key, None)
        newest[key] = price
    return tuple(newest.values())


def _total(content: dict[str, Any]) -> Total:
    total = content["total"]
    names = tuple(row["name"] for row in content.get("found", ()))
    rows = tuple(row.get("row") or 0 for row in content.get("found", ()))
    version, currency = content.get("list_version") or 0, content.get("currency") or "RUB"
    return Total(names, Decimal(str(total["amount"])), _money(total.get("upto")), bool(total.get("is_from")), version, rows, currency)


def _car(content: dict[str, Any]) -> str:
    car = content.get("car") or {}
    return " ".join(filter(None, (car.get("make"), car.get("model"))))


def _moments(slots: list[dict[str, Any]]) -> list[datetime]:
    return [_at(slot["starts_at"]) for content in slots for slot in content.get("slots", ())]


def _from_shop(shop: Shop) -> list[Committed]:
    return [Committed(line.number, line.starts_at, line.service, "confirmed") for line in shop.bookings]


def _committed(row: dict[str, Any]) -> Committed:
    starts_at = row.get("starts_at")
    return Committed(row["number"], _at(starts_at) if starts_at else None, row.get("service") or "", row.get("status") or "confirmed")


def _deeds(tool: str, content: dict[str, Any]) -> list[Deed]:
    told = content.get("committed")
    rows: list[dict[str, Any]] = told if isinstance(told, list) else [told] if isinstance(told, dict) else []
    found = [_deed(row) for row in rows if isinstance(row.get("kind"), str)]
    if tool == "save_client" and content.get("saved"):
        found.append(Deed("note", texts=tuple(map(str, content["saved"].values()))))
    return [*found, Deed("human")] if tool == "call_human" else found


def _deed(row: dict[str, Any]) -> Deed:
    starts_at, number = row.get("starts_at"), row.get("number")
    texts = tuple(value for key, value in row.items() if isinstance(value, str) and key not in {"kind", *ECHOES})
    return Deed(
        row["kind"], number if isinstance(number, int) else None, _at(starts_at) if starts_at else None, row.get("phone") or "", texts
    )


def _held(proposals: list[dict[str, Any]], shop: Shop) -> list[int]:
    """For how many minutes a proposal holds its time."""
    ends = [_at(proposal["expires_at"]) for proposal in proposals if proposal.get("expires_at")]
    return [round((end - shop.now).total_seconds() / 60) for end in ends]


def _texts(content: object) -> list[str]:
    """Every text within a result, however deep, save what merely echoes the model's own arguments; a Failed sentence is one itself."""
    if isinstance(content, str):
        return [content]
    if isinstance(content, dict):
        echoes = ECHOES | {"question"} if "proposal" in content else ECHOES  # a proposal's question repeats the service
        return [text for key, value in content.items() if key not in echoes for text in _texts(value)]
    if isinstance(content, list):
        return [text for value in content for text in _texts(value)]
    return []
