"""The team: who is in it and as what, whom an admin lets in, whom they take out."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, delete, get, post, put
from litestar.params import FromPath, URLEncodedBody

from valera.dashboard.frame.given import TheDb, ThePage
from valera.dashboard.frame.page import Page
from valera.dashboard.frame.sign_in import TheSignIn
from valera.dashboard.team import queries
from valera.identity.membership import TeamRole, list_members
from valera.identity.permission import Permission
from valera.identity.team import change_role, remove_member
from valera.identity.ways.invite import LIVES, MAX_NAME, invite, list_invites, revoke_invite
from valera.kit.db import Database


class NewInvite(msgspec.Struct):
    role: TeamRole
    name: str = ""


class NewRole(msgspec.Struct):
    role: TeamRole


@get("/team", permission=Permission.TEAM)
async def get_team(page: ThePage, db: TheDb) -> Response[bytes]:
    return await _team(page, db, "team.html")


@get("/team/members", permission=Permission.TEAM)
async def get_members(page: ThePage, db: TheDb) -> Response[bytes]:
    return await _team(page, db, "_team_lists.html")


@post("/team/invites", permission=Permission.TEAM, status_code=200)
async def post_invite(page: ThePage, db: TheDb, sign_in: TheSignIn, data: URLEncodedBody[NewInvite]) -> Response[bytes]:
    """The link is shown now and never again: only its hash is kept."""
    if len(data.name) > MAX_NAME:
        return page.html("_team_form.html", status=422, given=data, error=page.t("team.name_long", count=MAX_NAME), max_name=MAX_NAME)
    async with db.account_tx() as tx:
        token = await invite(tx, role=data.role, name=data.name, by=page.entry.member_id, now=page.now)
    return page.html(
        "_team_link.html", address=f"{sign_in.address}/invites/{token}", role=data.role, hours=int(LIVES.total_seconds() // 3600)
    )


@delete("/team/invites/{invite_id:int}", permission=Permission.TEAM, status_code=200)
async def delete_invite(page: ThePage, db: TheDb, invite_id: FromPath[int]) -> Response[bytes]:
    async with db.account_tx() as tx:
        await revoke_invite(tx, invite_id, by=page.entry.member_id, now=page.now)
    return page.toast(await _team(page, db, "_team_lists.html"), page.t("team.invite_revoked"))


@put("/team/members/{member_id:int}/role", permission=Permission.TEAM)
async def put_role(page: ThePage, db: TheDb, member_id: FromPath[int], data: URLEncodedBody[NewRole]) -> Response[bytes]:
    """They are signed out everywhere and come in anew, as what they are now."""
    async with db.identity_tx() as tx:
        colleague = await change_role(tx, member_id, data.role, by=page.entry, now=page.now)
    text = page.t("team.role_changed", name=colleague.name, role=page.t(f"frame.role.{data.role}"))
    return page.toast(await _team(page, db, "_team_lists.html"), text)


@delete("/team/members/{member_id:int}", permission=Permission.TEAM, status_code=200)
async def delete_member(page: ThePage, db: TheDb, member_id: FromPath[int]) -> Response[bytes]:
    """Chats that they had taken wait for whoever takes them next."""
    async with db.identity_tx() as tx:
        shop = await remove_member(tx, member_id, by=page.entry, now=page.now)
        await queries.leave_chats(shop, member_id)
    return page.toast(await _team(page, db, "_team_lists.html"), page.t("team.removed"))


async def _team(page: Page, db: Database, template: str) -> Response[bytes]:
    async with db.account_tx() as tx:
        members, invites = await list_members(tx), await list_invites(tx, now=page.now)
    return page.html(template, members=members, invites=invites, roles=list(TeamRole), max_name=MAX_NAME)


HANDLERS: list[Any] = [get_team, get_members, post_invite, delete_invite, put_role, delete_member]
