"""What every handler of a phone is given: one person's chat, and how it is shown again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from valera.simulator.page.place import AnyRequest, Place, html, place_of
from valera.simulator.page.thread_view import view_thread
from valera.simulator.server.provided import TheBot, ThePerson, ThePlayer, TheTelegram

if TYPE_CHECKING:
    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.person import Person
    from valera.simulator.messenger.telegram import Telegram
    from valera.simulator.scenario.player import Player


@dataclass(frozen=True, slots=True)
class Chatting:
    place: Place
    telegram: Telegram
    player: Player
    bot: Bot
    person: Person

    def html(self) -> Response[str]:
        playing = self.player.playing(self.bot.id, self.person.id)
        return html("_thread.html", self.place, thread=view_thread(self.telegram, self.place), playing=playing)


TheChat = NamedDependency[SkipValidation[Chatting]]


def provide_chatting(request: AnyRequest, telegram: TheTelegram, player: ThePlayer, bot: TheBot, whom: ThePerson) -> Chatting:
    return Chatting(place_of(request, bot, whom), telegram, player, bot, whom)
