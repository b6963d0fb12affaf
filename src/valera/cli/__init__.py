"""The command line. What a command needs is imported when it runs, so that `--help` is quick."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from valera import __version__
from valera.cli.bookings import bookings
from valera.cli.bots import bot
from valera.cli.callbacks import callbacks
from valera.cli.cars import cars
from valera.cli.clients import client
from valera.cli.costs import costs
from valera.cli.doctor import doctor
from valera.cli.edge import Commands, settings
from valera.cli.entrance import login_link
from valera.cli.files import files
from valera.cli.followup import followup, jobs
from valera.cli.models import models
from valera.cli.outbox import outbox
from valera.cli.outcomes import outcomes, waitlist
from valera.cli.prices import prices
from valera.cli.prompts import prompt
from valera.cli.schedule import schedule
from valera.cli.shop import shop
from valera.cli.why import why

if TYPE_CHECKING:
    from collections.abc import Coroutine


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="valera")
def main() -> None:
    """Valera: an assistant in Telegram for every car-repair shop.

    Settings come from the environment and from .env; docs/operations.md names them all.
    """


@main.command()
def up() -> None:
    """Start everything on this machine: database, web, worker and simulator. Ctrl-C stops all of it, the database last."""
    from valera.up import up as run_up

    sys.exit(run_up(settings()))


@main.command()
def web() -> None:
    """Run the web process alone: it receives Telegram's updates. Needs DATABASE_URL."""
    from valera.process import serve_web

    serve_web(settings())


@main.command()
def worker() -> None:
    """Run one worker process: it answers clients and sends messages. Any number of them may run. Needs DATABASE_URL."""
    from valera.process import run_worker

    run_worker(settings())


@main.command()
def simulator() -> None:
    """Run the simulated Telegram and its messenger page alone. Refuses to run beside a PUBLIC_URL. Needs DATABASE_URL."""
    from valera.process import serve_simulator

    serve_simulator(settings())


@main.command()
@click.option("--bootstrap", is_flag=True, help="Make roles and database first; DATABASE_URL must be an administrator's.")
@click.option("--print", "print_only", is_flag=True, help="With --bootstrap: print the statements for an administrator instead.")
def migrate(*, bootstrap: bool, print_only: bool) -> None:
    """Bring the database's tables up to date. Safe to repeat; a second one at the same time waits."""
    from valera.instance.database import migrate_database

    migrate_database(settings(), bootstrap=bootstrap, print_only=print_only)


@main.command()
@click.option("--shop", "slug", default=None, help="Which shop; the only one, or the demo shop, if left out.")
@click.option("--as", "person", default="Дмитрий", show_default=True, help="Who writes: an invented client, made if nobody is called so.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per reply and line: text, buttons, tools, model, tokens, cost, ms.")
@click.argument("texts", nargs=-1, required=True)
def chat(slug: str | None, person: str, texts: tuple[str, ...], *, as_json: bool) -> None:
    """Write TEXTS to a shop's bot as a client, one after another, and print what it answers.

    A text in square brackets presses the button of that title: valera chat "Запишите на завтра в 11" "[Да, записать]"
    """
    from valera.instance.talk import converse

    async def run() -> None:
        async for text, replies in converse(settings(), slug=slug, person=person, texts=texts):
            if not as_json:
                click.echo(click.style(f"> {text}", bold=True))
            for reply in replies:
                click.echo(json.dumps(asdict(reply), ensure_ascii=False) if as_json else _told(reply.text, reply.buttons))

    _run(run())


@main.command()
def verify() -> None:
    """Look for anything that must never be true: lost, doubled, stuck or overbooked. Exit code 1 if something is broken."""
    from valera.instance.upkeep import verify_installation

    findings = asyncio.run(verify_installation(settings()))
    for finding in findings:
        click.echo(finding.tell())
    broken = sum(1 for finding in findings if finding.breaches)
    click.echo(f"{len(findings) - broken} hold, {broken} broken")
    sys.exit(1 if broken else 0)


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write everything in the database to FILE. The key file (or VALERA_MASTER_KEY) is not in it: keep it apart, without it no bot token
    opens.
    """
    from valera.instance.upkeep import back_up

    click.echo(asyncio.run(back_up(settings(), file)))


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Read FILE into an empty database and compare the contents afterwards. Nothing is sent until `valera outbox release`."""
    from valera.instance.upkeep import restore_from

    click.echo(asyncio.run(restore_from(settings(), file)))


@main.command()
def status() -> None:
    """Say what lives and what waits: workers, and the oldest work of each kind. Exit code 1 if nobody works or something is late."""
    from valera.instance.upkeep import describe_status

    found = asyncio.run(describe_status(settings()))
    for line in found.tell():
        click.echo(line)
    sys.exit(0 if found.is_well else 1)


def _told(text: str, buttons: tuple[str, ...]) -> str:
    return "\n".join([text, " ".join(f"[{button}]" for button in buttons)] if buttons else [text]) + "\n"


def _run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


main.add_command(bookings)
main.add_command(schedule)
main.add_command(bot)
main.add_command(callbacks)
main.add_command(cars)
main.add_command(client)
main.add_command(doctor)
main.add_command(followup)
main.add_command(jobs)
main.add_command(login_link)
main.add_command(models)
main.add_command(files)
main.add_command(outbox)
main.add_command(outcomes)
main.add_command(shop)
main.add_command(costs)
main.add_command(prompt)
main.add_command(prices)
main.add_command(waitlist)
main.add_command(why)
