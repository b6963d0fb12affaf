"""One trial: the whole conversation, one point, one fault; then whatever Valera does by itself, and a look at what has come of it."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from tests.cast import Shop
from tests.reliability.crash_points.client import ACTS, Client
from tests.reliability.crash_points.house import House, Place
from tests.reliability.crash_points.ledger import MASTER_KEY, Effects, Ledger, ledger
from tests.reliability.crash_points.points import Fault, Point
from tests.reliability.crash_points.telegram import Telegram, telegram
from tests.reliability.crash_points.victim import Order, Victims, victims
from valera.reception.readiness import warm_up

IDLE_LOOKS = 3
LOOK_SECONDS = 0.02
TRIAL_SECONDS = 60
REHEARSALS = 10

Tell = Callable[[Fault, int, int], None]


def _tell_nobody(_fault: Fault, _number: int, _of: int) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Outcome:
    """``again``: sends more than there are deliveries; ``wrong``: what must not be, in words."""

    shop: Shop
    bookings: int
    sends: int
    again: int
    wrong: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.wrong:
            return f"**{'; '.join(self.wrong)}**"
        return f"{self.bookings} booking, {self.sends} sends" + (f" ({self.again} again)" if self.again else "")


@dataclass(slots=True)
class Theatre:
    """A house that survives, processes that do not, and the two who see it all: Telegram and the database."""

    house: House
    telegram: Telegram
    ledger: Ledger
    victims: Victims
    usual: Effects = field(default_factory=dict[str, tuple[str, ...]])

    async def rehearse(self) -> list[Point]:
        """Nothing goes wrong: every point, in the order in which it is reached. Until the same are reached twice in a row: what is done
        for the first time, or on a machine that stands still for a second, takes other ways.
        """
        before: set[Point] = set()
        for _ in range(REHEARSALS):
            points = await self._rehearse_once()
            if set(points) == before:
                return points
            before = set(points)
        raise TimeoutError("No two rehearsals are alike.")

    async def _rehearse_once(self) -> list[Point]:
        client = Client(await self.ledger.open_shop(), self.telegram)
        self.house.points.arm()
        async with self.house.staffed(), asyncio.timeout(TRIAL_SECONDS):
            await self._play(client, self.house.place.socket)
        self.usual = await self.ledger.effects(client.shop)
        return distinct(self.house.points.reached)

    async def try_all(self, points: Sequence[Point], fault: Fault, *, tell: Tell = _tell_nobody) -> list[Outcome]:
        """One trial for each point, one after another: the house takes part in every one."""
        outcomes: list[Outcome] = []
        async with AsyncExitStack() as stack:
            if fault is not Fault.KILL:
                await stack.enter_async_context(self.house.staffed())
            for point in points:
                outcomes.append(await (self.kill(point) if fault is Fault.KILL else self.hurt(point, fault)))
                tell(fault, len(outcomes), len(points))
        return outcomes

    async def kill(self, point: Point) -> Outcome:
        """A process dies at the point; then the house, where nobody worked until now, begins to work."""
        client = Client(await self.ledger.open_shop(), self.telegram)
        place = msgspec.structs.replace(self.house.place, socket=f"{self.house.place.socket}.victim")
        self.house.points.arm()
        async with self.victims.live(Order(place, point)) as ended:
            playing = asyncio.create_task(self._play(client, place.socket))
            await asyncio.wait([ended, playing], timeout=TRIAL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            playing.cancel()
            await asyncio.gather(playing, return_exceptions=True)
            if not ended.done() or ended.result() != signal.SIGKILL:
                return await self._judge(client, 0, wrong=("the point was not reached",))
        may_repeat = await self._count_unmarked(client)
        async with self.house.staffed():
            is_over = await self._go_on(client, of_the_living=False)
        return await self._judge(client, may_repeat, wrong=() if is_over else (f"stuck at {client.act}",))

    async def hurt(self, point: Point, fault: Fault) -> Outcome:
        """The house works and is hurt at the point; it goes on with what is left of it."""
        client = Client(await self.ledger.open_shop(), self.telegram)
        may_repeat: list[int] = []

        async def look() -> None:
            may_repeat.append(await self._count_unmarked(client))

        self.house.points.arm(point, fault, witness=look)
        is_over = await self._go_on(client, of_the_living=True)
        if not may_repeat:
            return await self._judge(client, 0, wrong=("the point was not reached",))
        return await self._judge(client, may_repeat[0], wrong=() if is_over else (f"stuck at {client.act}",))

    async def _go_on(self, client: Client, *, of_the_living: bool) -> bool:
        """In the house, to the end. False: it never came to an end."""
        try:
            await asyncio.wait_for(self._play(client, self.house.place.socket, of_the_living=of_the_living), TRIAL_SECONDS)
        except TimeoutError:
            return False
        return True

    async def _play(self, client: Client, socket: str, *, of_the_living: bool | None = None) -> None:
        """The client goes on when Valera is done with what they did before. ``of_the_living`` None: no time passes."""
        while client.done < len(ACTS):
            await client.tell(socket)
            idle = 0
            while not await self.ledger.is_settled(client.shop, acts=client.done):
                idle = idle + 1 if self.house.points.is_idle() else 0
                if of_the_living is not None and idle >= IDLE_LOOKS:
                    idle = 0
                    await self.ledger.pass_time(client.shop, of_the_living=of_the_living)
                await asyncio.sleep(LOOK_SECONDS)
            client.done += 1

    async def _count_unmarked(self, client: Client) -> int:
        """Messages that Telegram has and the database does not know of: these may come again."""
        return len(self.telegram.to(client.chat)) - await self.ledger.count_marked(client.shop)

    async def _judge(self, client: Client, may_repeat: int, *, wrong: tuple[str, ...] = ()) -> Outcome:
        effects, sent = await self.ledger.effects(client.shop), self.telegram.to(client.chat)
        if wrong:
            await self.ledger.close_shop(client.shop)
        found = [*wrong, *(f"{name} differ" for name, rows in self.usual.items() if effects[name] != rows)]
        texts = [message["text"] for message in sent]
        due = [row.removeprefix("sent ") for row in effects["deliveries"][1:]]
        again = [message for number, message in enumerate(sent) if message["text"] in texts[:number]]
        if list(dict.fromkeys(texts)) != due:
            found.append(f"{len(set(texts))} of {len(due)} texts in order")
        if len(again) > may_repeat:
            found.append(f"{len(again)} sent again where {may_repeat} may")
        if not all("reply_parameters" in message for message in again):
            found.append("sent again, not as a reply")
        booked = sum("confirmed" in row for row in effects["bookings"]) - 1  # the cast has one of its own
        return Outcome(client.shop, booked, len(sent), len(again), tuple(found))


def distinct(reached: Sequence[Point]) -> list[Point]:
    """Each border once: a second message passes those of the first again, and is there to see that the chat lives on."""
    known = {"confirms": set[Point](), "": set[Point]()}
    points: list[Point] = []
    for point in reached:
        seen = known["confirms" if point.act == "confirms" else ""]
        border = msgspec.structs.replace(point, act="")
        if border not in seen:
            seen.add(border)
            points.append(point)
    return points


@asynccontextmanager
async def theatre(database_url: str) -> AsyncIterator[Theatre]:
    with tempfile.TemporaryDirectory(prefix="valera-") as folder:
        async with telegram() as there, ledger(database_url) as book, victims() as dying:
            warm_up()
            today = datetime.now(UTC).replace(hour=11, minute=5, second=0, microsecond=0)  # the middle of a working day
            house = House(Place(database_url, there.url, MASTER_KEY, f"{folder}/house.sock", today))
            async with house.open():
                yield Theatre(house, there, book, dying)
