"""`valera files`."""

from __future__ import annotations

import asyncio
import sys

import click

from valera.cli.edge import settings


@click.command()
@click.option("--tidy", is_flag=True, help="Delete files that belong to nothing.")
def files(*, tidy: bool) -> None:
    """Compare the folder of clients' files with the database. Exit code 1 if a file is missing, altered or belongs to nothing."""
    from valera.instance.files import look_at_files

    found, deleted = asyncio.run(look_at_files(settings(), is_tidied=tidy))
    for line in found.tell():
        click.echo(line)
    if tidy:
        click.echo(f"{deleted} deleted")
    sys.exit(0 if found.is_well or (tidy and not found.missing and not found.altered) else 1)
