"""`valera cars`: which class of its list a shop counts a car in."""

from __future__ import annotations

import asyncio

import click

from valera.cli.edge import settings

SHOP = click.option("--shop", "slug", required=True, help="Short name of the shop: `valera shop add` tells it.")


@click.group()
def cars() -> None:
    """A shop's own rules from car to class of its price list. They go before what the list says of its classes."""


@cars.command("list")
@SHOP
def cars_list(slug: str) -> None:
    """All rules."""
    from valera.instance.cars import list_rules

    for line in asyncio.run(list_rules(settings(), slug=slug)):
        click.echo(line)


@cars.command("set")
@SHOP
@click.argument("car")
@click.argument("classes", nargs=-1, required=True, metavar="CLASS...")
def cars_set(slug: str, car: str, classes: tuple[str, ...]) -> None:
    """Count CAR in CLASS: a model ("Toyota Camry"), a make ("BMW"), a kind ("кроссоверы"), both ("BMW кроссоверы"), or any other name.

    A list whose parts divide cars differently takes one CLASS of each division.
    """
    from valera.instance.cars import set_rule

    click.echo(asyncio.run(set_rule(settings(), slug=slug, subject=car, named=classes)))


@cars.command("remove")
@SHOP
@click.argument("car")
def cars_remove(slug: str, car: str) -> None:
    """Forget the rule about CAR."""
    from valera.instance.cars import remove_rule

    click.echo(asyncio.run(remove_rule(settings(), slug=slug, subject=car)))


@cars.command("ask")
@SHOP
@click.argument("words")
def cars_ask(slug: str, words: str) -> None:
    """Which class a client's WORDS about his car mean, and what decided it."""
    from valera.instance.cars import tell_class

    click.echo(asyncio.run(tell_class(settings(), slug=slug, text=words)))
