"""How much the assistant does by itself: it answers, it proposes, or it only takes requests; and drafts, as turns make them."""

from __future__ import annotations

from dataclasses import replace

from tests.reception.stage import Stage
from tests.same_models import SameModels
from valera.chats.chat import take_over
from valera.chats.drafting import Draft, find_draft, give_hint, send_draft
from valera.kit.db import account_scope
from valera.reception.autonomy import Autonomy, get_autonomy, set_autonomy
from valera.reception.receptionist import ScriptedReceptionist

PRICE = [("find_prices", {"works": ["бампер"]})]


async def choose(stage: Stage, autonomy: Autonomy) -> None:
    with account_scope(stage.shop.account_id):
        async with stage.db.account_tx() as tx:
            await set_autonomy(tx, autonomy)
            assert await get_autonomy(tx) == autonomy


async def open_draft(stage: Stage) -> Draft | None:
    with account_scope(stage.shop.account_id):
        async with stage.db.account_tx() as tx:
            return await find_draft(tx, await stage.chat_id())


async def test_a_draft_is_said_only_when_a_member_sends_it(stage: Stage) -> None:
    await choose(stage, Autonomy.DRAFTS)
    stage.script.answers = ["Здравствуйте. Чем помочь?", "Да, работаем."]
    assert await stage.hear("Здравствуйте") == []
    assert await stage.hear("а вы работаете?") == []

    draft = await open_draft(stage)

    assert draft is not None
    assert draft.text == "Да, работаем."
    assert stage.script.asked() == ["Здравствуйте", "а вы работаете?"], "the new draft answers all of it"
    [chat] = await stage.rows("select human_called_at, status from chats where id = $1", draft.chat_id)
    assert chat["human_called_at"] is not None
    with account_scope(stage.shop.account_id):
        async with stage.db.account_tx() as tx:
            await send_draft(tx, draft.chat_id, draft.id, by=stage.shop.member_id)
    assert await stage.said() == ["Да, работаем."]
    assert (await stage.turn_states())[-1] == "done"
    [chat] = await stage.rows("select human_called_at, status from chats where id = $1", draft.chat_id)
    assert (chat["human_called_at"], chat["status"]) == (None, "assistant")


async def test_a_hint_makes_the_assistant_write_again(stage: Stage) -> None:
    await choose(stage, Autonomy.DRAFTS)
    stage.script.answers = ["Здравствуйте.", "Конечно, поможем."]
    await stage.hear("когда можно?")
    draft = await open_draft(stage)
    assert draft is not None
    with account_scope(stage.shop.account_id):
        async with stage.db.account_tx() as tx:
            await give_hint(tx, draft.chat_id, draft.id, by=stage.shop.member_id, hint="предложи вечер")

    await stage.run_turns()

    again = await open_draft(stage)
    assert again is not None
    assert again.text == "Конечно, поможем."
    assert "предложи вечер" in repr(stage.script.seen[-1])
    assert await stage.said() == []


async def test_a_hint_of_who_has_the_chat_changes_nothing_and_says_nothing(stage: Stage) -> None:
    await choose(stage, Autonomy.DRAFTS)
    stage.script.answers = ["Здравствуйте.", [("call_human", {"reason": "так"})], "Конечно, поможем."]
    await stage.hear("когда можно?")
    draft = await open_draft(stage)
    assert draft is not None
    with account_scope(stage.shop.account_id):
        async with stage.db.account_tx() as tx:
            await take_over(tx, draft.chat_id, by=stage.shop.member_id)
            await give_hint(tx, draft.chat_id, draft.id, by=stage.shop.member_id, hint="предложи вечер")

    await stage.run_turns()

    again = await open_draft(stage)
    assert again is not None
    assert (again.kind, again.text) == ("hinted", "Конечно, поможем.")
    assert await stage.said() == []
    assert "no such tool" in repr(stage.script.seen[-1])


async def test_words_that_the_gates_refused_wait_for_the_person_who_was_called(stage: Stage) -> None:
    stage.script.answers = ["Это стоит 99 999 рублей.", "Это стоит 88 888 рублей."]

    said = await stage.hear("сколько стоит бампер?")

    draft = await open_draft(stage)
    assert draft is not None
    assert (draft.kind, draft.text) == ("refused", "Это стоит 88 888 рублей.")
    assert "88 888" not in "".join(said)


async def test_requests_looks_nothing_up_and_names_no_price(stage: Stage) -> None:
    await choose(stage, Autonomy.REQUESTS)
    stage.script.answers = [PRICE, "Бампер: 20 000 ₽.", "Чем ещё помочь?"]

    said = await stage.hear("сколько стоит бампер?")

    assert said == ["Чем ещё помочь?"]
    assert "no such tool" in repr(stage.script.seen[-1])


async def test_the_scripted_receptionist_takes_requests(stage: Stage) -> None:
    await choose(stage, Autonomy.REQUESTS)
    await stage.write("Сколько стоит бампер и когда можно приехать?")
    await stage.take_in()
    turns = replace(stage.turns, models=SameModels(ScriptedReceptionist()))
    for claim in await turns.claim(worker=1, limit=5):
        await turns.run_turn(claim)

    said = " ".join(await stage.said())

    assert "сотрудник" in said
    assert not any(digit.isdigit() for digit in said.partition("http")[0])
    assert await stage.owner.fetchval("select human_called_at is not null from chats where id = $1", await stage.chat_id())
