"""`valera schedule`: hours, days and bays of a shop, until the dashboard has their page."""

from __future__ import annotations

import asyncio

import click

from valera.cli.edge import settings

SHOP = click.option("--shop", "slug", required=True, help="Short name of the shop.")


@click.group()
def schedule() -> None:
    """Look at a shop's hours, closed days and bays, and change them. Bookings that exist stay where they are."""


@schedule.command("show")
@SHOP
def schedule_show(slug: str) -> None:
    """Show the hours, the bays and what each does, and the days that are not like their weekday."""
    from valera.instance.schedule import show

    for line in asyncio.run(show(settings(), slug)):
        click.echo(line)


@schedule.command("hours")
@SHOP
@click.argument("hours")
def schedule_hours(slug: str, hours: str) -> None:
    """Set the hours of the whole week: «пн-пт 9-13, 14-20, сб 10-16»."""
    from valera.instance.schedule import change_hours

    asyncio.run(change_hours(settings(), slug, hours))


@schedule.command("close")
@SHOP
@click.argument("first")
@click.argument("last", required=False)
@click.option("--name", default="", help="Why: «Отпуск».")
def schedule_close(slug: str, first: str, last: str | None, name: str) -> None:
    """Close a day, or a stretch of days, both included: 2026-12-31 2027-01-08."""
    from valera.instance.schedule import close

    asyncio.run(close(settings(), slug, first, last, name))


@schedule.command("open")
@SHOP
@click.argument("day")
@click.argument("hours", required=False)
def schedule_open(slug: str, day: str, hours: str | None) -> None:
    """Give one day hours of its own: 2026-12-31 10-15. Without hours it is like its weekday again."""
    from valera.instance.schedule import open_day

    asyncio.run(open_day(settings(), slug, day, hours))


@schedule.command("bay")
@SHOP
@click.argument("name")
@click.option("--only", "sections", multiple=True, help="A section of the price list that it does; again for more.")
@click.option("--everything", is_flag=True, help="It does everything.")
@click.option("--closed", is_flag=True, help="Nothing new is booked in it.")
def schedule_bay(slug: str, name: str, sections: tuple[str, ...], *, everything: bool, closed: bool) -> None:
    """Open a bay, say what it does, or close it."""
    from valera.instance.schedule import change_bay

    does = () if everything else sections or None
    click.echo(asyncio.run(change_bay(settings(), slug, name, sections=does, is_closed=closed)))


@schedule.command("duration")
@SHOP
@click.argument("section")
@click.argument("minutes", type=int)
def schedule_duration(slug: str, section: str, minutes: int) -> None:
    """Say how long works of a section of the price list take; 2880 minutes are two days."""
    from valera.instance.schedule import change_duration

    asyncio.run(change_duration(settings(), slug, section, minutes))
