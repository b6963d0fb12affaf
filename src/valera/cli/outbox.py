"""`valera outbox`: what waits to be sent."""

from __future__ import annotations

import asyncio

import click

from valera.cli.edge import settings


@click.group(invoke_without_command=True)
@click.option("--shop", "slug", default=None, help="Only this shop.")
@click.pass_context
def outbox(context: click.Context, slug: str | None) -> None:
    """Show what waits to be sent in each shop; in a restored one, what of it is from before the backup."""
    if context.invoked_subcommand is None:
        from valera.instance.upkeep import describe_outbox

        for line in asyncio.run(describe_outbox(settings(), slug=slug)):
            click.echo(line)


@outbox.command("release")
@click.option("--shop", "slug", default=None, help="Only this shop; else all that are held.")
@click.option("--drop-old", "old", flag_value="drop", help="What answers only messages of the backup is not sent: clients have it already.")
@click.option("--send-old", "old", flag_value="send", help="It is sent as well, as a reply to the client's message.")
def outbox_release(slug: str | None, old: str | None) -> None:
    """Let a restored shop send again."""
    if old is None:
        raise click.UsageError("Say what becomes of what the original may have sent: --drop-old or --send-old.")
    from valera.instance.upkeep import release_outbox

    for line in asyncio.run(release_outbox(settings(), slug=slug, old=old)):
        click.echo(line)
