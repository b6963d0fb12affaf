"""Episodes are played a batch at a time, step by step: every client does its next deed, then all that is due is worked off."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import TYPE_CHECKING, Any

from evil.episode import Press, Say, is_word
from evil.player import FORGED, Keys, Player

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evil.episode import Episode
    from evil.house import House
    from evil.player import Wit

FIRST_PERSON = 41_000_000
LETTERS = "абвгдежзиклмнопрстуф"
_numbers = count(1)
_messages = count(10_000)


def mark_of(number: int) -> str:
    """Stands in this client's name and words, and nowhere else."""
    digits = [number // 20**place % 20 for place in range(4, -1, -1)]
    return "Жщ" + "".join(LETTERS[digit] for digit in digits)


def seat(episodes: Sequence[Episode], keys: Keys, *, wit: Wit | None = None) -> list[Player]:
    return [Player(episode, FIRST_PERSON + number, mark_of(number), keys, wit) for episode in episodes for number in [next(_numbers)]]


async def play(house: House, players: list[Player]) -> None:
    """Every player to its end. What did not come to rest is noted with the player."""
    house.seat(players)
    for at in range(max(len(player.episode.moves) for player in players)):
        acting = [player for player in players if at < len(player.episode.moves)]
        await asyncio.gather(*(_act(house, player, at) for player in acting))
        if not await house.settle():
            for player in acting:
                player.errors.append("the step did not come to rest")
        for player in acting:
            player.screen = house.seen(player)


async def _act(house: House, player: Player, at: int) -> None:
    act = player.begin(at).act
    if isinstance(act, Say):
        await write(house, player, act.text, kind=act.kind)
    else:
        await press(house, player, act)


async def write(house: House, player: Player, text: str, *, kind: str = "text") -> None:
    words = f"{text} {player.mark}" if len(player.said) == 0 and not is_word(text) else text
    player.said.append(words)
    number = next(_messages)
    content: dict[str, Any] = {"text": words}
    if kind == "photo":
        size = {"file_id": f"file-{number}", "file_unique_id": f"unique-{number}", "width": 90, "height": 60}
        content = {"photo": [size], "caption": words[:1000]}
    chat = {"id": player.person, "type": "private", "first_name": player.episode.name}
    message = {"message_id": number, "date": 1, "chat": chat, "from": _person(player), **content}
    status = await house.receive(player.shop, {"message": message})
    if status != 200:  # noqa: PLR2004
        player.errors.append(f"an update was answered with {status}")


async def press(house: House, player: Player, act: Press) -> None:
    data = data_of(player, act)
    player.pressed.append(data)
    number = next(_messages)
    message = {"message_id": number, "date": 1, "chat": {"id": player.person, "type": "private"}, "text": "…"}
    content = {"id": f"press-{number}", "from": _person(player), "chat_instance": "1", "message": message, "data": data}
    await house.receive(player.shop, {"callback_query": content})


def data_of(player: Player, act: Press) -> str:
    """Telegram gives a client no buttons but those on its screen; an attacker sends what it likes, 64 bytes at most."""
    if act.whose == "own":
        buttons = [button.data for sent in reversed(player.screen) for button in sent.buttons]
        fitting = [data for data in buttons if data.startswith(f"{act.verb}:")] or buttons
        return fitting[act.at % len(fitting)] if fitting else f"{act.verb}:{FORGED[0]}"
    kind = "slot" if act.verb == "slot" else "proposal"
    return f"{act.verb}:{player.key(kind, act.whose, act.at)}"[:64]


def _person(player: Player) -> dict[str, Any]:
    return {
        "id": player.person,
        "is_bot": False,
        "first_name": f"{player.episode.name[:50]} {player.mark}",
        "language_code": "ru",
        "username": f"evil{player.person}",
    }
