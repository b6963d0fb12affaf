"""`valera callbacks`: clients who want to be telephoned."""

from __future__ import annotations

import asyncio

import click

from valera.cli.edge import settings

OUTCOMES = ("reached", "no-answer", "not-needed", "booked")


@click.group()
def callbacks() -> None:
    """Clients who want to be telephoned, and what came of it."""


@callbacks.command("list")
@click.option("--shop", "slug", default=None, help="Only this shop.")
@click.option("--closed", "closed_days", type=click.IntRange(0, 400), default=0, metavar="DAYS", help="Also those closed in so many days.")
def callbacks_list(slug: str | None, closed_days: int) -> None:
    """Who waits for a call, the most urgent first: number, when, why, how often nobody answered."""
    from valera.instance.callbacks import describe_callbacks

    for line in asyncio.run(describe_callbacks(settings(), slug=slug, closed_days=closed_days)):
        click.echo(line)


@callbacks.command("done")
@click.option("--shop", "slug", required=True, help="Short name of the shop: `valera shop add` tells it.")
@click.option("--outcome", type=click.Choice(OUTCOMES), required=True, help="What came of it.")
@click.option(
    "--again", "again_minutes", type=click.IntRange(1, 20160), default=None, metavar="MINUTES", help="After no-answer: call again."
)
@click.argument("number", type=int)
def callbacks_done(slug: str, outcome: str, again_minutes: int | None, number: int) -> None:
    """Note what came of call-back NUMBER. Nobody answered: with --again it stays open and is due once more."""
    if again_minutes is not None and outcome != "no-answer":
        raise click.UsageError("--again goes with --outcome no-answer.")
    from valera.instance.callbacks import note_call

    click.echo(asyncio.run(note_call(settings(), slug=slug, number=number, outcome=outcome, again_minutes=again_minutes)))
