"""Links, invites, keys and limits: each opens what it should, once, and for as long as it should."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.identity.people import TELEGRAM_ID, House
from valera.identity.api_key import KeyNotFound, Scope, find_key, list_keys, make_key, revoke_key
from valera.identity.limit import Limit, TooOften, limit
from valera.identity.membership import TeamRole, list_members
from valera.identity.session import Person
from valera.identity.team import change_role, remove_member
from valera.identity.ways.invite import (
    MOST_OPEN,
    AlreadyMember,
    InviteGone,
    InviteNotFound,
    Joined,
    TooManyInvites,
    accept,
    find_invitation,
    invite,
    list_invites,
    revoke_invite,
)
from valera.identity.ways.login_link import LinkSpent, find_guest, make_link, use_link
from valera.identity.ways.sign_in import know, local_path
from valera.kit.db import account_scope

HOUR = timedelta(hours=1)


async def invited(house: House, *, role: TeamRole = TeamRole.SUPPORT) -> str:
    with account_scope(house.world.garage.account_id):
        async with house.db.account_tx() as tx:
            return await invite(tx, role=role, name="Олег", by=house.world.garage.member_id, now=house.now)


async def accepted(house: House, token: str, *, telegram: int | None = None, after: timedelta = timedelta(0)) -> Joined:
    async with house.db.identity_tx() as tx:
        return await accept(tx, token, telegram_user_id=telegram, name="", now=house.now + after)


# ---- login links ----------------------------------------------------------------------------------


async def linked(house: House, name: str = "Мастер") -> str:
    from valera.identity.membership import get_member_by_name

    with account_scope(house.world.garage.account_id):
        async with house.db.account_tx() as tx:
            return await make_link(tx, await get_member_by_name(tx, name), now=house.now)


async def test_a_link_lets_its_member_in_once(house: House) -> None:
    token = await linked(house)

    async with house.db.identity_tx() as tx:
        looked = await find_guest(tx, token, now=house.now)
        guest = await use_link(tx, token, now=house.now + timedelta(minutes=29))
        with pytest.raises(LinkSpent):
            await use_link(tx, token, now=house.now + timedelta(minutes=29))

    assert looked == guest
    assert (guest.slug, guest.name) == ("garage", "Мастер")


async def test_an_old_link_opens_nothing(house: House) -> None:
    token = await linked(house)

    async with house.db.identity_tx() as tx:
        for given in (token, "nonsense", ""):
            with pytest.raises(LinkSpent):
                await use_link(tx, given, now=house.now + timedelta(minutes=31))


async def test_a_link_of_somebody_who_is_removed_opens_nothing(house: House) -> None:
    colleague = await house.join(house.world.garage, name="Олег")
    token = await linked(house, "Олег")
    async with house.db.identity_tx() as tx:
        await remove_member(tx, colleague, by=await house.owner(), now=house.now)

    async with house.db.identity_tx() as tx:
        with pytest.raises(LinkSpent):
            await use_link(tx, token, now=house.now)


# ---- invites --------------------------------------------------------------------------------------


async def test_an_invite_takes_one_person_in_in_the_role_that_was_decided(house: House) -> None:
    token = await invited(house, role=TeamRole.ADMIN)

    joined = await accepted(house, token, after=71 * HOUR)

    assert joined.slug == "garage"
    entry = await house.entry(await house.begin(joined.person))
    assert entry is not None
    assert (entry.name, entry.role, entry.is_owner) == ("Олег", TeamRole.ADMIN, False)
    with pytest.raises(InviteGone):
        await accepted(house, token)


async def test_of_ten_who_accept_at_once_one_joins(house: House) -> None:
    token = await invited(house)

    answers = await asyncio.gather(*[accepted(house, token) for _ in range(10)], return_exceptions=True)

    assert sorted(type(answer).__name__ for answer in answers) == ["InviteGone"] * 9 + ["Joined"]


async def test_an_invite_lives_72_hours(house: House) -> None:
    token = await invited(house)

    with pytest.raises(InviteGone):
        await accepted(house, token, after=72 * HOUR)


async def test_a_revoked_invite_opens_nothing(house: House) -> None:
    token = await invited(house)
    with account_scope(house.world.garage.account_id):
        async with house.db.account_tx() as tx:
            [one] = await list_invites(tx, now=house.now)
            await revoke_invite(tx, one.id, by=house.world.garage.member_id, now=house.now)
            assert await list_invites(tx, now=house.now) == []

    with pytest.raises(InviteGone):
        await accepted(house, token)
    async with house.db.identity_tx() as tx:
        with pytest.raises(InviteGone):
            await find_invitation(tx, token, now=house.now)


async def test_rival_sees_nothing(house: House) -> None:
    await invited(house)
    with account_scope(house.world.garage.account_id):
        async with house.db.account_tx() as tx:
            [one] = await list_invites(tx, now=house.now)
            await make_key(tx, name="CRM", scope=Scope.READ, by=house.world.garage.member_id)
            [key] = await list_keys(tx)

    with account_scope(house.world.rival.account_id):
        async with house.db.account_tx() as tx:
            assert await list_invites(tx, now=house.now) == []
            assert await list_keys(tx) == []
            assert [member.id for member in await list_members(tx)] == [house.world.rival.member_id]
            with pytest.raises(InviteNotFound):
                await revoke_invite(tx, one.id, by=house.world.rival.member_id, now=house.now)
            with pytest.raises(KeyNotFound):
                await revoke_key(tx, key.id, now=house.now)


async def test_whoever_is_in_the_team_leaves_the_invite_for_somebody_else(house: House) -> None:
    await house.join(house.world.garage, telegram=TELEGRAM_ID)
    token = await invited(house)

    with pytest.raises(AlreadyMember):
        await accepted(house, token, telegram=TELEGRAM_ID)

    assert (await accepted(house, token)).slug == "garage"


async def test_telegrams_word_counts_for_whoever_joins(house: House) -> None:
    token = await invited(house)
    async with house.db.identity_tx() as tx:
        await know(tx, TELEGRAM_ID, first_name="Олег", last_name=None, username="oleg")

    joined = await accepted(house, token, telegram=TELEGRAM_ID)

    assert joined.person == Person(TELEGRAM_ID)
    assert await house.entry(await house.begin(joined.person)) is not None


async def test_invites_are_not_without_number(house: House) -> None:
    for _ in range(MOST_OPEN):
        await invited(house)

    with pytest.raises(TooManyInvites):
        await invited(house)


async def test_the_team_is_written_down_without_names(house: House) -> None:
    await accepted(house, await invited(house))

    connection = await house.db.connect(role="valera_owner")
    rows = await connection.fetch(
        "select event_type, properties from analytics_events where event_type like '%invite%' or event_type like 'member%'"
    )
    await connection.close()

    assert [row["event_type"] for row in rows] == ["member_invited", "member_joined"]
    assert "Олег" not in str([row["properties"] for row in rows])


# ---- keys of programs -----------------------------------------------------------------------------


async def test_a_key_opens_its_shop_until_it_is_taken_back(house: House) -> None:
    with account_scope(house.world.garage.account_id):
        async with house.db.account_tx() as tx:
            secret = await make_key(tx, name="CRM", scope=Scope.WRITE, by=house.world.garage.member_id)
            [key] = await list_keys(tx)
    assert secret.startswith(key.prefix)
    async with house.db.identity_tx() as tx:
        found = await find_key(tx, secret, now=house.now)
        assert found is not None
        assert (found.account_id, found.key_id, found.scope) == (house.world.garage.account_id, key.id, Scope.WRITE)
        assert await find_key(tx, secret[:-1], now=house.now) is None
        assert await find_key(tx, "", now=house.now) is None
    with account_scope(house.world.garage.account_id):
        async with house.db.account_tx() as tx:
            [key] = await list_keys(tx)
            assert key.last_used_at == house.now
            await revoke_key(tx, key.id, now=house.now)
    async with house.db.identity_tx() as tx:
        assert await find_key(tx, secret, now=house.now) is None


@pytest.mark.parametrize("goodbye", ["removed", "demoted"])
async def test_keys_go_with_whoever_may_not_make_them_any_more(house: House, goodbye: str) -> None:
    admin = await house.join(house.world.garage, role=TeamRole.ADMIN)
    with account_scope(house.world.garage.account_id):
        async with house.db.account_tx() as tx:
            secret = await make_key(tx, name="CRM", scope=Scope.READ, by=admin)
    owner = await house.owner()

    async with house.db.identity_tx() as tx:
        if goodbye == "removed":
            await remove_member(tx, admin, by=owner, now=house.now)
        else:
            await change_role(tx, admin, TeamRole.SUPPORT, by=owner, now=house.now)

    async with house.db.identity_tx() as tx:
        assert await find_key(tx, secret, now=house.now) is None


# ---- limits ---------------------------------------------------------------------------------------

THREE = Limit("test", most=3, within=timedelta(minutes=3))


async def test_a_limit_lets_so_many_through_and_says_when_there_is_room_again(house: House) -> None:
    for _ in range(3):
        await limit(house.db, THREE, "somebody", now=house.now)

    with pytest.raises(TooOften) as caught:
        await limit(house.db, THREE, "somebody", now=house.now)

    assert caught.value.retry_after == 60
    await limit(house.db, THREE, "somebody else", now=house.now)
    await limit(house.db, THREE, "somebody", now=house.now + timedelta(seconds=60))
    with pytest.raises(TooOften):
        await limit(house.db, THREE, "somebody", now=house.now + timedelta(seconds=61))


async def test_a_limit_holds_for_all_who_try_at_once(house: House) -> None:
    answers = await asyncio.gather(*[limit(house.db, THREE, "crowd", now=house.now) for _ in range(12)], return_exceptions=True)

    assert sum(isinstance(answer, TooOften) for answer in answers) == 9


# ---- where a sign-in leads ------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/shops/garage/chats?message=7", "/invites/abc", "/"])
def test_a_sign_in_leads_to_places_of_ours(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "javascript:alert(1)",
        "",
        "shops",
        "/a\nb",
        "/" + "x" * 600,
    ],
)
def test_a_sign_in_leads_nowhere_else(path: str) -> None:
    assert local_path(path) == "/"
