"""Who answers the clients of a shop: the shop's own chain, else the installation's. At the end of each stands the scripted receptionist."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import structlog

from valera.accounts.notice import NoticeKind, raise_notice, resolve_notice
from valera.assistant.chain.breaker import Breaker
from valera.assistant.chain.link import Chain, Link
from valera.assistant.masking.model import Masked
from valera.assistant.models.choice import Local, ModelChoice
from valera.assistant.models.clients import Clients, load
from valera.assistant.models.providers import SCRIPTED, Address
from valera.assistant.models.shop import ShopModels, get_shop_models
from valera.kit.db import AccountId, account_scope
from valera.kit.errors import Invalid
from valera.kit.secrets import SealBroken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_ai.models import Model

    from valera.kit.db import AccountTx, Database
    from valera.kit.secrets import Vault

log = structlog.get_logger(__name__)

FRESH_SECONDS = 5.0
"""So soon a changed setting takes effect, in every process, without a restart."""

MOST_SHOPS = 2048
MOST_BREAKERS = 4096


@dataclass(frozen=True, slots=True)
class Known:
    """What was built of a shop's rows, and until when nobody asks whether they have changed."""

    made_of: ShopModels
    chain: Chain
    until: float


@dataclass(frozen=True, slots=True)
class Installation:
    """What the settings say."""

    choices: tuple[ModelChoice, ...]
    addresses: Mapping[str, Address]
    local: Local = field(default_factory=Local)

    def address(self, provider: str, own: Address | None = None) -> Address:
        """A shop's own key goes to the shop's address or else to the installation's, the installation's key to nobody's but its own."""
        house = self.addresses.get(provider, Address())
        if own is None:
            return house
        if own.base_url is not None:
            return own
        if own.key is not None:
            return replace(own, base_url=house.base_url, folder=own.folder or house.folder)
        return replace(house, folder=own.folder or house.folder)


@dataclass(slots=True)
class Models:
    """One for a process: it keeps chains, breakers and clients, so that all turns share them."""

    installation: Installation
    clients: Clients
    receptionist: Model
    db: Database
    vault: Vault
    monotonic: Callable[[], float] = time.monotonic
    own: Chain = field(init=False)
    scripted: Chain = field(init=False)
    _known: OrderedDict[AccountId, Known] = field(default_factory=OrderedDict["AccountId", "Known"])
    _breakers: OrderedDict[tuple[AccountId | None, str, Address], Breaker] = field(
        default_factory=OrderedDict["tuple[AccountId | None, str, Address]", "Breaker"]
    )

    def __post_init__(self) -> None:
        """Raises Invalid with a sentence where a model of the installation lacks its key or address."""
        self.scripted = Chain((self._receptionist(),))
        self.own = self._ending(
            tuple(self._link(choice, self.installation.address(choice.provider)) for choice in self.installation.choices)
        )

    async def of(self, account_id: AccountId) -> Chain:
        """Read anew after FRESH_SECONDS. Raises DatabaseUnavailable."""
        known = self._known.get(account_id)
        if known is not None and self.monotonic() < known.until:
            self._known.move_to_end(account_id)
            return known.chain
        with account_scope(account_id):
            async with self.db.account_tx() as tx:
                found = await get_shop_models(tx)
        if known is not None and known.made_of == found:
            chain = known.chain
        else:
            await self._load_packages(found)
            chain = self.build(found)
        self._known[account_id] = Known(found, chain, self.monotonic() + FRESH_SECONDS)
        self._known.move_to_end(account_id)
        while len(self._known) > MOST_SHOPS:
            self._known.popitem(last=False)
        return chain

    async def _load_packages(self, shop: ShopModels) -> None:
        """In a thread: a worker that stands still for a second or two is taken for dead."""
        try:
            wires = {choice.known.wire for choice in shop.choices or () if not choice.is_scripted}
        except ValueError:
            return  # `build` says so
        for wire in wires:
            if self.clients.lacks(wire):
                await asyncio.to_thread(load, wire)

    def build(self, shop: ShopModels) -> Chain:
        """What of it cannot be used is left out, and the log says so: its clients are answered by the rest."""
        account_id = shop.setting.account_id
        try:
            choices, addresses = shop.choices, shop.open(self.vault)
        except (ValueError, SealBroken) as error:
            log.warning("models_of_shop_unusable", account=account_id, detail=str(error))
            return self.scripted
        if choices is None:
            return self.own
        links: list[Link] = []
        for choice in choices:
            try:
                address = self.installation.address(choice.provider, addresses.get(choice.provider))
                links.append(self._link(choice, address, account_id=account_id))
            except Invalid as error:
                log.warning("model_of_shop_unusable", account=account_id, link=str(choice), detail=error.detail)
        return self._ending(tuple(links))

    def _link(self, choice: ModelChoice, address: Address, *, account_id: AccountId | None = None) -> Link:
        if choice.is_scripted:
            return self._receptionist()
        house = self.installation.addresses.get(choice.provider, Address())
        model = self.clients.open(choice.known, choice.name, address)
        if not self.installation.local.covers(choice) or address.base_url != house.base_url:  # only its owner knows what is local
            model = Masked(model)
        is_own = address.key is not None and address.key != house.key
        breaker = self._breaker((account_id if is_own else None, str(choice), address))
        return Link(str(choice), model, breaker, is_own=is_own)

    def _receptionist(self) -> Link:
        return Link(SCRIPTED, self.receptionist, is_remote=False)

    def _ending(self, links: tuple[Link, ...]) -> Chain:
        return Chain(links if any(link.name == SCRIPTED for link in links) else (*links, self._receptionist()))

    def _breaker(self, key: tuple[AccountId | None, str, Address]) -> Breaker:
        breaker = self._breakers.setdefault(key, Breaker(self.monotonic))
        self._breakers.move_to_end(key)
        while len(self._breakers) > MOST_BREAKERS:
            self._breakers.popitem(last=False)
        return breaker


async def tell_team(tx: AccountTx, chain: Chain) -> None:
    """A key of the shop's own that is refused, and that it works again: its team has to know."""
    own = [link for link in chain.links if link.is_own]
    if not any([link.breaker.take_news() for link in own]):  # noqa: C419 - each is asked
        return
    troubled = next((link for link in own if link.breaker.trouble is not None), None)
    if troubled is None:
        await resolve_notice(tx, NoticeKind.MODEL_REFUSED)
    else:
        assert troubled.breaker.trouble is not None
        await raise_notice(tx, NoticeKind.MODEL_REFUSED, details={"model": troubled.name, "reason": troubled.breaker.trouble.slug})
