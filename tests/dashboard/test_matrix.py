"""Every route × role × whose: made from the routes that are registered and from the one matrix of permissions.

A route that names a row says in `ROWS` which one; whoever adds a route with another name is told so by the first test.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, replace
from typing import Any, get_args, get_type_hints

import httpx
import msgspec
import pytest
from litestar import get

from tests.dashboard.office import HTML, HTMX, Office
from valera.app import create_app
from valera.dashboard import routes
from valera.dashboard.frame.given import Given
from valera.dashboard.frame.guard import RouteWithoutPermission, permission_of, refuse_undeclared
from valera.identity.membership import TeamRole
from valera.identity.permission import Permission, allows

PROGRAM = {"accept": "application/json"}
UNKNOWN = 987_654_321
HUGE = 1 << 70
THEIRS = 77
"""What the rival's own numbers are moved to: garage has none so high."""

ROWS = {
    "chat_id": "chats.id", "attachment_id": "attachments.id", "client_id": "clients.id", "car_id": "vehicles.id",
    "merge_id": "client_merges.id", "callback_id": "callbacks.id", "entry_id": "waitlist.id", "key_id": "api_keys.id",
    "invite_id": "invites.id", "member_id": "memberships.id", "bay_id": "bays.id", "bot_id": "bots.id", "draft_id": "price_drafts.id",
    "version": "price_lists.version", "number": "bookings.number", "prompt_id": "prompts.id", "reply_id": "canned_replies.id",
    "delivery_id": "deliveries.id",
}  # fmt: skip
"""Path parameter → the column in which its row is found."""
PLACES = {"message_id", "after_id", "before_id", "row_no", "no", "class_number"}
"""Positions inside of what an id before them names: nothing is looked up by them alone."""
STREAMS = {"/live"}
ROLES = {"support": TeamRole.SUPPORT, "admin": TeamRole.ADMIN}


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    permission: Permission
    body: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def names(self) -> list[str]:
        """Of its parameters, in their order."""
        return re.findall(r"{(\w+):\w+}", self.path)

    def at(self, ids: dict[str, Any]) -> str:
        return re.sub(r"{(\w+):(\w+)}", lambda found: str(ids.get(found[1], 1)), self.path)

    @property
    def is_a_look(self) -> bool:
        return self.method == "GET"


def routes_of(handlers: list[Any]) -> list[Route]:
    return [
        Route(method, path, permission_of(handler), body_of(handler))
        for handler in handlers
        for path in sorted(handler.paths)
        for method in sorted(handler.http_methods - {"HEAD", "OPTIONS"})
    ]


def body_of(handler: Any) -> dict[str, str]:
    """A form that the handler can read, as far as types say what that is."""
    hints = get_type_hints(getattr(handler.fn, "__wrapped__", handler.fn), include_extras=False)
    forms = [
        part for part in (hints.get("data"), *get_args(hints.get("data"))) if isinstance(part, type) and issubclass(part, msgspec.Struct)
    ]
    if not forms:
        return {}
    fields = msgspec.structs.fields(forms[0])
    return {field.encode_name: sample(field.type) for field in fields if field.required}


def sample(kind: Any) -> str:
    kinds = [kind, *get_args(kind)]
    chosen = next((one for one in kinds if isinstance(one, type) and issubclass(one, enum.Enum)), None)
    if chosen is not None:
        return str(next(iter(chosen)).value)
    return "1" if any(one in {int, float, bool} for one in kinds) else "x"


SHOP_ROUTES = routes_of(routes.OF_A_SHOP)
OUTSIDE_ROUTES = routes_of(routes.OUTSIDE)


@dataclass(frozen=True, slots=True)
class Ids:
    """Of one row of each kind: garage's own, and the rival's."""

    own: dict[str, int]
    theirs: dict[str, int]


@pytest.fixture
async def ids(office: Office) -> Ids:
    owner = await office.given.db.connect(role="valera_owner")
    rival = office.world.rival.account_id
    await owner.execute(f"update bookings set number = {THEIRS} where account_id = {rival}")
    await owner.execute(f"update price_lists set version = {THEIRS} where account_id = {rival}")
    found: list[dict[str, int]] = []
    for account_id in (office.world.garage.account_id, rival):
        found.append({})
        for name, (table, column) in ((name, place.split(".")) for name, place in ROWS.items()):
            number = await owner.fetchval(f"select max({column}) from {table} where account_id = $1", account_id)
            assert number, f"the cast has no row in {table}"
            found[-1][name] = number
    await owner.close()
    return Ids(*found)


def told(answer: httpx.Response, given: int = 0) -> tuple[int, str, str]:
    """All that whoever asked can tell answers apart by; a toast comes in a header. A form that is shown again posts to where it was sent:
    the number that was ``given``, or none of all.
    """
    return answer.status_code, re.sub(rf"/(?:{given}|0)\b", "/N", answer.text), answer.headers.get("hx-trigger", "")


def headers_of(route: Route) -> dict[str, str]:
    return HTML if route.is_a_look else HTMX


async def ask(office: Office, route: Route, path: str, *, as_: str | None, shop: str | None, headers: dict[str, str]) -> httpx.Response:
    more = {} if route.method in {"GET", "DELETE"} else {"data": route.body}
    return await office.request(route.method, path, as_=as_, shop=shop, headers=headers, **more)


# ---- what is registered ---------------------------------------------------------------------------


def test_every_parameter_is_known_to_this_test() -> None:
    named = {name for route in SHOP_ROUTES for name in route.names}

    assert named - ROWS.keys() - PLACES == set()
    assert len(SHOP_ROUTES) > 60


def test_every_route_of_a_shop_asks_for_a_permission_of_a_shop() -> None:
    assert [str(route) for route in SHOP_ROUTES if route.permission in {Permission.PUBLIC, Permission.SIGNED_IN}] == []
    assert [str(route) for route in OUTSIDE_ROUTES if route.permission not in {Permission.PUBLIC, Permission.SIGNED_IN}] == []


@pytest.mark.parametrize("place", ["OF_A_SHOP", "OUTSIDE"])
def test_a_route_without_a_permission_does_not_start(given: Given, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    @get("/forgotten", sync_to_thread=False)
    def forgotten() -> str:
        return "open to all"

    monkeypatch.setattr(routes, place, [*getattr(routes, place), forgotten])

    with pytest.raises(RouteWithoutPermission, match="forgotten"):
        create_app(given)
    with pytest.raises(RouteWithoutPermission):
        refuse_undeclared([forgotten])


# ---- who ------------------------------------------------------------------------------------------


async def test_whoever_is_signed_out_is_led_to_the_sign_in_and_programs_are_told(office: Office, ids: Ids) -> None:
    wrong: list[str] = []
    inside = [(route, "garage") for route in SHOP_ROUTES]
    outside = [(route, None) for route in OUTSIDE_ROUTES if route.permission is Permission.SIGNED_IN]
    for route, shop in [*inside, *outside]:
        browser = await ask(office, route, route.at(ids.own), as_=None, shop=shop, headers=HTML)
        program = await ask(office, route, route.at(ids.own), as_=None, shop=shop, headers=PROGRAM)
        if browser.status_code != 303 or not browser.headers["location"].startswith("/sign-in"):
            wrong.append(f"{route}: a browser is answered {browser.status_code}")
        if program.status_code != 401 or program.json()["status"] != 401:
            wrong.append(f"{route}: a program is answered {program.status_code}")
    assert not wrong, "\n".join(wrong)


async def test_another_shop_and_one_that_there_is_not_are_the_same(office: Office, ids: Ids) -> None:
    wrong: list[str] = []
    for route in SHOP_ROUTES:
        answers = [
            await ask(office, route, route.at(which), as_=who, shop=shop, headers=headers_of(route))
            for who, shop, which in (
                ("owner", "rival", ids.theirs), ("support", "rival", ids.theirs),
                ("rival", "garage", ids.own), ("rival", "nobodys", ids.own),
            )
        ]  # fmt: skip
        if {answer.status_code for answer in answers} != {404} or len({told(answer) for answer in answers}) != 1:
            wrong.append(f"{route}: {[answer.status_code for answer in answers]}")
    assert not wrong, "\n".join(wrong)


async def test_a_role_opens_what_the_matrix_says(office: Office, ids: Ids) -> None:
    """What is allowed is only looked at, by the humblest who may: a form that is taken would change what the next route finds."""
    wrong: list[str] = []
    for route in SHOP_ROUTES:
        forbidden = [who for who, role in ROLES.items() if not allows(role, route.permission)]
        for who in forbidden:
            answer = await ask(office, route, route.at(ids.own), as_=who, shop="garage", headers=headers_of(route))
            if answer.status_code != 403:
                wrong.append(f"{route} as {who}: {answer.status_code}")
        if route.is_a_look and route.path not in STREAMS:
            who = next(who for who in ROLES if who not in forbidden)
            answer = await ask(office, route, route.at(ids.own), as_=who, shop="garage", headers=HTML)
            if answer.status_code in {401, 403} or answer.status_code >= 500:
                wrong.append(f"{route} as {who}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


# ---- whose ----------------------------------------------------------------------------------------


async def test_a_rivals_row_and_one_that_there_is_not_are_the_same(office: Office, ids: Ids) -> None:
    """Not found, byte for byte; where a form is refused before anything is looked for, by the same words."""
    wrong: list[str] = []
    for route in SHOP_ROUTES:
        for name in route.names:
            if name in PLACES or (route.path.endswith("/classes/{number:int}") and name == "number"):
                continue
            given = (ids.theirs[name], UNKNOWN, HUGE)
            answers = [
                await ask(office, route, route.at(ids.own | {name: one}), as_="owner", shop="garage", headers=headers_of(route))
                for one in given
            ]
            refused = {404} if route.is_a_look else {400, 404, 409, 422}
            same = {told(answer, one) for answer, one in zip(answers, given, strict=True)}
            if answers[0].status_code not in refused or len(same) != 1:
                wrong.append(f"{route}, {name}: {[answer.status_code for answer in answers]}")
    assert not wrong, "\n".join(wrong)


async def test_nothing_of_garage_was_changed_by_a_rival(office: Office, ids: Ids) -> None:
    """Everything that changes something, sent by the rival's owner from their own shop at garage's rows."""
    changed = (
        "select (select count(*) from analytics_events where account_id = $1), (select max(seen_at) from sessions where account_id = $1)"
    )
    tables = (
        "chats",
        "messages",
        "clients",
        "vehicles",
        "bookings",
        "callbacks",
        "waitlist",
        "memberships",
        "invites",
        "bays",
        "price_lists",
        "facts",
    )
    owner = await office.given.db.connect(role="valera_owner")
    garage = office.world.garage.account_id

    async def everything() -> list[Any]:
        rows = [await owner.fetch(f"select t::text from {table} t where account_id = $1 order by 1", garage) for table in tables]
        return [*rows, await owner.fetchrow(changed, garage)]

    before = await everything()
    wrong: list[str] = []
    for route in (each for each in SHOP_ROUTES if not each.is_a_look and each.names):
        answer = await ask(office, route, route.at(ids.own), as_="rival", shop="rival", headers=HTMX)
        if answer.status_code >= 500:
            wrong.append(f"{route}: {answer.status_code}")
    after = await everything()
    await owner.close()

    assert after == before
    assert not wrong, "\n".join(wrong)


async def test_one_does_not_end_anothers_session(office: Office) -> None:
    [route] = [each for each in OUTSIDE_ROUTES if each.names == ["session_id"]]
    owner = await office.given.db.connect(role="valera_owner")
    theirs = await owner.fetchval(
        "select max(id) from sessions where account_id = $1 and ends_at > $2", office.world.rival.account_id, office.given.clock.now()
    )
    await owner.close()

    answers = [
        await ask(office, replace(route), route.at({"session_id": given}), as_="owner", shop=None, headers=HTMX)
        for given in (theirs, UNKNOWN, HUGE)
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({told(answer) for answer in answers}) == 1
    assert (await office.get("/more", as_="rival", shop="rival")).status_code == 200
