"""A model of somebody else's on the main path: it sees placeholders, everybody here sees what they stand for."""

from __future__ import annotations

from dataclasses import replace

from pydantic_ai.messages import ModelMessagesTypeAdapter
from pydantic_ai.models.function import FunctionModel

from tests.reception.stage import Stage
from tests.same_models import SameModels
from valera.assistant.masking.model import Masked


async def test_a_provider_never_sees_who_the_client_is(stage: Stage) -> None:
    stage.script.answers = [
        [("save_client", {"name": "⟦name_2⟧", "phone": "⟦phone_1⟧", "plate": "⟦plate_1⟧"})],  # name_1 is what Telegram says: «Вера»
        "Спасибо, ⟦name_2⟧! Чем помочь?",
        "Здравствуйте ещё раз, ⟦name_1⟧.",
    ]
    turns = replace(stage.turns, models=SameModels(Masked(FunctionModel(stage.script))))

    for text in ("Я Анна Лунина, мой номер 8 916 123-45-67, машина а123вс77", "это снова я"):
        await stage.write(text)
        await stage.take_in()
        for claim in await turns.claim(worker=1, limit=10):
            await turns.run_turn(claim)

    sent = b"".join(ModelMessagesTypeAdapter.dump_json(messages) for messages in stage.script.seen).decode()
    for secret in ("Лунина", "Анна", "Вера", "123-45-67", "9161234567", "а123вс", "А123ВС"):
        assert secret not in sent
    assert await stage.said() == ["Спасибо, Анна Лунина! Чем помочь?", "Здравствуйте ещё раз, Анна Лунина."]
    [client] = await stage.rows("select name, phone from clients where telegram_user_id = 900001")
    assert tuple(client) == ("Анна Лунина", "+79161234567")
    [step] = await stage.rows(
        "select content -> 'arguments' ->> 'plate' as plate from turn_steps where kind = 'tool' and content ? 'arguments'"
    )
    assert step["plate"] == "А123ВС77"
