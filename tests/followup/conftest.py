"""The garage's stage, and its jobs done by hand: no queue, no waiting."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.cast import World
from tests.reception.stage import Script, Stage
from valera.followup.settings import change_settings
from valera.kit.clock import FixedClock
from valera.kit.db import Database, account_scope
from valera.kit.jobs.job import Job
from valera.worker import JOBS


@dataclass(slots=True)
class Aftermath:
    """Beside the stage: what waits in the job queue of the garage, and the clock by which it is done."""

    stage: Stage

    async def waiting(self, entrypoint: str) -> list[tuple[datetime, dict[str, int]]]:
        """Time and payload, the soonest first."""
        rows = await self.stage.rows(
            "select execute_after, convert_from(payload, 'UTF8') as payload from jobs.pgqueuer"
            " where entrypoint = $1 and dedupe_key like $2 || ':%' order by execute_after, id",
            entrypoint,
            str(self.stage.shop.account_id),
        )
        return [(row["execute_after"], msgspec.json.decode(row["payload"])) for row in rows]

    async def do(self, entrypoint: str, payload: Mapping[str, int], *, at: datetime | None = None) -> None:
        """One job, as the runner carries it out, at a time by the clock."""
        self.stage.clock.at = at or self.stage.clock.at
        with account_scope(self.stage.shop.account_id):
            async with self.stage.db.account_tx() as tx:
                await JOBS[entrypoint](tx, Job(1, entrypoint, payload, 1), self.stage.clock.now())

    async def do_next(self, entrypoint: str, *, late: timedelta = timedelta(0)) -> None:
        """The soonest one of its kind, when its time has come, and not again."""
        at, payload = (await self.waiting(entrypoint))[0]
        await self.stage.owner.execute(
            "delete from jobs.pgqueuer where id = (select id from jobs.pgqueuer where entrypoint = $1 and dedupe_key like $2 || ':%'"
            " order by execute_after, id limit 1)",
            entrypoint,
            str(self.stage.shop.account_id),
        )
        await self.do(entrypoint, payload, at=max(at, self.stage.clock.at) + late)

    async def notice_changes(self) -> None:
        """Every change of a booking that is not looked at yet."""
        while await self.waiting("booking_changed"):
            _, payload = (await self.waiting("booking_changed"))[0]
            await self.stage.owner.execute(
                "delete from jobs.pgqueuer where entrypoint = 'booking_changed' and dedupe_key = $1",
                f"{self.stage.shop.account_id}:booking_changed:{payload['event']}",
            )
            await self.do("booking_changed", payload)

    async def change(self, status: str, *, starts_at: datetime | None = None) -> None:
        """The garage's booking, changed by whoever may, and its event. With a time: it is moved there."""
        shop, owner = self.stage.shop, self.stage.owner
        await owner.execute("select set_config('app.account_id', $1, false)", str(shop.account_id))
        await owner.execute(
            "update bookings set status = $2, revision = revision + 1,"
            " during = case when $3::timestamptz is null then during else tstzrange($3, $3 + interval '1 hour') end where id = $1",
            shop.booking_id,
            status,
            starts_at,
        )
        await owner.execute(
            "insert into booking_events (booking_id, event, actor, revision) select id, $2, 'system', revision from bookings where id = $1",
            shop.booking_id,
            status if starts_at is None else "moved",
        )
        await self.notice_changes()

    async def said(self) -> list[str]:
        return await self.stage.said(self.stage.shop.telegram_chat_id)

    async def buttons(self) -> dict[str, str]:
        return await self.stage.buttons(self.stage.shop.telegram_chat_id)

    async def press(self, data: str) -> str:
        """What is said to it."""
        await self.stage.press(data, user=self.stage.shop.telegram_user_id)
        await self.stage.take_in()
        return (await self.said())[-1]

    async def hear(self, text: str) -> list[str]:
        """What code says to a text; nothing where the assistant's turn is due instead."""
        before = await self.said()
        await self.stage.owner.execute("update deliveries set state = 'sent', sent_at = now() - interval '1 second' where state = 'ready'")
        await self.stage.write(text, user=self.stage.shop.telegram_user_id)
        await self.stage.take_in()
        return (await self.said())[len(before) :]

    async def notices(self) -> list[tuple[str, dict[str, Any]]]:
        rows = await self.stage.rows("select kind, details from notices where resolved_at is null order by id")
        return [(row["kind"], row["details"]) for row in rows]

    async def settle(self, **changes: object) -> None:
        with account_scope(self.stage.shop.account_id):
            async with self.stage.db.account_tx() as tx:
                await change_settings(tx, changes)


@pytest.fixture
async def after(db: Database, world: World, clock: FixedClock) -> AsyncIterator[Aftermath]:
    """The garage's booking № 1 is confirmed for Tuesday, 1 December 2026, 12:00 in Moscow; it is nine days before."""
    owner = await db.connect(role="valera_owner")
    await owner.execute("update mailboxes set due_at = null; update telegram_updates set done_at = now()")
    await owner.execute("delete from feedback; delete from reminders")
    yield Aftermath(Stage(db, world.garage, owner, Script(), clock))
    await owner.close()
