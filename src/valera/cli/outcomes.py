"""`valera outcomes`: what dialogues came to. `valera waitlist`: who waits for a time."""

from __future__ import annotations

import asyncio

import click

from valera.cli.edge import settings


@click.command()
@click.option("--shop", "slug", default=None, help="Only this shop.")
@click.option("--days", type=click.IntRange(1, 400), default=30, show_default=True, help="How far back.")
@click.option("--lines", type=click.IntRange(0, 1000), default=20, show_default=True, help="How many dialogues to show, the newest first.")
def outcomes(slug: str | None, days: int, lines: int) -> None:
    """Count what dialogues came to, a day after nobody wrote any more, and show the line that tells so."""
    from valera.instance.outcomes import describe_outcomes

    for line in asyncio.run(describe_outcomes(settings(), slug=slug, days=days, most=lines)):
        click.echo(line)


@click.command()
@click.option("--shop", "slug", default=None, help="Only this shop.")
def waitlist(slug: str | None) -> None:
    """Who waits for a time that was taken, in the order in which it will be offered."""
    from valera.instance.outcomes import describe_waitlist

    for line in asyncio.run(describe_waitlist(settings(), slug=slug)):
        click.echo(line)
