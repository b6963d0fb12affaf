"""One dialogue from its first word to its last."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from dialogues.client import Client, button_for
from dialogues.record import Record, read_record
from dialogues.shop import open_shop
from valera.chats.chat import hand_back, take_over
from valera.kit.db import account_scope

if TYPE_CHECKING:
    from dialogues.case import Case
    from dialogues.client import Action
    from dialogues.house import House
    from dialogues.shop import Shop
    from dialogues.telegram import Sent

LONGEST = 30
"""Deeds of one client: who has not got anywhere by then never will."""

FIRST_PERSON = 4_000_000
NAMES = ("Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Захар", "Ирина", "Кирилл")


@dataclass(slots=True)
class Stage:
    """One client before the screen of one phone."""

    house: House
    shop: Shop
    person: dict[str, Any]
    words: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    unanswered: list[str] = field(default_factory=list[str])
    is_taken_over: bool = False
    _messages: int = 0

    async def do(self, action: Action, screen: list[Sent]) -> None:
        match action.verb:
            case "say":
                for text in action.texts:
                    await self._write(text=text)
            case "press":
                await self._press(button_for(screen, action.argument) or "", screen)
            case "photo" | "voice" | "sticker":
                await self._attach(action.verb, "".join(action.texts))
            case "contact":
                contact = {"phone_number": action.argument, "first_name": self.person["first_name"], "user_id": self.person["id"]}
                await self._write(contact=contact)
            case "later":
                self.house.clocks.at[self.shop.account_id] += timedelta(hours=float(action.argument.removesuffix("h")))
            case "takeover" | "handback":
                await self._change_hands(action.verb)
            case _:
                raise ValueError(f"[{action.verb}] is nothing that a client can do.")
        self.words.append(("client", " / ".join(action.texts) or f"[{action.verb} {action.argument}]"))

    async def _write(self, **content: Any) -> None:
        self._messages += 1
        chat = {"id": self.person["id"], "type": "private", "first_name": self.person["first_name"]}
        message = {"message_id": 100_000 + self._messages, "date": 1, "chat": chat, "from": self.person, **content}
        await self.house.receive(self.shop, {"message": message})

    async def _attach(self, kind: str, caption: str) -> None:
        file = {"file_id": f"file-{kind}-{self._messages}", "file_unique_id": f"unique-{kind}-{self._messages}"}
        sizes: dict[str, Any] = {"photo": [file | {"width": 90, "height": 60}], "voice": file | {"duration": 4}}
        sticker = file | {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        await self._write(**{kind: sizes.get(kind, sticker)}, **({"caption": caption} if caption else {}))

    async def _press(self, data: str, screen: list[Sent]) -> None:
        sent = next(sent for sent in reversed(screen) if sent.buttons)
        message = {"message_id": sent.id, "date": 1, "chat": {"id": self.person["id"], "type": "private"}, "text": sent.text}
        self._messages += 1
        press = {"id": f"press-{self._messages}", "from": self.person, "chat_instance": "1", "message": message, "data": data}
        await self.house.receive(self.shop, {"callback_query": press})

    async def _change_hands(self, verb: str) -> None:
        chat_id = await self.house.owner.fetchval(CHAT, self.shop.account_id)
        member = await self.house.owner.fetchval(MEMBER, self.shop.account_id)
        self.is_taken_over = verb == "takeover"
        with account_scope(self.shop.account_id):
            async with self.house.db.account_tx() as tx:
                await (take_over if self.is_taken_over else hand_back)(tx, chat_id, by=member)


async def play(house: House, case: Case) -> Record:
    shop = await open_shop(house.db, house.vault, house.owner, case)
    house.clocks.at[shop.account_id] = case.now.replace(tzinfo=shop.zone).astimezone(UTC)
    person = {
        "id": FIRST_PERSON + case.number,
        "is_bot": False,
        "first_name": NAMES[case.number % len(NAMES)],
        "language_code": "ru",
    }
    stage, client = Stage(house, shop, person), Client.of(case)
    screen: list[Sent] = []
    for _ in range(LONGEST):
        action = client.next(screen)
        if action is None:
            break
        seen = len(house.telegram.seen(shop.token, FIRST_PERSON + case.number))
        await stage.do(action, screen)
        rested = await house.quiet(shop)
        screen = house.telegram.seen(shop.token, FIRST_PERSON + case.number)[seen:]
        stage.words += [("shop", sent.text) for sent in screen]
        if not rested or (not screen and action.verb not in {"later", "takeover", "handback"}):
            stage.unanswered.append(" / ".join(action.texts) or action.verb)
    return await read_record(house, shop, stage.words, stage.unanswered)


async def play_all(house: House, cases: list[Case], *, at_once: int) -> dict[int, Record]:
    """Each has its shop, its clock and its client, so that they do not meet."""
    room = asyncio.Semaphore(at_once)

    async def one(case: Case) -> tuple[int, Record]:
        async with room:
            return case.number, await play(house, case)

    return dict(await asyncio.gather(*map(one, cases)))


CHAT = "select id from chats where account_id = $1 order by id desc limit 1"
MEMBER = "select id from memberships where account_id = $1 order by id limit 1"
