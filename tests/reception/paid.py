"""The stage with a model that costs money: what it answers is scripted, what it charges is gpt-5-mini's price for a thousand tokens in and
a hundred out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.usage import RequestUsage

from tests.reception.stage import Stage
from valera.assistant.chain.link import Chain, Link
from valera.billing.limits import Limits
from valera.kit.db import AccountId
from valera.reception.paying import Till
from valera.reception.receptionist import ScriptedReceptionist
from valera.reception.tools import TOOLS
from valera.reception.turn import Turns

PRICE = Decimal("0.00045")
"""Of one answer: 1000 × 0.25 + 100 × 2 dollars a million."""


@dataclass(slots=True)
class PaidModels:
    chain: Chain

    @property
    def scripted(self) -> Chain:
        return Chain.of(ScriptedReceptionist())

    async def of(self, account_id: AccountId) -> Chain:
        return self.chain


@dataclass(slots=True)
class PaidStage(Stage):
    limits: Limits = field(default_factory=Limits)
    link: str = "openai:gpt-5-mini"

    @property
    def turns(self) -> Turns:
        models = PaidModels(Chain((Link(self.link, FunctionModel(self._answer)),)))
        return Turns(self.db, self.clock, models, TOOLS, self.caps, till=Till(self.limits))

    async def _answer(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        response = await self.script(messages, info)
        response.usage = RequestUsage(input_tokens=1000, output_tokens=100)
        response.finish_reason = "stop"
        return response
