"""What handlers of the dashboard are given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation

from valera.dashboard.frame.page import Page, provide_page
from valera.dashboard.frame.sign_in import SignIn
from valera.kit.clock import Clock
from valera.kit.db import Database
from valera.kit.live import Hub
from valera.kit.secrets import Vault
from valera.kit.storage import Storage
from valera.telegram.api.client import BotApi
from valera.telegram.bots.connect import Office

ThePage = NamedDependency[SkipValidation[Page]]
TheDb = NamedDependency[SkipValidation[Database]]
TheClock = NamedDependency[SkipValidation[Clock]]
TheStorage = NamedDependency[SkipValidation[Storage]]
TheVault = NamedDependency[SkipValidation[Vault]]
TheBotApi = NamedDependency[SkipValidation[BotApi]]
TheOffice = NamedDependency[SkipValidation[Office]]
TheHub = NamedDependency[SkipValidation[Hub]]
TheSimulator = NamedDependency[SkipValidation[str | None]]
"""Where people reach the simulator's messenger, or None: Telegram is the real one."""

OpenTrying = Callable[[], Awaitable[Any]]
TheTrying = NamedDependency[SkipValidation[OpenTrying]]
"""Gives `reception.trial.conversation.Trying`, opened when first asked for: what it needs takes seconds to import."""
TheHouseModels = NamedDependency[SkipValidation[str]]
"""VALERA_MODELS."""


@dataclass(frozen=True, slots=True)
class Given:
    """Built once by the composition root."""

    db: Database
    clock: Clock
    storage: Storage
    vault: Vault
    bot_api: BotApi
    office: Office
    hub: Hub
    trying: OpenTrying
    house_models: str
    simulator: str | None
    sign_in: SignIn

    @property
    def cookie(self) -> str:
        """The name of the session's."""
        return self.sign_in.session_cookie

    def dependencies(self) -> dict[str, Any]:
        """By the names that handlers ask for."""
        found = {
            "db": self.db,
            "clock": self.clock,
            "storage": self.storage,
            "vault": self.vault,
            "bot_api": self.bot_api,
            "office": self.office,
            "hub": self.hub,
            "trying": self.trying,
            "house_models": self.house_models,
            "simulator": self.simulator,
            "sign_in": self.sign_in,
        }
        return {name: _constant(value) for name, value in found.items()} | {"page": Provide(provide_page, sync_to_thread=False)}


def _constant(given: object) -> Provide:
    return Provide(lambda: given, sync_to_thread=False)
