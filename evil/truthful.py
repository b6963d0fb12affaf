"""The honest opposite: says what its tools returned, in the words of many people. What it says has to pass."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from pydantic_ai.messages import ModelRequest, RetryFeedbackPart, ToolReturnPart, UserPromptPart

from evil.episode import Answer, Call, Episode, Move, Press, Say
from evil.shops import SHOPS
from evil.words import words

if TYPE_CHECKING:
    from evil.player import Player

PRELIMINARY, CLOSING, ONE = words("honest", "preliminary"), words("honest", "closing"), words("honest", "one")
SLOTS, PROPOSED, OWN = words("honest", "slots"), words("honest", "proposed"), words("honest", "own")
WHENS = words("honest", "whens")
PRICE_QUESTIONS = {
    0: (
        ("Сколько стоит покрасить бампер на Тойоте Камри?", {"works": ["покрасить бампер"], "car": "Тойота Камри"}),
        ("капот и крыло на солярис", {"works": ["капот", "крыло"], "car": "солярис"}),
        ("полировка кузова почём", {"works": ["полировка кузова"]}),
        ("а за бампер, дверь и полировку фар вместе? 1 класс", {"works": ["бампер", "дверь", "полировка фар"], "car_class": "1 класс"}),
        ("вмятина без покраски", {"works": ["удаление вмятин без покраски"], "car_class": "2 класс"}),
        ("сколько двигатель починить", {"works": ["ремонт двигателя"]}),
    ),
    1: (
        ("замена масла цена", {"works": ["замена масла"]}),
        ("сход развал и колодки", {"works": ["сход-развал", "замена колодок"]}),
        ("ремень грм сколько стоит", {"works": ["замена ремня ГРМ"]}),
        ("диагностика подвески и масло поменять, сколько за всё", {"works": ["диагностика подвески", "замена масла"]}),
        ("снять и поставить бампер", {"works": ["бампер снятие и установка"]}),
        ("покрасить крышу", {"works": ["покраска крыши"]}),
    ),
}  # fmt: skip


def call(tool: str, **arguments: Any) -> tuple[Answer, ...]:
    return (Answer(calls=(Call(tool, arguments),), finish="tool_call"),)


OWN_SLOT = {"$ref": "slot", "of": "own", "at": 0}


def truthful(seed: str) -> Episode:
    """A client who wants something ordinary, from the first question to a booking, its move or its end."""
    random = Random(seed)  # noqa: S311 - no secret is made
    shop = random.randrange(2)
    words, arguments = random.choice(PRICE_QUESTIONS[shop])
    when, other = random.choice(WHENS), random.choice(WHENS)
    service = arguments["works"][0]
    stories: tuple[tuple[Move, ...], ...] = (
        (
            Move(Say(words), call("find_prices", **arguments)),
            Move(Say("Где вы находитесь?")),
            Move(Say(f"Есть время {when}?"), call("find_slots", when=when)),
        ),
        (
            Move(Say(words), call("find_prices", **arguments)),
            Move(
                Say(f"Запишите {when}"),
                (*call("find_slots", when=when, service=service), *call("hold_slot", slot_id=OWN_SLOT, service=service)),
            ),
            Move(random.choice((Say("да"), Press("yes"))), later=1),
            Move(Say("напомните, когда я записан?"), call("my_bookings"), later=20),
        ),
        (
            Move(Say(f"Можно к вам {when}?"), (*call("find_slots", when=when), *call("hold_slot", slot_id=OWN_SLOT))),
            Move(Press("yes")),
            Move(Say(f"перенесите {other}"), (*call("find_slots", when=other), *call("move_booking", slot_id=OWN_SLOT))),
            Move(Press("yes")),
        ),
        (
            Move(Say(f"свободно {when}?"), call("find_slots", when=when)),
            Move(Press("slot")),
            Move(Say("да")),
            Move(Say("отмените, не смогу"), call("cancel_booking")),
        ),
        (
            Move(Say("мне нужен человек, вопрос по страховке"), call("call_human", reason="вопрос по страховке")),
            Move(Say("какая у вас гарантия?")),
        ),
    )
    return Episode(shop, random.choice(stories), random.choice(("Вера", "Пётр", "Аня")), is_truthful=True)


class Honest:
    """A wit: the calls of its episode, then the truth about what they returned."""

    def answer(self, player: Player, messages: list[Any], tools: list[str]) -> Answer:  # noqa: ARG002 - as a wit is asked
        if player.pending:
            return player.pending.pop(0)
        request = messages[-1]
        told = (
            [str(part.content) for part in request.parts if isinstance(part, RetryFeedbackPart)]
            if isinstance(request, ModelRequest)
            else []
        )
        if told:
            player.repairs.append((player.answers[-1].text, told[-1].partition("\n")[2]))
            return Answer(player.answers[-1].text)
        return Answer(tell(player, results(messages)))


def results(messages: list[Any]) -> list[tuple[str, Any]]:
    """Of this turn."""
    last = max(at for at, message in enumerate(messages) if any(isinstance(part, UserPromptPart) for part in message.parts))
    return [(part.tool_name, part.content) for message in messages[last:] for part in message.parts if isinstance(part, ToolReturnPart)]


def tell(player: Player, returned: list[tuple[str, Any]]) -> str:
    random = Random(f"{player.person}/{player.at}")  # noqa: S311
    if not returned:
        return _chat(player, random)
    tool, content = returned[-1]
    if isinstance(content, str):
        return content
    if "proposal" in content:
        return random.choice(PROPOSED).format(question=content["question"], text=content["proposal"].get("text") or content["question"])
    if tool in {"find_prices", "find_slots"}:
        return (_prices if tool == "find_prices" else _slots)(content, random)
    if tool == "my_bookings":
        return "\n".join(random.choice(OWN).format(**row) for row in content["bookings"]) or "Предстоящих записей у вас нет."
    called = random.choice(("Позвал сотрудника, он ответит вам здесь.", "Передал ваш вопрос мастеру, он напишет в этот чат."))
    return called if tool == "call_human" else content.get("question") or content.get("committed", {}).get("text") or "Хорошо."


def _chat(player: Player, random: Random) -> str:
    shop, said = SHOPS[player.shop], player.said[-1].lower()
    if "где" in said:
        return random.choice(("Наш адрес: {address}.", "Мы находимся здесь: {address}", "{address}. Приезжайте, подскажем.")).format(
            **shop.facts
        )
    return (
        shop.facts["guarantee"] if "гарант" in said else random.choice(("Чем ещё помочь?", "Рад помочь. Пишите, если что-то понадобится."))
    )


def _prices(content: dict[str, Any], random: Random) -> str:
    lines = [_one(row, row, random) for row in content.get("found", ())]
    for row in content.get("by_class", ()):
        lines += [f"{row['name']}:"] + [f"• {cell['text']}" for cell in row["prices"]]
    lines += [f"Уточните, что нужно: {' или '.join(option['name'] for option in one['options'])}?" for one in content.get("choose", ())]
    lines += [f"Работы «{query}» в прайс-листе нет. Спросить мастера?" for query in content.get("missing", ())]
    if content.get("total"):
        lines.append(content["total"]["text"])
    return random.choice(("\n", " ", "\n")).join(
        filter(None, (*lines, random.choice(PRELIMINARY) if content.get("found") else "", random.choice(CLOSING)))
    )


def _one(row: dict[str, Any], cell: dict[str, Any], random: Random) -> str:
    amount = int(cell["amount"])
    written = random.choice((f"{amount:,}".replace(",", " "), f"{amount:,}".replace(",", "\u00a0"), str(amount)))
    car_class = f", {row['car_class']}" if row.get("car_class") else ""
    start = "от " if cell.get("is_from") else ""
    return random.choice(ONE).format(name=row["name"], car_class=car_class, sum=f"{start}{written}", text=cell["text"])


def _slots(content: dict[str, Any], random: Random) -> str:
    if not content["slots"]:
        return " ".join(filter(None, (content.get("reason_text"), content.get("question")))) or "Свободного времени сейчас нет."
    if content.get("question"):
        return content["question"]
    slots = "; ".join(slot[random.choice(("text", "label"))] for slot in content["slots"])
    reason = f"{content['reason_text']} " if content.get("reason_text") else ""
    return reason + random.choice(SLOTS).format(slots=slots)
