"""`valera bot`: the Telegram bots of shops."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from valera.cli.edge import settings

if TYPE_CHECKING:
    from valera.kit.secrets import Secret

TOKEN_FILE = click.option(
    "--token-file",
    type=click.Path(allow_dash=True, path_type=Path),
    help="File that holds the token alone; - reads it from standard input.",
)
TAKE_OVER = click.option("--take-over", is_flag=True, help="Even if another program uses the bot: its messages come here from now on.")


@click.group()
def bot() -> None:
    """Connect Telegram bots to shops and look after them. A running installation follows at once.

    NAME is the bot's username, with or without @.
    """


@bot.command("add")
@click.option("--shop", "slug", required=True, help="Short name of the shop: `valera shop add` tells it.")
@TOKEN_FILE
@click.option("--webhook", "delivery", flag_value="webhook", help="Telegram sends updates to PUBLIC_URL; the rule where that is set.")
@click.option("--polling", "delivery", flag_value="polling", help="Telegram is asked for them; the rule without PUBLIC_URL.")
@TAKE_OVER
def bot_add(slug: str, token_file: Path | None, delivery: str | None, *, take_over: bool) -> None:
    """Connect a bot. Its token is asked for and not shown; it is never an argument, for those can be seen by others."""
    from valera.instance.bots import add_bot

    click.echo(asyncio.run(add_bot(settings(), slug=slug, token=_read_token(token_file), delivery=delivery, take_over=take_over)))


@bot.command("list")
@click.option("--shop", "slug", default=None, help="Only this shop's.")
def bot_list(slug: str | None) -> None:
    """Show the bots: shop, name, state, how updates come, and what is wrong. Telegram is not asked."""
    from valera.instance.bots import list_bots

    for line in asyncio.run(list_bots(settings(), slug=slug)) or ["There is no bot yet: `valera bot add` connects one."]:
        click.echo(line)


@bot.command("check")
@click.argument("names", nargs=-1, metavar="[NAME]...")
def bot_check(names: tuple[str, ...]) -> None:
    """Ask Telegram how the bots are, all or these. Exit code 1 if one is not well."""
    from valera.instance.bots import check_bots

    conditions = asyncio.run(check_bots(settings(), names))
    for condition in conditions:
        click.echo(f"{'ok ' if condition.is_well else 'BAD'} {condition.name}: {condition.sentence}")
    sys.exit(0 if all(condition.is_well for condition in conditions) else 1)


@bot.command("token")
@click.argument("name")
@TOKEN_FILE
def bot_token(name: str, token_file: Path | None) -> None:
    """Give a bot the new token that @BotFather issued for it."""
    from valera.instance.bots import change_token

    click.echo(asyncio.run(change_token(settings(), name, _read_token(token_file))))


@bot.command("rotate-secret")
@click.argument("name")
def bot_rotate_secret(name: str) -> None:
    """Give a bot a new webhook address and secret. No update is lost: both are taken for a while."""
    from valera.instance.bots import rotate_secret

    click.echo(asyncio.run(rotate_secret(settings(), name)))


@bot.command("webhook")
@click.argument("name")
@TAKE_OVER
def bot_webhook(name: str, *, take_over: bool) -> None:
    """From now on Telegram sends the bot's updates to PUBLIC_URL."""
    from valera.instance.bots import choose_delivery

    click.echo(asyncio.run(choose_delivery(settings(), name, "webhook", take_over=take_over)))


@bot.command("polling")
@click.argument("name")
@TAKE_OVER
def bot_polling(name: str, *, take_over: bool) -> None:
    """From now on Telegram is asked for the bot's updates: for a machine that the internet does not reach."""
    from valera.instance.bots import choose_delivery

    click.echo(asyncio.run(choose_delivery(settings(), name, "polling", take_over=take_over)))


@bot.command("pause")
@click.argument("name")
def bot_pause(name: str) -> None:
    """The bot takes messages in and sends nothing until it is resumed."""
    from valera.instance.bots import pause

    click.echo(asyncio.run(pause(settings(), name)))


@bot.command("resume")
@click.argument("name")
def bot_resume(name: str) -> None:
    """The bot sends again; what waited goes first, in order."""
    from valera.instance.bots import resume

    click.echo(asyncio.run(resume(settings(), name)))


@bot.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--even-unreachable", is_flag=True, help="Also if Telegram cannot be told: it goes on sending for a while, and is refused.")
def bot_remove(name: str, *, yes: bool, even_unreachable: bool) -> None:
    """Take a bot from its shop: its webhook is removed, its token destroyed. Chats and history stay."""
    from valera.instance.bots import remove

    if not yes:
        click.confirm(f"Remove {name}? Its replies that were not sent yet are withdrawn.", abort=True)
    click.echo(asyncio.run(remove(settings(), name, even_unreachable=even_unreachable)))


def _read_token(file: Path | None) -> Secret:
    """Without the white space around it. From a pipe without --token-file nothing is taken: a prompt would hide that."""
    from valera.kit.errors import Invalid
    from valera.kit.secrets import Secret

    if file is None:
        if not sys.stdin.isatty():
            raise Invalid("The token is asked for at a terminal. Elsewhere say --token-file FILE, or --token-file - for standard input.")
        return Secret(click.prompt("Bot token (not shown)", hide_input=True, type=str).strip())
    try:
        return Secret((sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")).strip())
    except (OSError, UnicodeDecodeError):
        raise Invalid(f"The file {file} cannot be read.") from None
