"""`valera doctor`: is everything there that a live installation needs."""

from __future__ import annotations

import asyncio
import sys
from contextlib import aclosing

import click

from valera.cli.edge import settings


@click.command()
def doctor() -> None:
    """Look at everything that a live installation needs: one line each, well or what to do. Exit code 1 if something is broken."""
    sys.exit(asyncio.run(_examine()))


async def _examine() -> int:
    from valera.backoffice.doctor.check import State
    from valera.instance.doctor import examine

    colours = {State.WELL: "green", State.DOUBTFUL: "yellow", State.BROKEN: "red"}
    is_broken = False
    async with aclosing(examine(settings())) as checks:
        async for check in checks:
            click.echo(click.style(check.tell(), fg=colours.get(check.state)))
            is_broken = is_broken or check.state == State.BROKEN
    return int(is_broken)
