"""`valera shop`: shops of this installation."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from valera.cli.edge import settings


@click.group()
def shop() -> None:
    """Open shops and look at them."""


@shop.command("add")
@click.option("--name", required=True, help="As clients know it: «Кузовной на Лесной».")
@click.option("--price-list", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its prices: XLSX, ODS, CSV or text.")
@click.option("--bays", type=click.IntRange(1, 100), default=1, show_default=True, help="How many cars are worked on at once.")
@click.option("--hours", default="пн-пт 9-20, сб 9-18", show_default=True, help="When the shop is open, in words.")
@click.option("--time-zone", default="Europe/Moscow", show_default=True, help="IANA name of the shop's time zone.")
@click.option("--address", help="Where clients come to.")
@click.option("--phone", help="Which number clients may call.")
@click.option("--slug", default="", help="Short name in Latin letters; made from the name if left out.")
@click.option("--locale", type=click.Choice(["ru", "en"]), default="ru", show_default=True, help="The language in which the bot answers.")
def shop_add(name: str, price_list: Path | None, slug: str, **options: Any) -> None:
    """Open a shop, and tell what was understood of its price list and what was not. Beside the simulator it has a bot there; a bot of the
    real Telegram is connected with `valera bot add`.
    """
    from valera.instance.shops import open_new_shop

    click.echo(asyncio.run(open_new_shop(settings(), name=name, slug=slug, price_list=price_list, **options)))
