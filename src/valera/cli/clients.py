"""`valera client`: one person's data: found, handed out, erased. `valera shop policy`: what clients are told about them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click

from valera.cli.edge import settings
from valera.cli.shop import shop

SHOP = click.option("--shop", "slug", required=True, help="Short name of the shop.")


@click.group()
def client() -> None:
    """Find one client of a shop, hand out what is kept about them, or erase it."""


@client.command("list")
@SHOP
def client_list(slug: str) -> None:
    """Show the shop's clients, the newest first."""
    _say_found(slug, "")


@client.command("find")
@SHOP
@click.argument("wanted")
def client_find(slug: str, wanted: str) -> None:
    """Find clients by name, phone, @name in Telegram, or number."""
    _say_found(slug, wanted)


def _say_found(slug: str, wanted: str) -> None:
    from valera.instance.clients import list_clients

    for line in asyncio.run(list_clients(settings(), slug=slug, wanted=wanted)):
        click.echo(line)


@client.command("export")
@SHOP
@click.argument("client_id", type=int)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def client_export(slug: str, client_id: int, file: Path) -> None:
    """Write everything that is kept about CLIENT_ID into the zip FILE: client.json and the files that they sent."""
    from valera.instance.clients import export_client

    for line in asyncio.run(export_client(settings(), slug=slug, client_id=client_id, target=file)):
        click.echo(line)


@client.command("erase")
@SHOP
@click.option("--asked-by", required=True, help="Who asked for it, as the receipt shall say: «client in the chat», «owner».")
@click.option("--reason", required=True, help="Why: «request of 22.11.2026», «consent withdrawn».")
@click.option("--yes", is_flag=True, help="Do not ask again.")
@click.argument("client_id", type=int)
def client_erase(slug: str, client_id: int, asked_by: str, reason: str, *, yes: bool) -> None:
    """Remove every trace of CLIENT_ID from the shop. Bookings stay without a name; what is left is a receipt. Cannot be undone."""
    from valera.instance.clients import describe_client, erase_client

    if not yes:
        click.echo(asyncio.run(describe_client(settings(), slug=slug, client_id=client_id)))
        click.confirm("Erase everything about this client?", abort=True)
    for line in asyncio.run(erase_client(settings(), slug=slug, client_id=client_id, asked_by=asked_by, reason=reason)):
        click.echo(line)


@client.command("receipts")
@SHOP
def client_receipts(slug: str) -> None:
    """Show who was erased, when, at whose request and why."""
    from valera.instance.clients import list_receipts

    for line in asyncio.run(list_receipts(settings(), slug=slug)):
        click.echo(line)


@shop.command("policy")
@SHOP
@click.option("--url", help="Page that says how the shop handles personal data; its clients are told it with the next answer.")
@click.option("--version", "version", help="Of that page; the day of today if left out. Another version is told to everybody again.")
@click.option("--none", "has_none", is_flag=True, help="The shop names no such page.")
def shop_policy(slug: str, url: str | None, version: str | None, *, has_none: bool) -> None:
    """Show or set the page on personal data that the first message to a client links."""
    from valera.chats.disclosure import Policy
    from valera.instance.clients import change_policy, describe_policy

    if url or has_none:
        policy = Policy(url, version or f"{datetime.now(UTC):%Y-%m-%d}") if url else None
        asyncio.run(change_policy(settings(), slug=slug, policy=policy))
    click.echo(asyncio.run(describe_policy(settings(), slug=slug)))
