"""Who is signed in, where, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.identity.people import TELEGRAM_ID, House
from valera.identity.membership import TeamRole
from valera.identity.session import (
    Method,
    Person,
    SessionNotFound,
    choose_language,
    end_session,
    find_session,
    revoke,
    revoke_others,
)
from valera.identity.team import NotYourself, OwnerStays, change_role, remove_member
from valera.identity.token import hash_token

DAY = timedelta(days=1)


def member(house: House) -> Person:
    return Person(account_id=house.world.garage.account_id, member_id=house.world.garage.member_id)


async def test_a_person_of_telegram_enters_every_shop_of_theirs_and_no_other(house: House) -> None:
    await house.join(house.world.garage, telegram=TELEGRAM_ID)
    token = await house.begin(Person(TELEGRAM_ID), method=Method.TELEGRAM)

    entry = await house.entry(token)

    assert entry is not None
    assert (entry.slug, entry.role, entry.name, entry.is_owner) == ("garage", TeamRole.SUPPORT, "Игорь", False)
    assert await house.entry(token, "rival") is None
    await house.join(house.world.rival, telegram=TELEGRAM_ID, role=TeamRole.ADMIN)
    async with house.db.identity_tx() as tx:
        session = await find_session(tx, token, now=house.now)
        assert session is not None
        assert [(shop.slug, shop.role) for shop in await session.shops(tx)] == [("garage", TeamRole.SUPPORT), ("rival", TeamRole.ADMIN)]


async def test_a_member_who_came_by_a_link_enters_one_shop(house: House) -> None:
    token = await house.begin(member(house))

    entry = await house.entry(token)

    assert entry is not None
    assert entry.is_owner
    assert await house.entry(token, "rival") is None
    assert await house.entry("x" * 5000) is None


async def test_only_the_hash_of_the_cookie_is_kept(house: House) -> None:
    token = await house.begin(member(house))

    connection = await house.db.connect(role="valera_owner")
    rows = await connection.fetch("select * from sessions where ends_at > $1", house.now)
    await connection.close()

    assert [row["token_hash"] for row in rows] == [hash_token(token)]
    assert token not in str([dict(row) for row in rows])


async def test_a_session_ends_when_nobody_came_for_two_weeks(house: House) -> None:
    token = await house.begin(member(house))

    assert await house.entry(token, now=house.now + 13 * DAY) is not None
    assert await house.entry(token, now=house.now + 26 * DAY) is not None, "each visit begins the two weeks anew"
    assert await house.entry(token, now=house.now + 40 * DAY) is None


async def test_a_session_ends_after_sixty_days_however_busy(house: House) -> None:
    token = await house.begin(member(house))

    for day in range(10, 60, 10):
        assert await house.entry(token, now=house.now + day * DAY) is not None
    assert await house.entry(token, now=house.now + 60 * DAY) is None


async def test_signing_in_ends_the_session_that_the_browser_had(house: House) -> None:
    planted = await house.begin(member(house))

    token = await house.begin(member(house), replaces=planted)

    assert token != planted
    assert await house.entry(planted) is None
    assert await house.entry(token) is not None


async def test_one_ends_ones_own_sessions_and_nobody_elses(house: House) -> None:
    here, there = await house.begin(member(house)), await house.begin(member(house))
    other = await house.begin(Person(account_id=house.world.rival.account_id, member_id=house.world.rival.member_id))

    async with house.db.identity_tx() as tx:
        mine, theirs = await find_session(tx, here, now=house.now), await find_session(tx, other, now=house.now)
        assert mine is not None
        assert theirs is not None
        with pytest.raises(SessionNotFound):
            await revoke(tx, mine, theirs.id, now=house.now)
        devices = await mine.devices(tx, now=house.now)
        assert len(devices) == 2
        assert await revoke_others(tx, mine, now=house.now) == 1
        await choose_language(tx, mine, "en")

    assert await house.entry(there) is None
    entry = await house.entry(here)
    assert entry is not None
    assert entry.language == "en"
    assert await house.entry(other, "rival") is not None
    async with house.db.identity_tx() as tx:
        await end_session(tx, here, now=house.now)
    assert await house.entry(here) is None
    again = await house.entry(await house.begin(member(house)))
    assert again is not None
    assert again.language == "en", "the next session speaks as the one before"


async def test_another_role_ends_the_sessions_of_before(house: House) -> None:
    owner = await house.owner()
    colleague = await house.join(house.world.garage, telegram=TELEGRAM_ID)
    tokens = [await house.begin(Person(TELEGRAM_ID)), await house.begin(Person(account_id=owner.account_id, member_id=colleague))]

    async with house.db.identity_tx() as tx:
        await change_role(tx, colleague, TeamRole.ADMIN, by=owner, now=house.now)

    assert [await house.entry(token) for token in tokens] == [None, None]
    entry = await house.entry(await house.begin(Person(TELEGRAM_ID)))
    assert entry is not None
    assert entry.role is TeamRole.ADMIN


async def test_whoever_is_removed_is_out_at_once_and_stays_a_name(house: House) -> None:
    owner = await house.owner()
    colleague = await house.join(house.world.garage, telegram=TELEGRAM_ID)
    token = await house.begin(Person(TELEGRAM_ID))

    async with house.db.identity_tx() as tx:
        shop = await remove_member(tx, colleague, by=owner, now=house.now)
        name = await shop.connection.fetchval("select name from memberships where id = $1 and removed_at is not null", colleague)

    assert name == "Игорь"
    assert await house.entry(token) is None
    assert await house.entry(await house.begin(Person(TELEGRAM_ID))) is None, "Telegram's word opens nothing any more"


async def test_nobody_removes_the_owner_or_decides_about_themselves(house: House) -> None:
    owner = await house.owner()
    admin = await house.join(house.world.garage, role=TeamRole.ADMIN)
    token = await house.begin(Person(account_id=owner.account_id, member_id=admin))
    entry = await house.entry(token)
    assert entry is not None

    for verb in (lambda tx: remove_member(tx, owner.member_id, by=entry, now=house.now),
                 lambda tx: change_role(tx, owner.member_id, TeamRole.SUPPORT, by=entry, now=house.now)):  # fmt: skip
        with pytest.raises(OwnerStays):
            async with house.db.identity_tx() as tx:
                await verb(tx)
    with pytest.raises(NotYourself):
        async with house.db.identity_tx() as tx:
            await change_role(tx, admin, TeamRole.SUPPORT, by=entry, now=house.now)
    assert await house.entry(token) is not None
