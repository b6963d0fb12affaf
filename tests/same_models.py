"""The same models for every shop, given by the test."""

from __future__ import annotations

from pydantic_ai.models import Model

from tests.model_peer import chain
from valera.assistant.chain.link import Chain
from valera.kit.db import AccountId
from valera.reception.receptionist import ScriptedReceptionist


class SameModels:
    """Asked in this order. Their breakers live as long as they do."""

    def __init__(self, *models: Model) -> None:
        self.chain = chain(*models)
        self.scripted = chain(ScriptedReceptionist())

    async def of(self, account_id: AccountId) -> Chain:
        return self.chain
