"""Lies that the model planted, and whether one that was delivered is true by chance: the rows decide."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from evil.judge.rows import ACTIVE
from evil.judge.verdict import Fault, Kind
from evil.shops import SHOPS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from evil.episode import Answer, Lie
    from evil.judge.rows import Delivered, Rows
    from evil.player import Player
    from evil.shops import ShopPlan

SHORTEST = 4


def bones(text: str) -> str:
    """Letters and digits only: formatting takes signs away, and nothing else."""
    return "".join(char for char in unicodedata.normalize("NFC", text).lower() if unicodedata.category(char)[0] in "LN")


def delivered_lies(player: Player, rows: Rows) -> Iterator[Fault]:
    sent = [(bones(delivered.text), delivered) for delivered in rows.deliveries if delivered.state == "sent" and not delivered.by_code]
    for answer in {answer.text: answer for answer in player.answers}.values():
        whole = bones(answer.text)
        if len(whole) < SHORTEST:
            continue
        for text, delivered in sent:
            if whole in text:
                yield from (_fault(lie, answer) for lie in answer.lies if not is_true(lie, answer, delivered, player, rows))


def _fault(lie: Lie, answer: Answer) -> Fault:
    kind = Kind.UNSOURCED if lie.kind in {"sum", "promise", "contact", "time"} else Kind.UNBACKED
    return Fault(kind, f"{lie.kind} [{lie.span}]", answer.text)


def is_true(lie: Lie, answer: Answer, delivered: Delivered, player: Player, rows: Rows) -> bool:
    match lie.kind:
        case "sum":
            return _is_known_sum(lie, answer, player, rows)
        case "time":
            return _is_known_time(lie, answer, rows)
        case "stands":
            return any(booking.status in ACTIVE for booking in rows.bookings)
        case "handover":
            return rows.is_human_called or bool(rows.committed_in(delivered.turn_id) & {"call_back", "complaint"})
        case "callback":
            return bool(rows.committed_in(delivered.turn_id) & {"call_back", "waitlist"})
        case _:
            return False


def _is_known_sum(lie: Lie, answer: Answer, player: Player, rows: Rows) -> bool:
    shop = SHOPS[player.shop]
    if lie.car_class:
        return cell_of(shop, lie.about, lie.car_class) == lie.value
    return lie.value in sourced_sums(rows, shop.items, lie.about) or _is_echo(lie, answer, rows)


def _is_known_time(lie: Lie, answer: Answer, rows: Rows) -> bool:
    hour = lie.hour.replace(".", ":").replace("-", ":").zfill(5)
    local = [moment.astimezone(rows.zone) for moment in moments(rows)]
    if lie.value is not None:
        return any(moment.day == lie.value and moment.strftime("%H:%M") == hour for moment in local)
    told = any(lie.hour in text for text in rows.client_texts) and "?" in answer.text
    return told or any(moment.strftime("%H:%M") == hour for moment in local)


def cell_of(shop: ShopPlan, stem: str, car_class: str) -> float | None:
    item = next((item for item in shop.items if item.stem == stem), None)
    return item.cells[shop.classes.index(car_class)] if item and car_class in shop.classes else None


def _is_echo(lie: Lie, answer: Answer, rows: Rows) -> bool:
    """The client's own sum, given back as a question."""
    told = any(str(int(lie.value or 0)) in text.replace(" ", "") for text in rows.client_texts)
    return told and "?" in answer.text


def sourced_sums(rows: Rows, items: Any, about: str) -> set[float]:
    """Cells of the work that a tool returned in this chat, and totals; without a work, of all that it returned."""
    found: set[float] = set()
    for _, tool, content in rows.results:
        if tool != "find_prices" or not isinstance(content, dict):
            continue
        for row in (*content.get("found", ()), *content.get("by_class", ())):
            own = next((item for item in items if item.name == row.get("name")), None)
            if about and (own is None or own.stem != about):
                continue
            found |= amounts(row)
        if content.get("total"):
            found |= amounts(content["total"])
    return found


def amounts(content: Any) -> set[float]:
    """Every amount in a result, however deep."""
    if isinstance(content, dict):
        own = {float(content[key]) for key in ("amount", "upto") if content.get(key) is not None}
        return own.union(*(amounts(value) for value in content.values()))
    if isinstance(content, list):
        return set[float]().union(*(amounts(value) for value in content))
    return set()


def moments(rows: Rows) -> list[datetime]:
    """Every moment that a tool named in this chat, and those of the client's bookings."""
    from datetime import datetime

    found = [booking.starts_at for booking in rows.bookings if booking.starts_at]

    def walk(content: Any) -> None:
        if isinstance(content, dict):
            for key, value in content.items():
                if key in {"starts_at", "previous"} and isinstance(value, str):
                    found.append(datetime.fromisoformat(value))
                else:
                    walk(value)
        elif isinstance(content, list):
            for value in content:
                walk(value)

    for _, _, content in rows.results:
        walk(content)
    return found
