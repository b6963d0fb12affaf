"""`valera models`: who answers clients, of the installation and of single shops."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from valera.cli.edge import settings

if TYPE_CHECKING:
    from valera.assistant.models.providers import Address
    from valera.kit.secrets import Secret

SHOP = click.option("--shop", "slug", required=True, help="Short name of the shop: `valera shop add` tells it.")


@click.group()
def models() -> None:
    """Say which models answer clients, and try them.

    The installation's stand in VALERA_MODELS. A shop may have its own, with keys of its own, which are kept sealed. The scripted
    receptionist answers when none of them does.
    """


@models.command("list")
def models_list() -> None:
    """Show the installation's models, and those of the shops that have their own."""
    from valera.instance.models import list_models

    for line in asyncio.run(list_models(settings())):
        click.echo(line)


@models.command("check")
@click.option("--shop", "slug", default=None, help="This shop's instead of the installation's.")
def models_check(slug: str | None) -> None:
    """Ask each model three small questions: does it answer, does it use tools, does it take images. Exit code 1 if one does not answer.

    That costs what a few hundred tokens cost.
    """
    from valera.instance.models import check_models

    async def check() -> bool:
        is_well = True
        async for finding in check_models(settings(), slug):
            click.echo(finding.tell())
            is_well = is_well and finding.is_well
        return is_well

    sys.exit(0 if asyncio.run(check()) else 1)


@models.command("set")
@click.argument("chain", metavar="MODELS")
@SHOP
@click.option("--key-file", "key_files", multiple=True, metavar="PROVIDER=FILE", help="File that holds the key alone.")
@click.option(
    "--base-url", "base_urls", multiple=True, metavar="PROVIDER=URL", help="A server of the shop's own; only its own key goes there."
)
@click.option("--folder", "folders", multiple=True, metavar="PROVIDER=ID", help="What some providers bill to: Yandex's folder.")
def models_set(chain: str, slug: str, key_files: tuple[str, ...], base_urls: tuple[str, ...], folders: tuple[str, ...]) -> None:
    """Give a shop models of its own, such as openai:gpt-5-mini,anthropic:claude-haiku-4-5.

    Keys are asked for and not shown; they are never arguments, for those can be seen by others. A key that is stored already is kept, an
    empty one means the installation's.
    """
    from valera.instance.models import set_shop_models

    click.echo(asyncio.run(set_shop_models(settings(), slug, chain, addresses(key_files, base_urls, folders), _ask_key)))


@models.command("clear")
@SHOP
def models_clear(slug: str) -> None:
    """Let the installation's models answer for a shop again, and delete its own keys."""
    from valera.instance.models import clear_shop_models

    click.echo(asyncio.run(clear_shop_models(settings(), slug)))


def addresses(key_files: tuple[str, ...], base_urls: tuple[str, ...], folders: tuple[str, ...]) -> dict[str, Address]:
    from valera.assistant.models.providers import Address

    files, urls, ids = _by_provider(key_files), _by_provider(base_urls), _by_provider(folders)
    return {
        provider: Address(_checked(urls.get(provider)), _read_key(files[provider]) if provider in files else None, ids.get(provider))
        for provider in {**files, **urls, **ids}
    }


def _by_provider(given: tuple[str, ...]) -> dict[str, str]:
    from valera.assistant.models.providers import PROVIDERS
    from valera.kit.errors import Invalid

    found: dict[str, str] = {}
    for text in given:
        provider, equals, rest = text.partition("=")
        if not equals or not rest or provider not in PROVIDERS:
            raise Invalid(f"Say PROVIDER=…, with one of {', '.join(PROVIDERS)}.")  # not what was said: it may be a key
        found[provider] = rest
    return found


def _checked(url: str | None) -> str | None:
    from valera.kit.errors import Invalid

    if url is not None and not url.startswith(("http://", "https://")):
        raise Invalid("An address begins with http:// or https://.")
    return url


def _ask_key(provider: str) -> Secret | None:
    """From a pipe nothing is taken: a prompt would hide that."""
    from valera.assistant.models.shop import new_key

    if not sys.stdin.isatty():
        return None
    typed = click.prompt(
        f"Key for {provider} (not shown; empty: the installation's)", hide_input=True, default="", show_default=False, type=str
    )
    return new_key(typed) if typed.strip() else None


def _read_key(path: str) -> Secret:
    from valera.assistant.models.shop import new_key
    from valera.kit.errors import Invalid

    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise Invalid(f"The file {path} cannot be read.") from None
    if not text.strip():
        raise Invalid(f"The file {path} is empty.")
    return new_key(text)
