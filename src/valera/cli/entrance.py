"""`valera login-link`: a way in for the first owner, and for whoever has no other."""

from __future__ import annotations

import asyncio

import click

from valera.cli.edge import settings


@click.command("login-link")
@click.option("--shop", "slug", required=True, help="Short name of the shop: `valera shop add` tells it.")
@click.option("--member", "name", default=None, help="Who in the team; the owner if left out. A shop without an owner gets one.")
def login_link(slug: str, name: str | None) -> None:
    """Print a link that signs a member of the shop's team in, once, within half an hour."""
    from valera.instance.entrance import make_login_link

    click.echo(asyncio.run(make_login_link(settings(), slug=slug, name=name)))
