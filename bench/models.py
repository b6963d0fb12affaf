"""Models of the benchmark: they answer at once or after a pause, and use next to nothing themselves."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pydantic_ai.messages import ModelResponse, TextPart
from pydantic_ai.models import Model
from pydantic_ai.usage import RequestUsage

from valera.assistant.chain.link import Chain

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.settings import ModelSettings

    from valera.kit.db import AccountId

ANSWER = "Здравствуйте. Чем помочь?"


class AlwaysThis:
    """Every shop's clients are answered by ``model``."""

    def __init__(self, model: Model) -> None:
        self.scripted = Chain.of(model)

    async def of(self, account_id: AccountId) -> Chain:
        del account_id
        return self.scripted


class AnswersAfter(Model):
    """The same sentence, ``seconds`` after it was asked; in process, without a byte on the wire."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    @property
    def model_name(self) -> str:
        return "bench"

    @property
    def system(self) -> str:
        return "bench"

    async def request(
        self, messages: list[ModelMessage], model_settings: ModelSettings | None, model_request_parameters: ModelRequestParameters
    ) -> ModelResponse:
        del messages, model_settings, model_request_parameters
        if self._seconds:
            await asyncio.sleep(self._seconds)
        return ModelResponse(parts=[TextPart(ANSWER)], usage=RequestUsage(input_tokens=100, output_tokens=10), model_name=self.model_name)
