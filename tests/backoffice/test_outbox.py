"""After a restore nothing that the original may have sent is sent again, until an operator says so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cast import Shop, World
from tests.conftest import Cluster
from tests.reception.stage import AT_ONCE, Script, Stage
from tests.telegram.post_office import PostOffice, open_post_office
from valera.accounts.account import AccountNotFound
from valera.backoffice.backup import backup, restore
from valera.backoffice.outbox import Old, OldWorkUnfinished, Outbox, look, release
from valera.backoffice.verify import verify
from valera.kit.clock import FixedClock
from valera.kit.db import Database, account_scope
from valera.telegram.bots.bot import pause_bot

READY, WAITING, UNREAD, NEW = 801, 802, 803, 804
"""Clients of the original: whose answer was ready, whose turn waited, whose message was not taken in; and one who writes afterwards."""


@dataclass(slots=True)
class House:
    """One installation's garage: what it hears and what it sends."""

    stage: Stage
    office: PostOffice

    @property
    def db(self) -> Database:
        return self.office.db

    async def work(self) -> None:
        """Everything that can be done without waiting."""
        await self.stage.take_in()
        await self.stage.run_turns()
        await self.office.send_all()

    async def outbox(self) -> Outbox:
        [(_, found)] = await look(self.db, slug="garage")
        return found

    async def states(self, user: int) -> list[tuple[str, int]]:
        found = await self.stage.rows("select state, unsure from deliveries where telegram_chat_id = $1 order by id", user)
        return [(row["state"], row["unsure"]) for row in found]


@asynccontextmanager
async def a_house(db: Database, shop: Shop, clock: FixedClock, *answers: str) -> AsyncIterator[House]:
    async with open_post_office(db, shop) as office:
        yield House(Stage(db, shop, office.owner, Script(list(answers)), clock, AT_ONCE), office)


@pytest.fixture
async def original(db: Database, world: World, clock: FixedClock) -> AsyncIterator[House]:
    async with a_house(db, world.garage, clock, "Ответ раз", "Ответ два", "Ответ три") as house:
        await house.work()
        house.office.telegram.calls.clear()
        yield house


@pytest.fixture
async def restored(original: House, cluster: Cluster, tmp_path: Path, clock: FixedClock) -> AsyncIterator[House]:
    """From a backup that was made while an answer was ready, a turn waited and a message was not taken in yet."""
    stage = original.stage
    await stage.write("первый", user=READY)
    await stage.take_in()
    await stage.run_turns()
    await stage.write("второй", user=WAITING)
    await stage.take_in()
    await stage.write("третий", user=UNREAD)
    await backup(original.db.url, tmp_path / "b", binaries=cluster.server.binaries)
    name = await cluster.create()
    await restore(cluster.url(name), tmp_path / "b", binaries=cluster.server.binaries)
    db = Database(cluster.url(name), min_size=1, max_size=4)
    await db.open()
    answers = ("Ответ два снова", "Ответ три снова", "Ответ новому", "Ответ старому на новое")
    async with a_house(db, stage.shop, clock, *answers) as house:
        await house.office.owner.execute(
            "update deliveries set state = 'ready' where telegram_chat_id = $1", READY
        )  # the office swept it up
        yield house
    await db.close()
    await cluster.drop(name)


async def test_restored_shop_takes_in_and_answers_but_sends_nothing(restored: House) -> None:
    await restored.work()
    await restored.stage.write("я новый", user=NEW)
    await restored.work()

    assert restored.office.telegram.calls == []
    assert [await restored.states(user) for user in (READY, WAITING, UNREAD, NEW)] == [[("ready", 0)]] * 4
    found = await restored.outbox()
    assert (found.old, found.new, found.unfinished) == (3, 1, 0)
    assert found.restored_at is not None
    assert "HELD" in found.tell()


async def test_dropped_old_answers_are_never_sent_and_the_new_ones_are(restored: House) -> None:
    await restored.work()
    await restored.stage.write("я новый", user=NEW)
    await restored.work()

    [(account, released)] = await release(restored.db, Old.DROP, slug="garage")
    await restored.work()

    assert (account.slug, released.old, released.due) == ("garage", 3, 1)
    assert restored.office.texts() == ["Ответ новому"]
    assert [await restored.states(user) for user in (READY, WAITING, UNREAD)] == [[("withdrawn", 0)]] * 3
    assert ("user", "третий") in await restored.stage.messages(UNREAD)
    assert [finding.invariant for finding in await verify(restored.db) if finding.breaches] == []


async def test_old_answers_are_sent_as_replies_if_the_operator_wants_them(restored: House) -> None:
    await restored.work()

    await release(restored.db, Old.SEND, slug="garage")
    await restored.work()

    assert sorted(restored.office.texts()) == ["Ответ два снова", "Ответ раз", "Ответ три снова"]
    assert all("reply_parameters" in call for method, call in restored.office.telegram.calls if method == "sendMessage")


async def test_old_client_who_writes_again_is_answered(restored: House) -> None:
    await restored.work()
    await restored.stage.write("а теперь?", user=READY)
    await restored.work()

    await release(restored.db, Old.DROP)
    await restored.work()

    assert [state for state, _ in await restored.states(READY)] == ["withdrawn", "sent"]
    assert len(restored.office.texts()) == 1


async def test_answer_to_old_and_new_words_together_is_new(restored: House) -> None:
    await restored.stage.write("и ещё", user=WAITING)
    await restored.work()

    await release(restored.db, Old.DROP)
    await restored.work()

    assert [state for state, _ in await restored.states(WAITING)] == ["sent"]


async def test_release_waits_for_the_work_of_the_backup(restored: House) -> None:
    with pytest.raises(OldWorkUnfinished, match="2 messages"):
        await release(restored.db, Old.DROP)

    assert (await restored.outbox()).unfinished == 2
    assert await restored.office.bot_state() == "held"
    await restored.work()
    assert len(await release(restored.db, Old.DROP)) == 2


async def test_rival_is_released_by_itself(restored: House) -> None:
    await restored.work()
    await release(restored.db, Old.DROP, slug="garage")

    assert [outbox.restored_at is None for _, outbox in await look(restored.db)] == [True, False]
    assert await release(restored.db, Old.DROP, slug="garage") == []
    with pytest.raises(AccountNotFound):
        await release(restored.db, Old.DROP, slug="nobody")


async def test_team_is_told_until_it_is_released(restored: House) -> None:
    open_kinds = "select kind from notices where account_id = $1 and resolved_at is null"
    assert [row["kind"] for row in await restored.stage.rows(open_kinds, restored.stage.shop.account_id)] == ["restored"]
    await restored.work()
    await release(restored.db, Old.DROP, slug="garage")
    assert await restored.stage.rows(open_kinds, restored.stage.shop.account_id) == []


async def test_refused_token_does_not_lift_the_hold(restored: House) -> None:
    with account_scope(restored.stage.shop.account_id):
        async with restored.db.account_tx() as tx:
            await pause_bot(tx, restored.stage.shop.bot_id)
    assert await restored.office.bot_state() == "held"


async def test_old_work_of_a_held_shop_is_not_called_stuck(restored: House) -> None:
    await restored.stage.owner.execute("update telegram_updates set received_at = now() - interval '1 day' where done_at is null")
    await restored.stage.owner.execute("update turns set due_at = now() - interval '1 day' where state = 'waiting'")
    assert [finding.invariant for finding in await verify(restored.db) if finding.breaches] == []


async def test_backup_of_a_held_shop_is_held_again(restored: House, cluster: Cluster, tmp_path: Path) -> None:
    await restored.work()
    await backup(restored.db.url, tmp_path / "again", binaries=cluster.server.binaries)
    name = await cluster.create()
    await restore(cluster.url(name), tmp_path / "again", binaries=cluster.server.binaries)
    second = Database(cluster.url(name), min_size=1, max_size=2)
    await second.open()
    try:
        [(_, outbox), _] = await look(second)
        assert (outbox.old, outbox.new, outbox.restored_at is None) == (3, 0, False)
    finally:
        await second.close()
        await cluster.drop(name)


async def test_shop_that_was_never_restored_just_sends(original: House) -> None:
    assert (await original.outbox()).tell() == "sends; none waiting"
    await original.stage.write("первый", user=READY)
    await original.stage.take_in()
    await original.stage.run_turns()
    assert "1 waiting" in (await original.outbox()).tell()
    assert await release(original.db, Old.DROP) == []
