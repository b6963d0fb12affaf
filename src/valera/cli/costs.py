"""`valera costs`: what models cost, and what they may cost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from valera.cli.edge import settings

if TYPE_CHECKING:
    from collections.abc import Mapping


@click.group(invoke_without_command=True)
@click.option("--shop", "slug", default=None, help="Only this shop.")
@click.option("--days", type=click.IntRange(1, 400), default=30, show_default=True, help="How far back.")
@click.option("--by", type=click.Choice(["day", "model", "chat"]), default="day", show_default=True, help="One line for each of these.")
@click.pass_context
def costs(context: click.Context, slug: str | None, days: int, by: str) -> None:
    """Show what models were asked, in tokens and in US dollars, and how much of each budget is used."""
    if context.invoked_subcommand is None:
        from valera.instance.costs import describe_costs

        for line in asyncio.run(describe_costs(settings(), slug=slug, days=days, by=by)):
            click.echo(line)


@costs.group()
def budget() -> None:
    """What models may cost a shop: past it the scripted receptionist answers, and clients notice nothing."""


@budget.command("show")
@click.option("--shop", "slug", default=None, help="Only this shop.")
def budget_show(slug: str | None) -> None:
    """Each budget, whose it is, and how much of it is used."""
    from valera.instance.costs import describe_budgets

    for line in asyncio.run(describe_budgets(settings(), slug=slug)):
        click.echo(line)


@budget.command("set")
@click.option("--shop", "slug", required=True, help="Short name of the shop: `valera shop add` tells it.")
@click.option("--client", default=None, metavar="SUM", help="One client's dialogue, in a day of the shop.")
@click.option("--day", default=None, metavar="SUM", help="The shop, in a day.")
@click.option("--month", default=None, metavar="SUM", help="The shop, in a month.")
def budget_set(slug: str, **limits: str | None) -> None:
    """A SUM is one of US dollars (2.50), or `none`, or `default`: the installation's."""
    wanted: Mapping[str, str] = {scope: text for scope, text in limits.items() if text is not None}
    if not wanted:
        raise click.UsageError("Say which budget: --client, --day or --month.")
    from valera.instance.costs import set_budgets

    for line in asyncio.run(set_budgets(settings(), slug=slug, wanted=wanted)):
        click.echo(line)
