"""What every handler of the panel is given: both sides of one chat, and how the panel is shown again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from valera.kit.errors import NotFound
from valera.simulator.page.place import AnyRequest, Place, html, place_of
from valera.simulator.page.shop.switch_view import view_switches
from valera.simulator.server.provided import TheBot, TheModels, ThePerson, TheTelegram

if TYPE_CHECKING:
    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.person import Person
    from valera.simulator.messenger.telegram import Telegram
    from valera.simulator.models.provider import Provider
    from valera.simulator.page.shop.panel import PanelView


class Glass(Protocol):
    """The shop's side of a chat (panel.Panel is the real one)."""

    async def look(self, bot_id: int, person_id: int) -> PanelView: ...
    async def take_over(self, bot_id: int, person_id: int) -> None: ...
    async def hand_back(self, bot_id: int, person_id: int) -> None: ...
    async def answer(self, bot_id: int, person_id: int, text: str) -> None: ...
    async def resume(self, bot_id: int) -> bool: ...


@dataclass(frozen=True, slots=True)
class Desk:
    place: Place
    telegram: Telegram
    models: Provider
    bot: Bot
    person: Person
    glass_or_none: Glass | None

    @property
    def glass(self) -> Glass:
        if self.glass_or_none is None:
            raise NotFound("This simulator runs without a shop beside it.")
        return self.glass_or_none

    async def html(self) -> Response[str]:
        try:
            panel = await self.glass.look(self.bot.id, self.person.id)
        except NotFound:
            panel = None
        zone = ZoneInfo(panel.shop.time_zone) if panel else None
        switches = view_switches(self.telegram, self.models, self.bot)
        return html("_panel.html", self.place, panel=panel, zone=zone, switches=switches)


TheGlass = NamedDependency[SkipValidation[Glass | None]]
TheDesk = NamedDependency[SkipValidation[Desk]]


def provide_desk(request: AnyRequest, telegram: TheTelegram, glass: TheGlass, models: TheModels, bot: TheBot, *, whom: ThePerson) -> Desk:
    return Desk(place_of(request, bot, whom), telegram, models, bot, whom, glass)
