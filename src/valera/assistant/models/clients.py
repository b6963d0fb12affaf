"""The models that this process has open: a pool of connections for each wire format, and a bounded number of models over it."""

from __future__ import annotations

import importlib
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from valera.assistant.models.providers import Address, Provider, Wire
from valera.kit.errors import Invalid

if TYPE_CHECKING:
    from types import ModuleType

    from pydantic_ai.models import Model

MOST_OPEN = 256
"""A model that is asked holds itself; one that is forgotten here is made anew in milliseconds, over the same connections."""


class Pool(Protocol):
    """One of `wires`."""

    def model(self, provider: Provider, name: str, address: Address) -> Model: ...

    async def close(self) -> None: ...


@dataclass(slots=True)
class Clients:
    """``connections`` at once at most for each wire format, ``seconds`` of silence until a request is given up."""

    connections: int
    seconds: float
    _pools: dict[Wire, Pool] = field(default_factory=dict[Wire, Pool])
    _models: OrderedDict[tuple[str, str, Address], Model] = field(default_factory=OrderedDict["tuple[str, str, Address]", "Model"])

    def open(self, provider: Provider, name: str, address: Address) -> Model:
        """Raises Invalid with a sentence where key, address or folder is missing. A first model of a format imports its package."""
        address = _complete(provider, address)
        asked = (provider.name, name, address)
        if asked not in self._models:
            if provider.wire not in self._pools:
                self._pools[provider.wire] = _open_pool(provider.wire, connections=self.connections, seconds=self.seconds)
            self._models[asked] = self._pools[provider.wire].model(provider, name, address)
        self._models.move_to_end(asked)
        while len(self._models) > MOST_OPEN:
            self._models.popitem(last=False)
        return self._models[asked]

    def lacks(self, wire: Wire) -> bool:
        """Its package is not imported yet: that takes a second or two, so prepare it in a thread."""
        return wire not in self._pools

    async def close(self) -> None:
        self._models.clear()
        for pool in self._pools.values():
            await pool.close()
        self._pools.clear()


def _complete(provider: Provider, address: Address) -> Address:
    """The provider's own address where none was set: then its key is needed. A server of one's own may do without."""
    if address.base_url is None and provider.base_url is None:
        raise Invalid(f"No address of {provider.name} is known: set {provider.url_variable}.")
    if address.base_url is None and provider.needs_key and address.key is None:
        variables = f"set {provider.key_variable}, or {provider.url_variable} to a server of your own"
        raise Invalid(f"There is no key for {provider.name}: {variables}.")
    if provider.folder_variable is not None and not address.folder:
        raise Invalid(f"{provider.name} needs to know a folder: set {provider.folder_variable}.")
    return replace(address, base_url=(address.base_url or provider.base_url or "").rstrip("/"))


def load(wire: Wire) -> ModuleType:
    return importlib.import_module(f"valera.assistant.models.wires.{wire}")


def _open_pool(wire: Wire, *, connections: int, seconds: float) -> Pool:
    return load(wire).open_pool(connections=connections, seconds=seconds)
