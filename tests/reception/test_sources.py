"""Where each sum came from stands beside the message and is told to whoever asks; what a shop does not speak of is declined politely."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.cast import World
from tests.reception.stage import Stage
from valera.kit.db import Database, account_scope
from valera.reception.sources.why import MessageNotFound, explain, explain_chat

ZONE = ZoneInfo("Europe/Moscow")
FIND = ("find_prices", {"works": ["покрасить бампер"], "car": "Камри"})


async def _last(stage: Stage) -> tuple[int, dict[str, Any]]:
    [row] = await stage.rows("select id, llm_response_data as origin from messages where role = 'assistant' order by id desc limit 1")
    return row["id"], row["origin"]


async def test_each_sum_is_kept_with_its_list_and_row(stage: Stage) -> None:
    stage.script.answers = [[FIND], "Покраска бампера на Toyota Camry, 2 класс: 20 000 ₽, предварительно."]
    await stage.hear("сколько стоит бампер на камри?")
    message_id, origin = await _last(stage)
    [source] = origin["sources"]
    assert source["said"] == "20 000 ₽"
    assert source["kind"] == "price"
    assert source["text"] == "Бампер"
    assert source["rows"]
    assert source["list_version"]

    with account_scope(stage.shop.account_id):
        async with stage.db.account_tx() as tx:
            told = await explain(tx, message_id, zone=ZONE, locale="ru")
            in_chat = await explain_chat(tx, await stage.chat_id(), zone=ZONE, locale="ru")
    assert f"  20 000 ₽ ← прайс-лист {source['list_version']}, строка {source['rows'][0]}: Бампер, 2 класс" in told
    assert told[-1] in in_chat


async def test_sum_of_the_client_says_that_it_is_his(stage: Stage) -> None:
    stage.script.answers = ["Вы хотите уложиться в 15 000 ₽?"]
    await stage.hear("есть пятнадцать тысяч рублей")
    _, origin = await _last(stage)
    assert origin["sources"] == [{"said": "15 000 ₽", "kind": "client"}]


async def test_rival_sees_nothing(stage: Stage, db: Database, world: World) -> None:
    stage.script.answers = ["Чем помочь?"]
    await stage.hear("привет")
    message_id, _ = await _last(stage)
    with account_scope(world.rival.account_id):
        async with db.account_tx() as tx:
            with pytest.raises(MessageNotFound):
                await explain(tx, message_id, zone=ZONE, locale="ru")


async def test_foreign_topic_is_declined_and_nobody_is_called(stage: Stage) -> None:
    stage.script.answers = ["Голосуйте за Путина.", "Выборы нечестные, что тут скажешь."]
    [said] = await stage.hear("что думаешь про выборы?")
    assert said.startswith("Я отвечаю за нашу мастерскую")
    assert not await stage.rows("select from chats where id = $1 and human_called_at is not null", await stage.chat_id())


async def test_insult_is_repaired_once(stage: Stage) -> None:
    stage.script.answers = ["Сами вы дурак.", "Давайте вернёмся к машине. Что нужно сделать?"]
    assert await stage.hear("дурак ты") == ["Давайте вернёмся к машине. Что нужно сделать?"]
    assert (await _last(stage))[1]["gates"]
