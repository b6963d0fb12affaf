"""Prepared dialogues, led against a bot that answers each message with the same words and a button."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.simulator.conftest import Bench
from valera.simulator.messenger.actions import membership
from valera.simulator.messenger.message import list_messages
from valera.simulator.messenger.person import find_person
from valera.simulator.scenario.player import Pace, Player, ScenarioNotFound
from valera.simulator.scenario.scenario import scenarios

BUTTON = {"inline_keyboard": [[{"text": "Да, записать", "callback_data": "yes"}]]}


class Answering:
    """A bot that says the same to everything, and acknowledges presses by words."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.is_silent = False
        self._seen = 0

    async def run(self) -> None:
        while True:
            await asyncio.sleep(0.002)
            rows = self.bench.telegram.store.list("select body, update_id from updates where update_id > ? order by update_id", self._seen)
            for row in rows:
                self._seen = row["update_id"]
            if rows and not self.is_silent:
                chat_id = self.bench.telegram.store.list("select chat_id from messages order by message_id desc limit 1")[0]["chat_id"]
                self.bench.call("sendMessage", chat_id=chat_id, text="Придержал 11:00. Записать?", reply_markup=BUTTON)


@pytest.fixture
async def answering(bench: Bench) -> AsyncIterator[Answering]:
    bot = Answering(bench)
    task = asyncio.create_task(bot.run())
    yield bot
    task.cancel()


async def over(player: Player, bench: Bench, person_id: int) -> None:
    async with asyncio.timeout(10):
        while player.playing(bench.bot.id, person_id):
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("name", [scenario.name for scenario in scenarios()])
async def test_every_scenario_is_led_to_its_end_by_a_newcomer(bench: Bench, answering: Answering, name: str) -> None:
    del answering
    player = Player(bench.telegram, Pace(answer=5, silence=0.02, thought=0))
    client = player.play(bench.bot, name)
    await over(player, bench, client.id)
    messages = list_messages(bench.telegram.store, bench.bot.id, client.id)
    said = [message for message in messages if not message.is_from_bot]
    steps = next(scenario.steps for scenario in scenarios() if scenario.name == name)
    pressed = bench.telegram.store.list("select data from presses where person_id = ?", client.id)
    assert len(said) + len(pressed) == sum(step.photos or 1 for step in steps)
    assert len(pressed) == sum(bool(step.press) for step in steps)
    again = player.play(bench.bot, name)
    assert again != client
    await player.stop_all()


async def test_client_who_is_not_answered_gives_up(bench: Bench, answering: Answering) -> None:
    answering.is_silent = True
    player = Player(bench.telegram, Pace(answer=0.05, silence=0.02, thought=0))
    client = player.play(bench.bot, "angry")
    await over(player, bench, client.id)
    assert len(list_messages(bench.telegram.store, bench.bot.id, client.id)) == 1


async def test_scenario_ends_when_it_is_stopped_or_the_bot_is_blocked(bench: Bench, answering: Answering) -> None:
    del answering
    player = Player(bench.telegram, Pace(answer=30, silence=0.02, thought=0.01))
    stopped, blocked = player.play(bench.bot, "angry"), player.play(bench.bot, "angry")
    await asyncio.sleep(0.01)
    player.stop(bench.bot.id, stopped.id)
    whom = find_person(bench.telegram.store, blocked.id)
    assert whom is not None
    membership.block(bench.telegram, bench.bot, whom)
    await over(player, bench, stopped.id)
    await player.stop_all()


async def test_unknown_scenario_is_not_found(bench: Bench) -> None:
    with pytest.raises(ScenarioNotFound):
        Player(bench.telegram).play(bench.bot, "nonsense")
