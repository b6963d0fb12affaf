"""`valera prompt`: what a shop adds to the house's prompt, version by version."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from valera.cli.edge import settings

SHOP = click.option("--shop", "slug", required=True, help="Short name of the shop: `valera shop add` tells it.")


@click.group()
def prompt() -> None:
    """A shop's own prompt, version by version; the house's role and rules stand before it."""


@prompt.command("list")
@SHOP
def prompt_list(slug: str) -> None:
    """All versions, the newest first; the one in force is marked."""
    from valera.instance.prompts import list_versions

    for line in asyncio.run(list_versions(settings(), slug=slug)):
        click.echo(line)


@prompt.command("show")
@SHOP
@click.option("--version", type=click.IntRange(min=1), default=None, help="Which one; the one in force if left out.")
@click.option("--whole", is_flag=True, help="All that a model is told, as for a client who has just begun to write.")
def prompt_show(slug: str, version: int | None, *, whole: bool) -> None:
    """The text of a version."""
    from valera.instance.prompts import show_version, show_whole

    asked = show_whole(settings(), slug=slug) if whole else show_version(settings(), slug=slug, version=version)
    click.echo(asyncio.run(asked))


@prompt.command("edit-from-file")
@SHOP
@click.option("--note", default="", help="What is new, in a few words.")
@click.option("--by", "author", default=None, help="The member of the team who wrote it, by name.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def prompt_edit(slug: str, note: str, author: str | None, file: Path) -> None:
    """Draft the next version from FILE. It is not in force before `valera prompt publish`."""
    from valera.instance.prompts import draft_from_file

    click.echo(asyncio.run(draft_from_file(settings(), slug=slug, file=file, note=note, author=author)))


@prompt.command("publish")
@SHOP
@click.option("--version", type=click.IntRange(min=1), default=None, help="Which one; the newest if left out.")
def prompt_publish(slug: str, version: int | None) -> None:
    """Put a version in force: clients' next messages are answered by it."""
    from valera.instance.prompts import publish_version

    click.echo(asyncio.run(publish_version(settings(), slug=slug, version=version)))


@prompt.command("diff")
@SHOP
@click.option("--from", "before", type=click.IntRange(min=0), default=None, help="Which one; the one in force if left out; 0: none.")
@click.option("--to", "after", type=click.IntRange(min=0), default=None, help="Which one; the newest if left out.")
def prompt_diff(slug: str, before: int | None, after: int | None) -> None:
    """What differs between two versions."""
    from valera.instance.prompts import compare_versions

    click.echo(asyncio.run(compare_versions(settings(), slug=slug, before=before, after=after)))


@prompt.command("rollback")
@SHOP
@click.option("--to", "version", type=click.IntRange(min=0), required=True, help="Whose text; 0: no prompt of the shop's own.")
@click.option("--by", "author", default=None, help="The member of the team who wants it, by name.")
def prompt_rollback(slug: str, version: int, author: str | None) -> None:
    """Put an old text in force again, as a new version."""
    from valera.instance.prompts import roll_back_to

    click.echo(asyncio.run(roll_back_to(settings(), slug=slug, version=version, author=author)))
