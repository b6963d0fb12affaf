"""`valera bookings`: the book of a shop, until the dashboard has its page."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click

from valera.cli.edge import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from valera.instance.bookings import Desk

SHOP = click.option("--shop", "slug", required=True, help="Short name of the shop.")
MEMBER = click.option("--by", "member", default=None, help="Who of the team does it; the owner if left out.")
NUMBER = click.argument("number", type=int)
AT = click.option("--at", required=True, help="Day and hour in the shop's zone: «2026-11-24 11:00», «завтра в 11». Any hour, open or not.")
MINUTES = click.option("--minutes", type=int, default=None, help="How long the work takes; as the shop has set it if left out.")


@click.group()
def bookings() -> None:
    """Look at a shop's bookings, write down who called, give requests a time, move, cancel, and say who came.

    What changes is written down with who did it and when, and the client is told in Telegram.
    """


@bookings.command("list")
@SHOP
@click.option("--day", default=None, help="The first day, as 2026-11-24; today if left out.")
@click.option("--days", type=click.IntRange(1, 366), default=14, show_default=True, help="How many days.")
@click.option("--status", type=click.Choice(["confirmed", "arrived", "in_work", "done", "cancelled", "no_show"]), default=None)
@click.option("--requested", is_flag=True, help="Only what waits for a time.")
def bookings_list(slug: str, day: str | None, days: int, status: str | None, *, requested: bool) -> None:
    """Show what is booked, requests first."""
    from valera.bookings.life.status import Status
    from valera.instance.bookings import list_bookings

    wanted = Status.REQUESTED if requested else Status(status) if status else None
    for line in asyncio.run(list_bookings(settings(), _desk(slug), day=day, days=days, status=wanted)):
        click.echo(line)


@bookings.command("show")
@SHOP
@NUMBER
def bookings_show(slug: str, number: int) -> None:
    """Show one booking and its whole life: what happened, when, and who did it."""
    from valera.instance.bookings import show_booking

    for line in asyncio.run(show_booking(settings(), _desk(slug), number)):
        click.echo(line)


@bookings.command("add")
@SHOP
@MEMBER
@AT
@MINUTES
@click.option("--service", default="", help="What is to be done, in the words of the price list.")
@click.option("--client", "client_id", type=int, default=None, help="A client whom the shop knows: see `valera client find`.")
@click.option("--name", default="", help="Of a caller who never wrote.")
@click.option("--phone", default="", help="Of a caller who never wrote.")
@click.option("--comment", default="", help="For the shop.")
def bookings_add(slug: str, member: str | None, **called: Any) -> None:
    """Book somebody who called or came by."""
    from valera.instance.bookings import Called, add_booking

    click.echo(asyncio.run(add_booking(settings(), _desk(slug, member), Called(**called))))


@bookings.command("confirm")
@SHOP
@MEMBER
@NUMBER
@AT
@MINUTES
def bookings_confirm(slug: str, member: str | None, number: int, at: str, minutes: int | None) -> None:
    """Give request NUMBER its time; the client gets the card."""
    from valera.instance.bookings import confirm_booking

    click.echo(asyncio.run(confirm_booking(settings(), _desk(slug, member), number, at=at, minutes=minutes)))


@bookings.command("move")
@SHOP
@MEMBER
@NUMBER
@AT
@click.option("--reason", default="", help="Told to the client.")
def bookings_move(slug: str, member: str | None, number: int, at: str, reason: str) -> None:
    """Move booking NUMBER to another time."""
    from valera.instance.bookings import move_booking

    click.echo(asyncio.run(move_booking(settings(), _desk(slug, member), number, at=at, reason=reason)))


@bookings.command("cancel")
@SHOP
@MEMBER
@NUMBER
@click.option("--reason", required=True, help="Told to the client.")
def bookings_cancel(slug: str, member: str | None, number: int, reason: str) -> None:
    """Cancel booking or request NUMBER."""
    from valera.instance.bookings import cancel_booking

    click.echo(asyncio.run(cancel_booking(settings(), _desk(slug, member), number, reason=reason)))


def _step(name: str, sentence: str) -> Callable[..., None]:
    def run(slug: str, member: str | None, number: int) -> None:
        from valera.instance.bookings import step_booking

        click.echo(asyncio.run(step_booking(settings(), _desk(slug, member), number, name)))

    return bookings.command(name, help=sentence)(SHOP(MEMBER(NUMBER(run))))


bookings_arrived = _step("arrived", "Say that the car of booking NUMBER is here.")
bookings_begin = _step("begin", "Say that work on the car of booking NUMBER has begun.")
bookings_done = _step("done", "Say that the work of booking NUMBER is done.")
bookings_no_show = _step("no-show", "Say that nobody came for booking NUMBER; its bay is free again.")


def _desk(slug: str, member: str | None = None) -> Desk:
    from valera.instance.bookings import Desk

    return Desk(slug, member)
