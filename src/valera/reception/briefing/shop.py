"""What the assistant is told about the shop and about this client: two blocks in the instructions, written and read by the same code.

The first is the same for all clients of a shop; the second changes with every turn and stands last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

MOST_SECTIONS = 80


@dataclass(frozen=True, slots=True)
class BookingLine:
    """An upcoming booking of this client. ``starts_at`` is aware; ``text`` is the moment as people read it."""

    number: int
    starts_at: datetime
    text: str
    service: str


@dataclass(frozen=True, slots=True)
class Shop:
    """``facts`` maps a topic (directions, payment, guarantee …) to the shop's own sentence; ``proposal`` says what waits for a yes;
    ``tone``: where the shop wants another one than the house's.
    """

    name: str
    now: datetime
    zone: ZoneInfo
    locale: str = "ru"
    address: str = ""
    phone: str = ""
    hours: str = ""
    has_prices: bool = True
    sections: tuple[str, ...] = ()
    client_name: str = ""
    client_phone_known: bool = False
    client_car: str = ""
    bookings: tuple[BookingLine, ...] = ()
    proposal: str = ""
    human_called: bool = False
    facts: dict[str, str] = field(default_factory=dict[str, str])
    tone: tuple[str, ...] = ()

    def render(self) -> str:
        """Both blocks."""
        return f"{self.render_shop()}\n\n{self.render_client()}"

    def render_shop(self) -> str:
        lines = [
            ("name", self.name),
            ("locale", self.locale),
            ("zone", self.zone.key),
            ("address", self.address),
            ("phone", self.phone),
            ("hours", self.hours),
            ("prices", _yes(flag=self.has_prices)),
            *([("tone", " ".join(self.tone))] if self.tone else []),
            *([("price_sections", "; ".join(name.replace(";", ",") for name in self.sections[:MOST_SECTIONS]))] if self.sections else []),
            *((f"fact.{_flat(topic)}", text) for topic, text in self.facts.items()),
        ]
        return block("shop", lines)

    def render_client(self) -> str:
        here = self.now.astimezone(self.zone)
        lines = [
            ("client_name", self.client_name),
            ("client_phone", "known" if self.client_phone_known else "unknown"),
            ("client_car", self.client_car),
            *(("booking", _booking_line(booking)) for booking in self.bookings),
            ("proposal", self.proposal or "none"),
            ("human_called", _yes(flag=self.human_called)),
            ("now", here.isoformat(timespec="minutes")),
            ("today", format_datetime(here, "EEEE, d MMMM y, HH:mm", locale=self.locale)),
        ]
        return block("client", lines)

    @classmethod
    def parse(cls, instructions: str) -> Shop | None:
        """From the last block of each kind, or None without them. Unknown lines are ignored, missing ones have their defaults."""
        pairs = [*_pairs(instructions, "shop"), *_pairs(instructions, "client")]
        values = dict(pairs)
        if "now" not in values or "zone" not in values:
            return None
        shop = cls(values.get("name", ""), datetime.fromisoformat(values["now"]), ZoneInfo(values["zone"]))
        return replace(
            shop,
            locale=values.get("locale") or shop.locale,
            address=values.get("address", ""),
            phone=values.get("phone", ""),
            hours=values.get("hours", ""),
            has_prices=values.get("prices") != "no",
            sections=tuple(values["price_sections"].split("; ")) if values.get("price_sections") else (),
            client_name=values.get("client_name", ""),
            client_phone_known=values.get("client_phone") == "known",
            client_car=values.get("client_car", ""),
            bookings=tuple(_read_booking(value) for key, value in pairs if key == "booking"),
            proposal="" if values.get("proposal") in {None, "none"} else values["proposal"],
            human_called=values.get("human_called") == "yes",
            facts={key.removeprefix("fact."): value for key, value in pairs if key.startswith("fact.")},
            tone=tuple(values.get("tone", "").split()),
        )

    def texts(self) -> tuple[str, ...]:
        """Everything that the shop says of itself and anybody may repeat."""
        return tuple(text for text in (self.name, self.address, self.phone, self.hours, *self.sections, *self.facts.values()) if text)


def block(name: str, lines: Iterable[tuple[str, str]]) -> str:
    """Values are flattened to one line without angle brackets, so that nobody's name can close it or forge a line."""
    return "\n".join([f"<{name}>", *(f"{key}: {_flat(value)}" for key, value in lines), f"</{name}>"])


def _pairs(instructions: str, name: str) -> list[tuple[str, str]]:
    """Lines of the last block of this name: one that somebody's text imitates stands before it."""
    _, found, rest = instructions.rpartition(f"<{name}>\n")
    inside, closed, _ = rest.partition(f"\n</{name}>")
    if not found or not closed:
        return []
    return [(key.strip(), value.strip()) for key, _, value in (line.partition(":") for line in inside.splitlines())]


def _yes(*, flag: bool) -> str:
    return "yes" if flag else "no"


def _flat(value: str) -> str:
    return " ".join(value.replace("<", "‹").replace(">", "›").split())


def _booking_line(booking: BookingLine) -> str:
    parts = (str(booking.number), booking.starts_at.isoformat(timespec="minutes"), booking.text, booking.service)
    return " | ".join(part.replace("|", "/") for part in parts)


def _read_booking(line: str) -> BookingLine:
    number, starts_at, text, service = (part.strip() for part in line.split("|"))
    return BookingLine(int(number), datetime.fromisoformat(starts_at), text, service)
