"""What `valera models` does: the chains of the installation and of its shops, their keys, and whether they answer."""

from __future__ import annotations

from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING

from valera.accounts.account import get_account_by_slug, list_accounts
from valera.assistant.models.chains import Installation
from valera.assistant.models.check import Finding, check_choice
from valera.assistant.models.choice import Local, ModelChoice, read_models, write_models
from valera.assistant.models.clients import Clients
from valera.assistant.models.providers import PROVIDERS, Address
from valera.assistant.models.shop import ShopModels, clear_models, get_shop_models, set_models
from valera.instance.database import open_database
from valera.kit.db import Database, account_scope
from valera.kit.errors import Invalid
from valera.kit.secrets import SealBroken, Vault
from valera.services import open_till, open_vault
from valera.settings import read_addresses

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping

    from valera.accounts.account import AccountName
    from valera.kit.secrets import Secret
    from valera.settings import Settings

SECONDS = 30.0


async def list_models(settings: Settings) -> list[str]:
    """The installation's chain, then that of each shop that has one of its own."""
    told = [f"installation: {write_models(_installation(settings).choices)}"]
    async with open_database(settings) as db:
        for account in await _accounts(db, None):
            shop = await _read(db, account)
            if shop.setting.models is not None:
                own = [f"own {_own(sealed.key, sealed.base_url)} for {sealed.provider}" for sealed in shop.addresses]
                told.append(", ".join([f"{account.slug}: {shop.setting.models}", *own]))
    return told


async def check_models(settings: Settings, slug: str | None) -> AsyncGenerator[Finding]:
    """The links of the installation, or of one shop that has models of its own. One after another, as each is known."""
    installation = _installation(settings)
    if slug is None:
        async with aclosing(
            _check(settings, [(choice, installation.address(choice.provider)) for choice in installation.choices])
        ) as findings:
            async for finding in findings:
                yield finding
        return
    async with open_database(settings) as db:
        [account] = await _accounts(db, slug)
        links = _links(await _read(db, account), installation, open_vault(settings))
    async with aclosing(_check(settings, links)) as findings:
        async for finding in findings:
            yield finding


async def look_at_models(settings: Settings, db: Database) -> AsyncGenerator[Finding]:
    """All links of the installation and of its shops, for `valera doctor`: a shop's own are called ``slug openai:…``."""
    installation, vault = _installation(settings), open_vault(settings)
    async with aclosing(_check(settings, _own_links(installation))) as findings:
        async for finding in findings:
            yield finding
    for account in await _accounts(db, None):
        shop = await _read(db, account)
        if shop.setting.models is None:
            continue
        try:
            links = _links(shop, installation, vault)
        except (Invalid, SealBroken) as error:
            yield Finding(account.slug, is_well=False, sentence=error.detail)
            continue
        async with aclosing(_check(settings, links, of=f"{account.slug} ")) as findings:
            async for finding in findings:
                yield finding


async def set_shop_models(
    settings: Settings, slug: str, text: str, given: Mapping[str, Address], ask_key: Callable[[str], Secret | None]
) -> str:
    """``given`` by provider; ``ask_key`` for those that need a key and have none of their own yet, None: the installation's.

    Raises Invalid where a model could not be asked like this: then nothing is changed.
    """
    choices = _read_choices(text)
    for provider in given:
        if provider not in {choice.provider for choice in choices}:
            raise Invalid(f"{provider} is given an address or a key, and no model of it is named.")
    installation, vault = _installation(settings), open_vault(settings)
    async with open_database(settings) as db:
        [account] = await _accounts(db, slug)
        stored = (await _read(db, account)).open(vault)
        addresses = dict(given)
        for provider in dict.fromkeys(choice.provider for choice in choices if not choice.is_scripted):
            own = _over(addresses.get(provider, Address()), stored.get(provider, Address()))
            if own.key is None and own.base_url is None and PROVIDERS[provider].needs_key and (key := ask_key(provider)) is not None:
                own = Address(own.base_url, key, own.folder)
            if own != Address():
                addresses[provider] = own
        await _refuse_what_cannot_be_asked(choices, installation, addresses)
        with account_scope(account.id):
            async with db.account_tx() as tx:
                await set_models(tx, choices, addresses, vault)
    return f"{slug}: {write_models(choices)}. Running workers ask them within seconds; `valera models check --shop {slug}` tries each."


async def clear_shop_models(settings: Settings, slug: str) -> str:
    async with open_database(settings) as db:
        [account] = await _accounts(db, slug)
        with account_scope(account.id):
            async with db.account_tx() as tx:
                await clear_models(tx)
    return f"{slug}: the models of the installation again; its own keys are deleted."


def _installation(settings: Settings) -> Installation:
    return Installation(read_models(settings.models), read_addresses(), Local.read(settings.local_models))


async def _accounts(db: Database, slug: str | None) -> list[AccountName]:
    async with db.identity_tx() as tx:
        return await list_accounts(tx) if slug is None else [await get_account_by_slug(tx, slug)]


async def _read(db: Database, account: AccountName) -> ShopModels:
    with account_scope(account.id):
        async with db.account_tx() as tx:
            return await get_shop_models(tx)


def _read_choices(text: str) -> tuple[ModelChoice, ...]:
    try:
        return read_models(text)
    except ValueError as error:
        raise Invalid(f"{error}.") from None


def _links(shop: ShopModels, installation: Installation, vault: Vault) -> list[tuple[ModelChoice, Address]]:
    if shop.setting.models is None:
        return [(choice, installation.address(choice.provider)) for choice in installation.choices]
    own = shop.open(vault)
    return [(choice, installation.address(choice.provider, own.get(choice.provider))) for choice in _read_choices(shop.setting.models)]


def _own_links(installation: Installation) -> list[tuple[ModelChoice, Address]]:
    return [(choice, installation.address(choice.provider)) for choice in installation.choices]


async def _check(settings: Settings, links: list[tuple[ModelChoice, Address]], *, of: str = "") -> AsyncGenerator[Finding]:
    prices = open_till(settings).prices
    async with _clients() as clients:
        for choice, address in links:
            finding = await check_choice(choice, address, clients, prices)
            yield finding.of(of)


async def _refuse_what_cannot_be_asked(
    choices: tuple[ModelChoice, ...], installation: Installation, addresses: Mapping[str, Address]
) -> None:
    async with _clients() as clients:
        for choice in choices:
            if not choice.is_scripted:
                clients.open(choice.known, choice.name, installation.address(choice.provider, addresses.get(choice.provider)))


@asynccontextmanager
async def _clients() -> AsyncIterator[Clients]:
    clients = Clients(connections=4, seconds=SECONDS)
    try:
        yield clients
    finally:
        await clients.close()


def _over(new: Address, old: Address) -> Address:
    return Address(new.base_url or old.base_url, new.key or old.key, new.folder or old.folder)


def _own(key: bytes | None, base_url: str | None) -> str:
    return " and ".join([*(["key"] if key else []), *([f"address {base_url}"] if base_url else [])]) or "folder"
