"""A chain of models: who is asked first, who next, and the scripted receptionist in the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from valera.assistant.chain.breaker import Breaker

if TYPE_CHECKING:
    from pydantic_ai.models import Model

    from valera.kit.db import AccountId


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """``name`` as VALERA_MODELS writes it; it is what the journal remembers of who did something."""

    name: str
    model: Model
    breaker: Breaker = field(default_factory=Breaker)
    is_own: bool = False
    """The shop's own key: its team is told when it does not work."""
    is_remote: bool = True
    """Somebody else's program: whatever it trips over is its failure, not a bug of ours."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Asked in this order. The last one is asked in any case: behind it is nobody."""

    links: tuple[Link, ...]

    @classmethod
    def of(cls, *models: Model) -> Chain:
        """Models that run in this process, each named as it names itself."""
        return cls(tuple(Link(model.model_name, model, is_remote=False) for model in models))

    @property
    def name(self) -> str:
        return self.links[0].name

    def after(self, name: str) -> Chain:
        """Those behind the link called so; empty if it is the last, all if it stands here no more."""
        return Chain(tuple(link for link in self.going_on_from(name).links if link.name != name))

    def beginning_with(self, link: Link) -> Chain:
        return Chain(self.links[self.links.index(link) :])

    def going_on_from(self, name: str | None) -> Chain:
        """Without those before the link called ``name``: a turn does not go back to one that has failed in it."""
        place = next((place for place, link in enumerate(self.links) if link.name == name), 0)
        return Chain(self.links[place:])


class Models(Protocol):
    """Who answers the clients of each shop."""

    @property
    def scripted(self) -> Chain:
        """The receptionist alone: for a shop whose budget is spent."""
        ...

    async def of(self, account_id: AccountId) -> Chain: ...
