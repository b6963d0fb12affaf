"""What handlers are given: the simulated Telegram, prepared clients, model providers, and the bot, person and group of the path."""

from __future__ import annotations

from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, SkipValidation

from valera.kit.errors import NotFound
from valera.simulator.messenger.bot import Bot, find_bot
from valera.simulator.messenger.group import Group, find_group
from valera.simulator.messenger.person import Person, find_person
from valera.simulator.messenger.telegram import Telegram
from valera.simulator.models.provider import Provider
from valera.simulator.scenario.player import Player

TheTelegram = NamedDependency[SkipValidation[Telegram]]
TheBot = NamedDependency[SkipValidation[Bot]]
ThePerson = NamedDependency[SkipValidation[Person]]
ThePlayer = NamedDependency[SkipValidation[Player]]
TheModels = NamedDependency[SkipValidation[Provider]]
TheGroup = NamedDependency[SkipValidation[Group]]

_LARGEST_ID = (1 << 53) - 1


def provide_bot(telegram: TheTelegram, bot_id: FromPath[int]) -> Bot:
    bot = find_bot(telegram.store, bot_id) if 0 < bot_id <= _LARGEST_ID else None
    if bot is None:
        raise NotFound("There is no such bot.")
    return bot


def provide_person(telegram: TheTelegram, person_id: FromPath[int]) -> Person:
    found = find_person(telegram.store, person_id) if 0 < person_id <= _LARGEST_ID else None
    if found is None:
        raise NotFound("There is no such person.")
    return found


def provide_group(telegram: TheTelegram, bot: TheBot, group_id: FromPath[int]) -> Group:
    found = find_group(telegram.store, bot.id, group_id) if -_LARGEST_ID <= group_id < 0 else None
    if found is None:
        raise NotFound("There is no such group.")
    return found


PATH_DEPENDENCIES = {
    "bot": Provide(provide_bot, sync_to_thread=False),
    "whom": Provide(provide_person, sync_to_thread=False),
    "group": Provide(provide_group, sync_to_thread=False),
}
