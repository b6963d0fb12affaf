"""Plays a prepared dialogue: does a step, waits for the bot to answer and to fall silent, does the next."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from valera.kit.errors import NotFound, ValeraError
from valera.simulator.messenger.actions import media, pressing, writing
from valera.simulator.messenger.actions.media import Item
from valera.simulator.messenger.chat import find_chat
from valera.simulator.messenger.files.medium import MediumKind, Upload
from valera.simulator.messenger.message import list_messages
from valera.simulator.messenger.person import person
from valera.simulator.scenario.scenario import Scenario, Step, scenarios

if TYPE_CHECKING:
    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.events import Event
    from valera.simulator.messenger.person import Person
    from valera.simulator.messenger.telegram import Telegram

log = structlog.get_logger(__name__)

OFFERS_SEEN = 5
"""How many messages back a client looks for a button."""


class ScenarioNotFound(NotFound):
    """There is no prepared dialogue of this name."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the client waits: for a first word of the bot, for its silence afterwards, and before he writes on. Seconds."""

    answer: float = 45.0
    silence: float = 1.6
    thought: float = 1.2


class Player:
    """At most one dialogue in each chat."""

    def __init__(self, telegram: Telegram, pace: Pace | None = None) -> None:
        self._telegram = telegram
        self._pace = pace or Pace()
        self._playing: dict[tuple[int, int], tuple[str, asyncio.Task[None]]] = {}

    def play(self, bot: Bot, name: str) -> Person:
        """Begins the dialogue and returns the client who leads it. Raises ScenarioNotFound."""
        scenario = next((one for one in scenarios() if one.name == name), None)
        if scenario is None:
            raise ScenarioNotFound("There is no prepared dialogue of this name.")
        client = self._newcomer(bot, scenario)
        task = asyncio.create_task(self._lead(bot, client, scenario))
        key = (bot.id, client.id)
        self._playing[key] = (name, task)
        task.add_done_callback(lambda _: self._playing.pop(key, None))
        return client

    def playing(self, bot_id: int, person_id: int) -> str | None:
        """Which dialogue goes on in this chat."""
        name, _ = self._playing.get((bot_id, person_id), (None, None))
        return name

    def stop(self, bot_id: int, person_id: int) -> None:
        _, task = self._playing.get((bot_id, person_id), (None, None))
        if task is not None:
            task.cancel()

    async def stop_all(self) -> None:
        tasks = [task for _, task in self._playing.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _newcomer(self, bot: Bot, scenario: Scenario) -> Person:
        """The first of the scenario's clients who has not written to this bot; after them their namesakes."""
        for times in range(1, 1000):
            for name in scenario.people:
                client = person(self._telegram.store, name if times == 1 else f"{name} {times}")
                if find_chat(self._telegram.store, bot.id, client.id) is None:
                    return client
        raise ScenarioNotFound("Everybody who could play this has written to the bot already.")

    async def _lead(self, bot: Bot, client: Person, scenario: Scenario) -> None:
        try:
            with self._telegram.events.watching(bot.id, client.id) as heard:
                for step in scenario.steps:
                    _forget(heard)
                    self._do(bot, client, step)
                    if not await self._listen(heard):
                        return
                    await asyncio.sleep(self._pace.thought)
        except ValeraError as error:  # the client was made to block the bot, or the like: the dialogue is over
            log.info("scenario_ended", scenario=scenario.name, reason=error.slug)
        finally:
            self._telegram.tell_watchers(bot, client.id, "played", {})

    def _do(self, bot: Bot, client: Person, step: Step) -> None:
        if step.start is not None:
            writing.start(self._telegram, bot, client, step.start)
        elif step.photos:
            items = [Item(Upload(MediumKind.PHOTO, sample=number), "" if number else step.caption) for number in range(step.photos)]
            media.send_media(self._telegram, bot, client, items)
        elif step.voice:
            media.send_media(self._telegram, bot, client, [Item(Upload(MediumKind.VOICE, seconds=step.voice))])
        elif step.press and (button := self._offered(bot, client, step.press)):
            message_id, data = button
            pressing.press(self._telegram, bot, client, message_id=message_id, data=data)
        else:
            writing.write(self._telegram, bot, client, step.say or step.otherwise)

    def _offered(self, bot: Bot, client: Person, titles: tuple[str, ...]) -> tuple[int, str] | None:
        """The first of these buttons under one of the last messages."""
        messages = list_messages(self._telegram.store, bot.id, client.id, limit=OFFERS_SEEN)[::-1]
        for title in titles:
            for message in messages:
                for button in (one for row in message.inline_keyboard for one in row):
                    if "callback_data" in button and button["text"].casefold().startswith(title.casefold()):
                        return message.message_id, button["callback_data"]
        return None

    async def _listen(self, heard: asyncio.Queue[Event]) -> bool:
        """Until the bot has answered and then said nothing for a while. False: it did not answer, or the server stops."""
        patience, has_answered = self._pace.answer, False
        while True:
            try:
                event = await asyncio.wait_for(heard.get(), patience)
            except TimeoutError:
                return has_answered
            if event.name == "bye":
                return False
            has_answered = has_answered or (event.name in {"message", "edited"} and event.content.get("from", {}).get("is_bot", False))
            if has_answered:
                patience = self._pace.silence


def _forget(heard: asyncio.Queue[Event]) -> None:
    while not heard.empty():
        heard.get_nowait()
