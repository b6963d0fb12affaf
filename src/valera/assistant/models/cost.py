"""What an answer cost: the prices that the installation states, else those of genai-prices; where neither knows one, tokens only.

Sums are in US dollars. A price in another currency is told in it as well, and turned into dollars by the rate that is stated with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from valera.assistant.journal import StepKind
from valera.assistant.models.prices import DOLLAR, OwnPrice
from valera.assistant.models.providers import PROVIDERS

if TYPE_CHECKING:
    from genai_prices.types import AbstractUsage
    from pydantic_ai.messages import ModelResponse

    from valera.assistant.chain.link import Chain
    from valera.assistant.journal import Step


@dataclass(frozen=True, slots=True)
class Charge:
    """``dollars`` None: the price is not known. ``amount`` is what it cost in ``currency``."""

    dollars: Decimal | None
    amount: Decimal | None
    currency: str = DOLLAR

    def written(self) -> dict[str, Any]:
        """As the journal keeps it; a currency only where it is not the dollar."""
        told = {"cost": None if self.dollars is None else str(self.dollars)}
        return told if self.currency == DOLLAR else told | {"currency": self.currency, "charged": str(self.amount)}


FREE = Charge(Decimal(0), Decimal(0))
UNKNOWN = Charge(None, None)


@dataclass(frozen=True, slots=True)
class Prices:
    """``own``: by a model as VALERA_MODELS writes it. ``rates``: how much of a currency a US dollar is."""

    own: Mapping[str, OwnPrice] = field(default_factory=dict[str, OwnPrice])
    rates: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])

    def __post_init__(self) -> None:
        """Raises ValueError: a price whose currency has no rate can be held by no budget."""
        for model, price in self.own.items():
            if price.currency != DOLLAR and price.currency not in self.rates:
                raise ValueError(f"the price of {model} is in {price.currency}, and no rate says how much of it is a US dollar")

    def charge(self, link: str, response: ModelResponse) -> Charge:
        """``link``: the model as it is configured; the response may call it something else."""
        usage = response.usage
        if usage.unmeasured_requests:
            return UNKNOWN
        if not (usage.input_tokens or usage.output_tokens):
            return FREE
        return self._own(link, usage.input_tokens, usage.output_tokens) or _listed(link, usage, response.model_name)

    def most(self, chain: Chain, tokens: int) -> Decimal:
        """The most that so many tokens can cost, whichever link answers, in US dollars. A link whose price is not known counts for
        nothing: no budget can hold what has no price.
        """
        charges = [charge for link in chain.links if link.is_remote for charge in self._bounds(link.name, tokens)]
        return max((charge.dollars or Decimal(0) for charge in charges), default=Decimal(0))

    def of(self, link: str, input_tokens: int, output_tokens: int) -> Charge:
        """What so many tokens of a model cost."""
        from genai_prices import Usage

        own = self._own(link, input_tokens, output_tokens)
        return own or _listed(link, Usage(input_tokens=input_tokens, output_tokens=output_tokens), None)

    def _bounds(self, link: str, tokens: int) -> tuple[Charge, ...]:
        return self.of(link, tokens, 0), self.of(link, 0, tokens)

    def _own(self, link: str, input_tokens: int, output_tokens: int) -> Charge | None:
        price = self.own.get(link)
        if price is None:
            return None
        amount = price.of(input_tokens, output_tokens)
        return Charge(amount if price.currency == DOLLAR else amount / self.rates[price.currency], amount, price.currency)


def _listed(link: str, usage: AbstractUsage, answered: str | None) -> Charge:
    """As genai-prices has it, under the name that the answer gives the model or under the configured one."""
    from genai_prices import calc_price  # a price list that a worker without paid models never reads

    provider, _, name = link.partition(":")
    listed = PROVIDERS[provider].prices if provider in PROVIDERS else None
    if listed is None:
        return UNKNOWN
    for model in filter(None, (answered, name)):
        try:
            total = calc_price(usage, model, provider_id=listed).total_price
        except (LookupError, ValueError, AssertionError):
            continue
        return Charge(total, total)
    return UNKNOWN


# ---- sums over steps ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What was asked of one model. ``unpriced``: answers of it whose price is not known; they are in no sum of money."""

    provider: str
    model: str
    currency: str
    answers: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    unpriced: int = 0
    cost: Decimal = Decimal(0)
    charged: Decimal = Decimal(0)

    def plus(self, content: Mapping[str, Any]) -> ModelUse:
        usage, cost = content["usage"], content["cost"]
        return ModelUse(
            self.provider,
            self.model,
            self.currency,
            self.answers + 1,
            self.input_tokens + usage["input_tokens"],
            self.output_tokens + usage["output_tokens"],
            self.cached_tokens + usage.get("cache_read_tokens", 0),
            self.unpriced + (cost is None),
            self.cost + Decimal(cost or 0),
            self.charged + Decimal(content.get("charged") or cost or 0),
        )


def uses(steps: Iterable[Step]) -> tuple[ModelUse, ...]:
    """What the steps of a turn used, each model by itself; asks whose answer was of no use are steps of code. What is free is left out."""
    found: dict[tuple[str, str, str], ModelUse] = {}
    for step in steps:
        if step.kind == StepKind.TOOL or "usage" not in step.content or _is_free(step.content):
            continue
        provider, _, model = step.content.get("link", step.content["model"]).rpartition(":")
        key = (provider, model, step.content.get("currency", DOLLAR))
        found[key] = found.get(key, ModelUse(*key)).plus(step.content)
    return tuple(found.values())


def _is_free(content: Mapping[str, Any]) -> bool:
    usage, cost = content["usage"], content["cost"]
    return not (usage["input_tokens"] or usage["output_tokens"]) and cost is not None and not Decimal(cost)
