"""The pages of the assistant: drafts, versions, tone, models, and the conversation beside the editor."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic_ai.models.function import FunctionModel

from tests.dashboard.assistant.conftest import Answering
from tests.dashboard.office import HTML, Office
from valera.accounts.prompt import LONGEST, find_published, list_prompts
from valera.accounts.prompt_draft import find_draft
from valera.assistant.errors import ModelOverloaded
from valera.assistant.models.choice import ModelChoice
from valera.assistant.models.shop import set_models
from valera.kit.db import account_scope
from valera.reception.autonomy import Autonomy, get_autonomy
from valera.reception.briefing.prompt import preview
from valera.reception.briefing.tone import Length, Manner, Tone, get_tone
from valera.reception.receptionist import ScriptedReceptionist

TABS = ("/assistant", "/assistant/versions", "/assistant/versions/1", "/assistant/behaviour", "/assistant/models", "/assistant/review")


async def read(office: Office, of: Any, *, shop: str = "garage", **more: Any) -> Any:
    with account_scope(getattr(office.world, shop).account_id):
        async with office.given.db.account_tx() as tx:
            return await of(tx, **more)


async def save(office: Office, text: str, revision: int, as_: str = "admin", **more: Any) -> Any:
    return await office.post("/assistant/draft", {"text": text, "revision": revision}, as_=as_, **more)


async def test_every_page_is_there_in_both_languages(office: Office) -> None:
    for path in TABS:
        for language in ("ru", "en"):
            answer = await office.get(path, headers=HTML | {"accept-language": language})
            assert answer.status_code == 200, (path, language)


async def test_support_may_not_and_the_rival_sees_nothing(office: Office) -> None:
    assert {(await office.get(path, as_="support")).status_code for path in TABS} == {403}
    assert {(await office.get(path, as_="rival")).status_code for path in TABS} == {404}
    await save(office, "Секрет гаража", 1)
    own = await office.get("/assistant", as_="rival", shop="rival")
    assert (await office.get("/assistant/versions/2", as_="rival", shop="rival")).status_code == 404
    assert "Секрет" not in own.text
    assert (await office.post("/assistant/rollbacks", {"version": 2}, as_="rival", shop="rival")).status_code == 404


async def test_a_draft_is_kept_and_nobody_writes_over_another_unseen(office: Office) -> None:
    saved = await save(office, "Мой текст", 1, as_="admin")
    assert saved.status_code == 200
    assert "Игорь" in saved.text
    assert "Мой текст" in (await office.get("/assistant", as_="owner")).text

    told = await save(office, "Текст владельца", 1, as_="owner")
    assert "Игорь изменил этот черновик" in told.text
    assert (await read(office, find_draft)).text == "Мой текст"

    shown = await save(office, "Текст владельца", 1, as_="owner", headers=HTML)
    assert shown.status_code == 409
    assert "Текст владельца" in shown.text
    assert "Мой текст" in shown.text.replace("<mark>", "").replace("</mark>", "")

    await save(office, "Текст владельца", 2, as_="owner", headers=HTML)
    assert (await read(office, find_draft)).text == "Текст владельца"


async def test_what_is_in_force_already_is_no_draft(office: Office) -> None:
    await save(office, "Будь вежлив.\r\n", 1)
    assert await read(office, find_draft) is None


async def test_a_text_that_is_too_long_is_refused_in_words(office: Office) -> None:
    answer = await save(office, "а" * (LONGEST + 1), 1)
    assert answer.status_code == 422
    assert (await read(office, find_draft)).text == "Будь вежлив и краток."


async def test_publishing_makes_a_version_with_its_author_and_closes_the_draft(office: Office) -> None:
    await save(office, "Осмотр бесплатный.", 1)
    done = await office.post("/assistant/versions", {"revision": 2, "over": 1, "note": "про осмотр"}, as_="admin")
    assert done.headers["hx-redirect"] == "/shops/garage/assistant"
    newest = (await read(office, list_prompts))[0]
    assert (newest.version, newest.text, newest.author, newest.note) == (2, "Осмотр бесплатный.", "Игорь", "про осмотр")
    assert await read(office, find_draft) is None
    assert "Осмотр бесплатный." in await read(office, preview, now=office.given.clock.now())


@pytest.mark.parametrize("form", [{"revision": 1, "over": 1}, {"revision": 2, "over": 0}])
async def test_what_changed_since_it_was_compared_is_not_published(office: Office, form: dict[str, int]) -> None:
    await save(office, "Осмотр бесплатный.", 1)
    answer = await office.post("/assistant/versions", form, as_="admin", headers=HTML)
    assert answer.status_code == 409
    assert (await read(office, find_published)).version == 1


async def test_rolling_back_makes_a_new_version_and_zero_leaves_the_house_alone(office: Office) -> None:
    await save(office, "Осмотр бесплатный.", 1)
    await office.post("/assistant/versions", {"revision": 2, "over": 1}, as_="admin")
    await office.post("/assistant/rollbacks", {"version": 1}, as_="admin")
    back = await read(office, find_published)
    assert (back.version, back.text, back.author) == (3, "Будь вежлив.", "Игорь")
    await office.post("/assistant/rollbacks", {"version": 0}, as_="admin")
    assert (await read(office, find_published)).text == ""
    assert (await office.post("/assistant/rollbacks", {"version": 99}, as_="admin")).status_code == 404


async def test_tone_is_told_to_models_and_heard_by_the_scripted_receptionist(office: Office, answering: Answering) -> None:
    before = await read(office, preview, now=office.given.clock.now())
    plain = (await office.post("/assistant/trial/messages", {"said": "Добрый день"}, as_="owner")).text
    form = {"autonomy": "requests", "length": "detailed", "manner": "warm"}
    assert (await office.post("/assistant/behaviour", form, as_="admin")).headers["hx-redirect"].endswith("/behaviour")
    assert await read(office, get_tone) == Tone(Length.DETAILED, Manner.WARM)
    assert await read(office, get_autonomy) == Autonomy.REQUESTS
    told = await read(office, preview, now=office.given.clock.now())
    assert "отвечай подробно" in told
    assert "тепло и по-дружески" in told
    assert "Тон, который выбрал сервис" not in before
    await office.post("/assistant/behaviour", form | {"autonomy": "drafts"}, as_="admin")
    warm = (await office.post("/assistant/trial/messages", {"said": "Добрый день"}, as_="admin")).text
    assert "Рады, что вы написали" in warm
    assert "Наш адрес: ул. Вымышленная, 1" in warm
    assert "Рады, что вы написали" not in plain
    assert answering.models


async def test_nonsense_is_no_behaviour(office: Office) -> None:
    answer = await office.post("/assistant/behaviour", {"autonomy": "free", "length": "short", "manner": "plain"}, as_="admin")
    assert answer.status_code in {400, 422}


async def test_the_trial_answers_by_the_text_of_the_editor(office: Office, answering: Answering) -> None:
    answering.models = [FunctionModel(answering.script)]
    answering.script.answers = ["Здравствуйте! Чем могу помочь?"]
    answer = await office.post("/assistant/trial/messages", {"said": "Осмотр платный?", "text": "ТЕКСТ ИЗ РЕДАКТОРА"}, as_="admin")
    assert "Чем могу помочь?" in answer.text
    instructions = str([getattr(message, "instructions", "") for message in answering.script.seen[-1]])
    assert "ТЕКСТ ИЗ РЕДАКТОРА" in instructions
    assert "Будь вежлив." not in instructions
    assert (await read(office, find_draft)).text == "Будь вежлив и краток.", "trying saves nothing"


async def test_a_model_that_fails_is_told_plainly_and_the_words_stay(office: Office, answering: Answering) -> None:
    answering.models = [FunctionModel(answering.script)]
    answering.script.answers = [ModelOverloaded("peer: HTTP 529")] * 4
    answer = await office.post("/assistant/trial/messages", {"said": "Сколько стоит?"}, as_="admin")
    assert answer.status_code == 200
    assert "перегружена" in answer.text
    assert 'value="Сколько стоит?"' in answer.text
    assert "529" not in answer.text


async def test_a_conversation_is_its_members_own_and_begins_anew(office: Office) -> None:
    await office.post("/assistant/trial/messages", {"said": "Мой вопрос о бампере"}, as_="admin")
    assert "Мой вопрос о бампере" in (await office.get("/assistant", as_="admin")).text
    assert "Мой вопрос о бампере" not in (await office.get("/assistant", as_="owner")).text
    again = await office.request("DELETE", "/assistant/trial", as_="admin")
    assert "Мой вопрос о бампере" not in again.text
    assert "Мой вопрос о бампере" not in (await office.get("/assistant", as_="admin")).text


async def test_trying_is_limited(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from valera.dashboard.assistant import trial
    from valera.identity.limit import Limit

    monkeypatch.setattr(trial, "OFTEN", Limit("try_it", most=1, within=timedelta(hours=1)))
    await office.post("/assistant/trial/messages", {"said": "Раз"}, as_="admin")
    answer = await office.post("/assistant/trial/messages", {"said": "Два"}, as_="owner")
    assert "слишком много" in answer.text
    assert 'value="Два"' in answer.text


async def test_hostile_words_stay_words(office: Office) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    await save(office, evil, 1)
    answer = await office.post("/assistant/trial/messages", {"said": evil}, as_="admin")
    pages = [answer.text, *[(await office.get(path, as_="admin")).text for path in ("/assistant", "/assistant/review")]]
    assert all("<script>alert" not in page and "<img src=x" not in page for page in pages)


async def test_another_model_than_the_first_is_told(office: Office, answering: Answering) -> None:
    answering.models = [FunctionModel(answering.script, model_name="peer:first"), ScriptedReceptionist()]
    answering.script.answers = [ModelOverloaded("peer: HTTP 529")] * 2
    with account_scope(office.world.garage.account_id):
        async with office.given.db.account_tx() as tx:
            await set_models(tx, (ModelChoice("openai", "gpt-5-mini"),), {}, office.given.vault)
    answer = await office.post("/assistant/trial/messages", {"said": "До скольки вы работаете?"}, as_="admin")
    assert "openai:gpt-5-mini не дала ответа" in answer.text
    assert "gpt-5-mini" in (await office.get("/assistant/models", as_="admin")).text
