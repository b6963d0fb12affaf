"""The command line. What a command needs is imported when it runs, so that `--help` is quick."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from valera import __version__
from valera.kit.errors import ValeraError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from valera.settings import Settings


class Commands(click.Group):
    """The CLI's edge: an error with a name is a sentence and exit code 1; anything else is a bug and says so."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ValeraError as error:
            click.echo(f"valera: {error.detail or error.slug}", err=True)
            sys.exit(1)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except KeyboardInterrupt:
            sys.exit(130)


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

    sys.exit(run_up(_settings()))


@main.command()
def web() -> None:
    """Run the web process alone: it receives Telegram's updates. Needs DATABASE_URL."""
    from valera.process import serve_web

    serve_web(_settings())


@main.command()
def worker() -> None:
    """Run one worker process: it answers clients and sends messages. Any number of them may run. Needs DATABASE_URL."""
    from valera.process import run_worker

    run_worker(_settings())


@main.command()
def simulator() -> None:
    """Run the simulated Telegram and its messenger page alone. Refuses to run beside a PUBLIC_URL. Needs DATABASE_URL."""
    from valera.process import serve_simulator

    serve_simulator(_settings())


@main.command()
@click.option("--bootstrap", is_flag=True, help="Make roles and database first; DATABASE_URL must be an administrator's.")
@click.option("--print", "print_only", is_flag=True, help="With --bootstrap: print the statements for an administrator instead.")
def migrate(*, bootstrap: bool, print_only: bool) -> None:
    """Bring the database's tables up to date. Safe to repeat; a second one at the same time waits."""
    from valera.instance import migrate_database

    migrate_database(_settings(), bootstrap=bootstrap, print_only=print_only)


@main.group()
def shop() -> None:
    """Open shops and look at them."""


@shop.command("add")
@click.option("--name", required=True, help="As clients know it: «Кузовной на Лесной».")
@click.option("--price-list", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A CSV file of the shop's prices.")
@click.option("--bays", type=click.IntRange(1, 100), default=1, show_default=True, help="How many cars are worked on at once.")
@click.option("--hours", default="пн-пт 9-20, сб 9-18", show_default=True, help="When the shop is open, in words.")
@click.option("--time-zone", default="Europe/Moscow", show_default=True, help="IANA name of the shop's time zone.")
@click.option("--address", help="Where clients come to.")
@click.option("--phone", help="Which number clients may call.")
@click.option("--slug", default="", help="Short name in Latin letters; made from the name if left out.")
@click.option("--locale", type=click.Choice(["ru", "en"]), default="ru", show_default=True, help="The language in which the bot answers.")
def shop_add(name: str, price_list: Path | None, slug: str, **options: Any) -> None:
    """Open a shop with a bot in the simulator, and tell what was understood of its price list and what was not."""
    from valera.instance import add_simulated_shop

    click.echo(asyncio.run(add_simulated_shop(_settings(), name=name, slug=slug, price_list=price_list, **options)))


@main.command()
@click.option("--shop", "slug", default=None, help="Which shop; the only one, or the demo shop, if left out.")
@click.option("--as", "person", default="Дмитрий", show_default=True, help="Who writes: an invented client, made if nobody is called so.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per reply and line: text, buttons, tools, model, tokens, cost, ms.")
@click.argument("texts", nargs=-1, required=True)
def chat(slug: str | None, person: str, texts: tuple[str, ...], *, as_json: bool) -> None:
    """Write TEXTS to a shop's bot as a client, one after another, and print what it answers.

    A text in square brackets presses the button of that title: valera chat "Запишите на завтра в 11" "[Да, записать]"
    """
    from valera.instance import converse

    async def run() -> None:
        async for text, replies in converse(_settings(), slug=slug, person=person, texts=texts):
            if not as_json:
                click.echo(click.style(f"> {text}", bold=True))
            for reply in replies:
                click.echo(json.dumps(asdict(reply), ensure_ascii=False) if as_json else _told(reply.text, reply.buttons))

    _run(run())


@main.command()
def verify() -> None:
    """Look for anything that must never be true: lost, doubled, stuck or overbooked. Exit code 1 if something is broken."""
    from valera.instance import verify_installation

    findings = asyncio.run(verify_installation(_settings()))
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
    from valera.instance import back_up

    click.echo(asyncio.run(back_up(_settings(), file)))


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Read FILE into an empty database and compare the contents afterwards. Nothing is sent until `valera outbox release`."""
    from valera.instance import restore_from

    click.echo(asyncio.run(restore_from(_settings(), file)))


@main.command()
def status() -> None:
    """Say what lives and what waits: workers, and the oldest work of each kind. Exit code 1 if nobody works or something is late."""
    from valera.instance import describe_status

    found = asyncio.run(describe_status(_settings()))
    for line in found.tell():
        click.echo(line)
    sys.exit(0 if found.is_well else 1)


@main.group(invoke_without_command=True)
@click.option("--shop", "slug", default=None, help="Only this shop.")
@click.pass_context
def outbox(context: click.Context, slug: str | None) -> None:
    """Show what waits to be sent in each shop; in a restored one, what of it is from before the backup."""
    if context.invoked_subcommand is None:
        from valera.instance import describe_outbox

        for line in asyncio.run(describe_outbox(_settings(), slug=slug)):
            click.echo(line)


@outbox.command("release")
@click.option("--shop", "slug", default=None, help="Only this shop; else all that are held.")
@click.option("--drop-old", "old", flag_value="drop", help="What answers only messages of the backup is not sent: clients have it already.")
@click.option("--send-old", "old", flag_value="send", help="It is sent as well, as a reply to the client's message.")
def outbox_release(slug: str | None, old: str | None) -> None:
    """Let a restored shop send again."""
    if old is None:
        raise click.UsageError("Say what becomes of what the original may have sent: --drop-old or --send-old.")
    from valera.instance import release_outbox

    for line in asyncio.run(release_outbox(_settings(), slug=slug, old=old)):
        click.echo(line)


def _told(text: str, buttons: tuple[str, ...]) -> str:
    return "\n".join([text, " ".join(f"[{button}]" for button in buttons)] if buttons else [text]) + "\n"


def _settings() -> Settings:
    from pydantic import ValidationError

    from valera.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        _refuse("; ".join(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors()))


def _refuse(sentence: str) -> NoReturn:
    click.echo(f"valera: a setting makes no sense. {sentence}. See docs/operations.md.", err=True)
    sys.exit(2)


def _run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)
