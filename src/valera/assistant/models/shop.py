"""The models of one shop: which are asked stands in its settings, its keys sealed in rows of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.accounts.notice import NoticeKind, resolve_notice
from valera.assistant.models import queries
from valera.assistant.models.choice import ModelChoice, read_models, write_models
from valera.assistant.models.providers import Address
from valera.kit.db import AccountId
from valera.kit.errors import Invalid
from valera.kit.secrets import Place, Secret, Vault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from valera.kit.db import AccountTx


@dataclass(frozen=True, slots=True)
class Setting:
    """``models`` None: as the installation."""

    account_id: AccountId
    slug: str
    data_key: bytes
    models: str | None


@dataclass(frozen=True, slots=True)
class SealedAddress:
    provider: str
    base_url: str | None
    folder: str | None
    key: bytes | None


@dataclass(frozen=True, slots=True)
class ShopModels:
    """As they stand in the database: nothing is opened yet."""

    setting: Setting
    addresses: tuple[SealedAddress, ...]

    @property
    def choices(self) -> tuple[ModelChoice, ...] | None:
        """Raises ValueError with a sentence where the setting names what is no model any more."""
        return None if self.setting.models is None else read_models(self.setting.models)

    def open(self, vault: Vault) -> dict[str, Address]:
        """By provider. Raises SealBroken."""
        return {
            sealed.provider: Address(
                sealed.base_url,
                None
                if sealed.key is None
                else vault.open(self.setting.data_key, self.setting.slug, _place(self.setting, sealed.provider), sealed.key),
                sealed.folder,
            )
            for sealed in self.addresses
        }


async def get_shop_models(tx: AccountTx) -> ShopModels:
    """Of the shop of this transaction."""
    setting = await queries.select_setting(tx, Setting)
    addresses = () if setting.models is None else tuple(await queries.select_addresses(tx, SealedAddress))
    return ShopModels(setting, addresses)


async def set_models(tx: AccountTx, choices: tuple[ModelChoice, ...], addresses: Mapping[str, Address], vault: Vault) -> None:
    """These from now on; what ``addresses`` say nothing of stays as it was. Keys of providers that are not named are deleted."""
    setting = await queries.select_setting(tx, Setting)
    for provider, address in addresses.items():
        key = vault.seal(setting.data_key, setting.slug, _place(setting, provider), address.key) if address.key else None
        await queries.upsert_address(tx, provider=provider, base_url=address.base_url, folder=address.folder, key=key)
    named = {choice.provider for choice in choices}
    stored = await queries.select_addresses(tx, SealedAddress)
    await queries.delete_addresses(tx, [sealed.provider for sealed in stored if sealed.provider not in named])
    await queries.update_setting(tx, write_models(choices))
    await resolve_notice(tx, NoticeKind.MODEL_REFUSED)


async def clear_models(tx: AccountTx) -> None:
    """As the installation again; its own keys are deleted."""
    stored = await queries.select_addresses(tx, SealedAddress)
    await queries.delete_addresses(tx, [sealed.provider for sealed in stored])
    await queries.update_setting(tx, None)
    await resolve_notice(tx, NoticeKind.MODEL_REFUSED)


def new_key(text: str) -> Secret:
    """As it was typed or stands in a file, without the line's end. Raises Invalid for what cannot travel in a header."""
    key = text.strip()
    if not key.isascii() or not key.isprintable() or " " in key or not key:
        raise Invalid("This is no key: it is empty, or holds spaces or letters that no key has.")
    return Secret(key)


def _place(setting: Setting, provider: str) -> Place:
    return Place("model_keys.key", setting.account_id, provider)
