"""`valera why`: where each sum that the assistant named came from."""

from __future__ import annotations

import asyncio

import click

from valera.cli.edge import settings


@click.command()
@click.argument("number", type=click.IntRange(1))
@click.option("--shop", "slug", required=True, help="Short name of the shop: `valera shop add` tells it.")
@click.option("--chat", "is_chat", is_flag=True, help="NUMBER is that of a chat: its newest messages that name sums.")
def why(number: int, slug: str, *, is_chat: bool) -> None:
    """Show where each sum in message NUMBER came from: the row of which price list, a total, the shop's facts, the client's words."""
    from valera.instance.why import explain_sums

    for line in asyncio.run(explain_sums(settings(), slug=slug, number=number, is_chat=is_chat)):
        click.echo(line)
