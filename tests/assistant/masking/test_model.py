"""What leaves for a model, and what comes back from it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic_ai.direct import model_request, model_request_stream
from pydantic_ai.messages import (
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelRequest,
    ModelResponse,
    RetryFeedbackPart,
    RetryInfo,
    SystemPromptPart,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, FunctionModel

from valera.assistant.errors import BadAnswer
from valera.assistant.masking.known import Known, tell
from valera.assistant.masking.model import NOTE, Masked

PHONE, NAME, PLATE = "8 916 123-45-67", "Иван Петров", "а123вс77"


class Peer:
    """A model of somebody else's: keeps what it was sent, answers what it is told to."""

    def __init__(self, *parts: Any) -> None:
        self.parts = parts or (TextPart("Хорошо."),)
        self.seen: list[ModelMessage] = []
        self.parameters = ModelRequestParameters()

    def __call__(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        self.seen, self.parameters = messages, info.model_request_parameters
        return ModelResponse(parts=list(self.parts))

    @property
    def sent(self) -> str:
        """All that it saw, as one text."""
        return ModelMessagesTypeAdapter.dump_json(self.seen).decode() + str(self.parameters.instruction_parts)


def dialogue(*texts: str) -> list[ModelMessage]:
    """The client and the shop by turns."""
    return [
        ModelRequest(parts=[UserPromptPart(text)]) if place % 2 == 0 else ModelResponse(parts=[TextPart(text)])
        for place, text in enumerate(texts)
    ]


async def ask(peer: Peer, messages: list[ModelMessage]) -> ModelResponse:
    return await model_request(Masked(FunctionModel(peer)), messages)


def said_in(peer: Peer) -> list[str]:
    """The words of both sides, as the model read them."""
    return [str(part.content) for message in peer.seen for part in message.parts if isinstance(part, UserPromptPart | TextPart)]


async def said(answer: str, *texts: str) -> str:
    """What the client reads of a model's answer."""
    return (await ask(Peer(TextPart(answer)), dialogue(*texts))).text or ""


async def test_nothing_personal_leaves_in_any_part() -> None:
    peer = Peer()
    messages: list[ModelMessage] = [
        ModelRequest(parts=[SystemPromptPart(f"Клиент {NAME}"), UserPromptPart([f"мой номер {PHONE}", "и всё"])]),
        ModelResponse(
            parts=[
                ThinkingPart(f"Он {NAME}"),
                TextPart(f"Записал {PHONE}"),
                ToolCallPart("save_client", {"name": NAME, "car": {"plates": [PLATE]}}, tool_call_id="a"),
                ToolCallPart("save_client", json.dumps({"phone": PHONE}), tool_call_id="b"),
            ]
        ),
        ModelRequest(
            parts=[
                ToolReturnPart("save_client", {"saved": {"name": NAME, "phones": [PHONE]}}, tool_call_id="a"),
                ToolReturnPart("save_client", f"Не понял {PHONE}", tool_call_id="b"),
                RetryFeedbackPart(f"The number {PHONE} is not the shop's", retry=RetryInfo(cause="model_retry", attempt=1, max_retries=1)),
            ],
            instructions=f"client_name: {NAME}",
        ),
    ]

    await ask(peer, messages)

    for secret in ("Иван", "Петров", "123-45-67", "а123вс", "А123ВС"):
        assert secret not in peer.sent
    assert "⟦phone_1⟧" in peer.sent


async def test_answers_and_nested_arguments_come_back_with_the_values() -> None:
    call = ToolCallPart("save_client", {"name": "⟦name_1⟧", "more": [{"phone": "⟦phone_1⟧"}], "year": 2014}, tool_call_id="a")
    as_text = ToolCallPart("save_client", '{"plate": "⟦plate_1⟧", "note": "\\"⟦name_1⟧\\""}', tool_call_id="b")

    answer = await ask(Peer(TextPart("⟦name_1⟧, спасибо!"), call, as_text), dialogue(f"{NAME}, {PHONE}, {PLATE}"))

    assert answer.text == "Иван Петров, спасибо!"
    first, second = answer.tool_calls
    assert first.args_as_dict() == {"name": NAME, "more": [{"phone": "+7 916 123-45-67"}], "year": 2014}
    assert second.args_as_dict() == {"plate": "А123ВС77", "note": '"Иван Петров"'}


@pytest.mark.parametrize(
    "written",
    [
        "⟦phone_1⟧", "⟦PHONE_1⟧", "⟦ phone_1 ⟧", "⟦phone 1⟧", "[phone_1]", "[Phone 1]", "phone_1", "phone\\_1", "{phone_1}",
        "⟦phone_1⟧а", "[[phone_1]]",
     "⟦телефон_1⟧", "<phone_1>", "⟦phone_01⟧", "⟦phone-1⟧", "⟦phone_1",
    ],
)  # fmt: skip
async def test_a_placeholder_is_known_however_the_model_writes_it(written: str) -> None:
    assert await said(f"Перезвоним на {written}, ждите", f"мой телефон {PHONE}") == "Перезвоним на +7 916 123-45-67, ждите"


@pytest.mark.parametrize("written", ["⟦phone_9⟧", "⟦адрес_1⟧", "⟦card_3", "phone_12", "[name 4]", "⟦⟧"])
async def test_an_invented_placeholder_takes_its_sentence_with_it(written: str) -> None:
    assert await said(f"Хорошо, записал. Напишите на {written} вечером. Ждём!", "мой номер " + PHONE) == "Хорошо, записал. Ждём!"


async def test_an_answer_of_nothing_but_inventions_is_a_bad_one() -> None:
    with pytest.raises(BadAnswer):
        await said("⟦name_7⟧ ⟦phone_3⟧", "привет")


async def test_an_invented_placeholder_in_arguments_is_empty() -> None:
    answer = await ask(Peer(ToolCallPart("save_client", {"name": "⟦name_3⟧", "phone": "⟦phone_1⟧"}, tool_call_id="a")), dialogue(PHONE))

    assert answer.tool_calls[0].args_as_dict() == {"name": "", "phone": "+7 916 123-45-67"}


async def test_ordinary_brackets_and_words_are_no_placeholders() -> None:
    text = "Бампер [1 класс] — 18 000 ₽ (VIN 5 не нужен), email 2 пришлите. Имя 1?"

    assert await said(text, "привет") == text


async def test_the_same_value_has_one_placeholder_in_every_spelling_and_a_known_name_in_every_case() -> None:
    peer = Peer()
    messages = dialogue(f"{PHONE}", "Ваш +7 916 123-45-67?", "да, восемь девятьсот шестнадцать сто двадцать три сорок пять шестьдесят семь")
    messages.append(tell(ModelRequest(parts=[UserPromptPart("запишите Анну, А123ВС 77 и a123bc77")]), Known(names=("Анна Ветрова",))))

    await ask(peer, messages)

    assert said_in(peer) == ["⟦phone_1⟧", "Ваш ⟦phone_1⟧?", "да, ⟦phone_1⟧", "запишите ⟦name_1⟧, ⟦plate_1⟧ и ⟦plate_1⟧"]


async def test_a_longer_dialogue_begins_as_the_shorter_one_did() -> None:
    """What a provider has cached stays good."""
    short, long = Peer(), Peer()
    texts = [f"Я {NAME}, {PHONE}", "Иван, здравствуйте!", "это Марина Седова, её номер 8 903 765-43-21", "Ждём вас, Марина."]

    await ask(short, dialogue(*texts[:2], "да"))
    await ask(long, dialogue(*texts, "да"))

    assert said_in(short)[:2] == said_in(long)[:2]
    assert "Иван" not in long.sent
    assert "Марин" not in long.sent


async def test_what_the_shop_says_of_itself_stays() -> None:
    peer = Peer()
    instructions = "phone: +7 482 200-11-22, почта pay@garage.ru"
    request = ModelRequest(parts=[UserPromptPart(f"{PHONE}, ваш же 8 482 200 11 22?")], instructions=instructions)

    await ask(peer, [tell(request, Known(public=("Телефон +7 482 200-11-22", "pay@garage.ru")))])

    assert "⟦phone_1⟧, ваш же 8 482 200 11 22?" in peer.sent
    assert instructions in peer.sent
    assert NOTE in peer.sent


async def test_a_client_cannot_write_a_placeholder() -> None:
    peer = Peer()

    await ask(peer, dialogue("повтори ⟦phone_1⟧"))

    assert "повтори [phone_1]" in peer.sent


async def test_a_stream_holds_half_a_placeholder_back() -> None:
    async def stream(messages: list[ModelMessage], _: AgentInfo) -> AsyncIterator[str | dict[int, DeltaToolCall]]:
        for piece in ("Перезвоню на ⟦pho", "ne", "_1⟧", ". Жду, ⟦name_", "4⟧вас"):
            yield piece
        yield {1: DeltaToolCall("save_client", '{"phone": "⟦pho', tool_call_id="a")}
        yield {1: DeltaToolCall(json_args='ne_1⟧"}')}

    shown: list[str] = []
    async with model_request_stream(Masked(FunctionModel(stream_function=stream)), dialogue(PHONE)) as response:
        shown += [response.get().text or "" async for _ in response]
        answer = response.get()

    assert not any(sign in text for text in shown for sign in "⟦⟧_")
    assert answer.text == "Перезвоню на +7 916 123-45-67. Жду, "
    assert answer.tool_calls[0].args_as_dict() == {"phone": "+7 916 123-45-67"}
