"""The receptionist as a model: same messages, same answer; always a text in the end; nothing asked for that is not offered."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_ai.messages import ModelRequest, ModelResponse, RetryFeedbackPart, RetryInfo, TextPart, UserPromptPart
from pydantic_ai.models import ModelRequestParameters

from tests.reception.dialogue import SHOP, Dialogue
from valera.reception.receptionist import ScriptedReceptionist


async def test_same_messages_give_the_same_answer() -> None:
    first, second = Dialogue(), Dialogue()
    for text in ("Сколько стоит покрасить капот на Камри?", "давайте завтра в 10"):
        one, other = await first.say(text), await second.say(text)
        assert one == other
    assert [part for message in first.messages for part in message.parts if part.part_kind == "tool-call"] == [
        part for message in second.messages for part in message.parts if part.part_kind == "tool-call"
    ]


async def test_independent_calls_go_out_together() -> None:
    dialogue = Dialogue()
    dialogue.messages.append(
        ModelRequest([UserPromptPart("Цена покраски капота на Камри и запишите завтра на 10")], instructions=SHOP.render())
    )
    response = await dialogue.ask()
    assert {call.tool_name for call in response.tool_calls} == {"save_client", "find_prices", "find_slots"}


async def test_tool_that_is_not_offered_is_not_called() -> None:
    dialogue = Dialogue()
    dialogue.messages.append(ModelRequest([UserPromptPart("Сколько стоит покрасить капот?")], instructions=SHOP.render()))
    response = await dialogue.ask(tools=())
    assert response.tool_calls == []
    assert response.text


@pytest.mark.parametrize("tool", ["find_prices", "find_slots", "hold_slot", "save_client", "call_human"])
async def test_failure_of_a_tool_is_passed_on_with_a_next_step(tool: str) -> None:
    dialogue = Dialogue(failing={tool: "Сейчас это сделать не получилось."})
    answer = await dialogue.say(
        {"save_client": "мой номер 89123456789", "call_human": "позовите менеджера"}.get(tool, "цена капота и запишите завтра на 10")
    )
    assert tool in answer.tools
    assert "не получилось" in answer.text


async def test_refused_draft_is_not_written_again() -> None:
    dialogue = Dialogue()
    dialogue.messages.append(ModelRequest([UserPromptPart("Какой адрес?")], instructions=SHOP.render()))
    draft = await dialogue.ask()
    feedback = RetryFeedbackPart(content="Wrong.", retry=RetryInfo(cause="model_retry", attempt=1, max_retries=1))
    dialogue.messages += [draft, ModelRequest([feedback], instructions=SHOP.render())]
    repaired = await dialogue.ask()
    assert repaired.text
    assert repaired.text != draft.text


async def test_feedback_reaches_it_as_feedback() -> None:
    """What prepares messages for language models puts feedback into the client's mouth; here it must not."""
    feedback = RetryFeedbackPart(content="Запишите на завтра в 12", retry=RetryInfo(cause="model_retry", attempt=1, max_retries=1))
    asked = ModelRequest([UserPromptPart("Какой адрес?")], instructions=SHOP.render())
    prepared = ScriptedReceptionist().prepare_messages([asked, ModelResponse([TextPart("…")]), ModelRequest([feedback])])
    response = await ScriptedReceptionist().request(prepared, None, ModelRequestParameters())
    assert response.tool_calls == []
    assert "12" not in (response.text or "")


async def test_effects_of_an_earlier_round_are_not_repeated() -> None:
    dialogue = Dialogue()
    await dialogue.say("запишите на завтра в 12")
    told = dialogue.messages[:-1]  # the reply was not sent: the client wrote again
    dialogue.messages = [*told, ModelRequest([UserPromptPart("это на покраску")], instructions=dialogue.shop.render())]
    response = await dialogue.ask()
    assert "hold_slot" not in {call.tool_name for call in response.tool_calls}


async def test_note_of_the_house_is_nobodys_wish() -> None:
    dialogue = Dialogue()
    dialogue.messages.append(ModelResponse([TextPart("(ответил сотрудник сервиса) Сделаем в пятницу.")]))
    answer = await dialogue.say("(сотрудник сервиса закончил, дальше снова отвечает ассистент)", "Какой у вас адрес?")
    assert SHOP.address in answer.text
    assert answer.tools == ()


async def test_without_a_shop_block_it_says_that_it_does_not_know() -> None:
    response = await ScriptedReceptionist().request([ModelRequest([UserPromptPart("Привет")])], None, ModelRequestParameters())
    assert response.text
    assert response.tool_calls == []


async def test_english_shop_is_answered_in_english() -> None:
    answer = await Dialogue(shop=replace(SHOP, locale="en", hours="daily 9:00\u201321:00")).say("До скольки работаете?")
    assert "We are open: daily" in answer.text


@settings(max_examples=150, deadline=None)
@given(
    texts=st.lists(
        st.text(max_size=120) | st.sampled_from(["да", "нет", "второй", "завтра", "в 11", "капот", "камри", "перенесите", "🙂", "2"]),
        min_size=1,
        max_size=4,
    )
)
async def test_any_dialogue_ends_every_turn_with_a_text_that_passes(texts: list[str]) -> None:
    dialogue = Dialogue()
    for text in texts:
        assert (await dialogue.say(text)).text
