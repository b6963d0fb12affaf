"""Hop 6: one rule for each way in which Telegram can answer, in order per chat, nothing dropped."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import pytest

from tests.cast import Shop, World
from tests.telegram.scripted_telegram import SENT, ScriptedTelegram, refusal, scripted_telegram
from valera.kit.db import AccountTx, Database, NetworkCallInTransaction, account_scope
from valera.kit.secrets import Place, Secret, Vault
from valera.telegram.client import BotApi
from valera.telegram.delivery import Claim, claim_deliveries, deliver, put_delivery

TOKEN = Secret("700000001:AAE-planted-token-of-the-garage-000001")


@dataclass(slots=True)
class PostOffice:
    """The garage's outbox, and what is needed to empty it."""

    db: Database
    shop: Shop
    telegram: ScriptedTelegram
    bot_api: BotApi
    vault: Vault
    owner: asyncpg.Connection
    gone: list[int] = field(default_factory=list)

    async def put(self, text: str, *, chat_id: int | None = None, **fields: Any) -> None:
        with account_scope(self.shop.account_id):
            async with self.db.account_tx() as tx:
                await put_delivery(
                    tx, chat_id=chat_id or self.shop.chat_id, message_id=None, text=text, turn_id=self.shop.turn_id, **fields
                )

    async def claim(self) -> list[Claim]:
        return await claim_deliveries(self.db, worker=1, limit=10)

    async def send(self) -> int:
        """Claim and send once; how many were claimed."""
        claims = await self.claim()
        for claim in claims:
            await deliver(self.db, self.bot_api, self.vault, claim, unreachable=self.mark_gone)
        return len(claims)

    async def row(self) -> asyncpg.Record:
        [row] = await self.owner.fetch(
            "select * from deliveries where account_id = $1 and id > $2 order by id limit 1", self.shop.account_id, self.shop.delivery_id
        )
        return row

    async def seconds_to_wait(self, chat_id: int) -> float:
        """Until the first ready delivery of a chat is due."""
        seconds = await self.owner.fetchval(
            "select extract(epoch from min(due_at) - now()) from deliveries where state = 'ready' and chat_id = $1", chat_id
        )
        assert seconds is not None, "nothing is ready"
        return float(seconds)

    async def another_chat(self, number: int) -> int:
        """A chat of another person with the same bot."""
        await self.owner.execute("insert into telegram_users (telegram_id, first_name) values ($1, 'Вера')", number)
        chat_id = await self.owner.fetchval(
            "with client as (insert into clients (account_id, telegram_user_id, name) values ($1, $3, 'Вера') returning id)"
            " insert into chats (account_id, bot_id, telegram_chat_id, telegram_user_id, client_id)"
            " select $1, $2, $3, $3, id from client returning id",
            self.shop.account_id,
            self.shop.bot_id,
            number,
        )
        assert chat_id is not None
        return chat_id

    async def mark_gone(self, _tx: AccountTx, chat_id: int) -> None:
        self.gone.append(chat_id)


@pytest.fixture
async def office(db: Database, world: World) -> AsyncIterator[PostOffice]:
    shop, vault = world.garage, Vault(Secret(base64.b64encode(bytes(32)).decode()))
    owner = await db.connect(role="valera_owner")
    bot = await owner.fetchrow(
        "select a.slug, b.telegram_id from accounts a join bots b on b.account_id = a.id where b.id = $1", shop.bot_id
    )
    assert bot is not None
    slug, telegram_id = bot["slug"], bot["telegram_id"]
    wrapped = vault.new_data_key(slug)
    sealed = vault.seal(wrapped, slug, Place("bots.token", shop.account_id, str(telegram_id)), TOKEN)
    await owner.execute("update accounts set data_key = $2 where id = $1", shop.account_id, wrapped)
    await owner.execute("update bots set token = $2 where id = $1", shop.bot_id, sealed)
    await owner.execute("update deliveries set state = 'sent'")
    async with scripted_telegram() as telegram:
        bot_api = BotApi(telegram.url, timeout_seconds=0.5)
        yield PostOffice(db, shop, telegram, bot_api, vault, owner)
        await bot_api.close()
    await owner.close()


async def test_text_goes_out_as_text_and_entities_and_is_remembered_as_sent(office: PostOffice) -> None:
    await office.put("Цена **18 000 ₽**, 🚗 **предварительно**", keyboard=[[{"text": "Да", "callback_data": "yes:1"}]])

    await office.send()

    [(method, sent)] = office.telegram.calls
    assert method == "sendMessage"
    assert sent["text"] == "Цена 18 000 ₽, 🚗 предварительно"
    assert sent["entities"] == [{"type": "bold", "offset": 5, "length": 8}, {"type": "bold", "offset": 18, "length": 14}]
    assert sent["reply_markup"] == {"inline_keyboard": [[{"text": "Да", "callback_data": "yes:1"}]]}
    assert "parse_mode" not in sent
    row = await office.row()
    assert (row["state"], row["telegram_message_id"], row["unsure"]) == ("sent", 700, 0)


async def test_one_chat_is_served_in_order(office: PostOffice) -> None:
    for text in ("раз", "два", "три"):
        await office.put(text)
    office.telegram.answers = [refusal(429, "Too Many Requests: retry after 1", retry_after=1)]

    assert await office.send() == 1
    assert await office.send() == 0  # the whole chat waits, nothing overtakes
    await asyncio.sleep(1.1)
    while await office.send():
        pass

    assert [call["text"] for _, call in office.telegram.calls] == ["раз", "раз", "два", "три"]


async def test_flood_wait_is_exactly_what_telegram_said(office: PostOffice) -> None:
    await office.put("раз")
    office.telegram.answers = [refusal(429, "Too Many Requests", retry_after=17)]

    await office.send()

    assert 16 < await office.seconds_to_wait(office.shop.chat_id) <= 17


async def test_flood_in_one_chat_holds_no_other(office: PostOffice) -> None:
    await office.put("раз")
    other = await office.another_chat(900_010)
    await office.put("два", chat_id=other)
    office.telegram.answers = [refusal(429, "Too Many Requests", retry_after=17)]

    await office.send()

    states = await office.owner.fetch(
        "select state from deliveries where account_id = $1 and id > $2", office.shop.account_id, office.shop.delivery_id
    )
    assert sorted(row["state"] for row in states) == ["ready", "sent"]


async def test_flood_in_two_chats_at_once_holds_the_whole_bot(office: PostOffice) -> None:
    second, third = await office.another_chat(900_010), await office.another_chat(900_011)
    await office.put("раз")
    await office.put("два", chat_id=second)
    office.telegram.answers = [refusal(429, "Too Many Requests", retry_after=seconds) for seconds in (17, 30)]
    claims = await office.claim()
    await office.put("три", chat_id=third)

    for claim in claims:
        await deliver(office.db, office.bot_api, office.vault, claim, unreachable=office.mark_gone)

    assert 29 < await office.seconds_to_wait(third) <= 30
    assert 29 < await office.seconds_to_wait(office.shop.chat_id) <= 30
    assert await office.send() == 0


async def test_blocked_bot_ends_the_delivery_and_marks_the_client(office: PostOffice) -> None:
    await office.put("раз")
    office.telegram.answers = [refusal(403, "Forbidden: bot was blocked by the user")]

    await office.send()

    assert (await office.row())["state"] == "failed"
    assert office.gone == [office.shop.chat_id]


async def test_refused_entities_are_sent_again_plain(office: PostOffice) -> None:
    await office.put("это **важно**")
    office.telegram.answers = [refusal(400, "Bad Request: can't parse entities")]

    await office.send()
    await office.send()

    first, second = (call for _, call in office.telegram.calls)
    assert (first["text"], "entities" in first) == ("это важно", True)
    assert (second["text"], "entities" in second) == ("это важно", False)
    assert (await office.row())["state"] == "sent"


async def test_migrated_group_is_followed(office: PostOffice) -> None:
    await office.put("раз")
    office.telegram.answers = [refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-100500)]

    await office.send()
    await office.send()

    assert [call["chat_id"] for _, call in office.telegram.calls] == [office.shop.telegram_chat_id, -100500]


async def test_revoked_token_pauses_the_bot_and_loses_nothing(office: PostOffice) -> None:
    await office.put("раз")
    office.telegram.answers = [refusal(401, "Unauthorized")]

    await office.send()

    assert (await office.row())["state"] == "ready"
    assert await office.owner.fetchval("select state from bots where id = $1", office.shop.bot_id) == "paused"


async def test_telegram_that_is_down_is_tried_again_and_certain(office: PostOffice) -> None:
    await office.put("раз")
    office.telegram.answers = [refusal(502, "Bad Gateway")]

    await office.send()

    row = await office.row()
    assert (row["state"], row["unsure"], row["error"]) == ("ready", 0, "telegram-down")


async def test_no_connection_is_certain_too(office: PostOffice) -> None:
    await office.put("раз")
    await office.bot_api.close()
    office.bot_api = BotApi("http://127.0.0.1:9")

    await office.send()
    await office.bot_api.close()

    row = await office.row()
    assert (row["state"], row["unsure"]) == ("ready", 0)


@pytest.mark.parametrize("answer", ["hang", "drop", b"<html>502</html>"], ids=["timeout", "reset", "garbage"])
async def test_lost_answer_is_sent_once_more_as_a_reply_and_counted(office: PostOffice, answer: bytes | str) -> None:
    await office.owner.execute("update messages set telegram_message_id = 55 where role = 'user' and chat_id = $1", office.shop.chat_id)
    await office.put("раз")
    office.telegram.answers = [answer]

    await office.send()
    await asyncio.sleep(1.1)
    await office.send()

    first, second = (call for _, call in office.telegram.calls)
    assert "reply_parameters" not in first
    assert second["reply_parameters"]["message_id"] == 55
    row = await office.row()
    assert (row["state"], row["unsure"]) == ("sent", 1)


async def test_twice_unsure_is_not_sent_a_third_time(office: PostOffice) -> None:
    await office.put("раз")
    office.telegram.answers = ["drop", "drop"]

    for _ in range(6):
        await office.send()
        await asyncio.sleep(0.6)

    assert len(office.telegram.calls) == 2
    assert (await office.row())["state"] == "failed"


async def test_sender_that_died_makes_it_unsure(office: PostOffice) -> None:
    await office.put("раз")
    [_] = await office.claim()
    await office.owner.execute("update deliveries set leased_until = now() - interval '1 second' where state = 'sending'")

    await office.send()

    row = await office.row()
    assert (row["state"], row["unsure"], len(office.telegram.calls)) == ("sent", 1, 1)


async def test_stale_sender_sends_nothing(office: PostOffice) -> None:
    await office.put("раз")
    [stale] = await office.claim()
    await office.owner.execute("update deliveries set leased_until = now() - interval '1 second' where state = 'sending'")
    [_] = await office.claim()

    await deliver(office.db, office.bot_api, office.vault, stale, unreachable=office.mark_gone)

    assert office.telegram.calls == []


async def test_withdrawn_after_the_claim_is_not_sent(office: PostOffice) -> None:
    await office.put("раз")
    [claim] = await office.claim()
    await office.owner.execute("update deliveries set state = 'withdrawn' where id = $1", claim.id)

    await deliver(office.db, office.bot_api, office.vault, claim, unreachable=office.mark_gone)

    assert office.telegram.calls == []


async def test_refusal_for_good_fails_with_telegrams_reason(office: PostOffice) -> None:
    await office.put("раз")
    await office.put("два")
    office.telegram.answers = [refusal(400, "Bad Request: BUTTON_DATA_INVALID"), SENT]

    await office.send()
    await office.send()

    row = await office.row()
    assert row["state"] == "failed"
    assert "BUTTON_DATA_INVALID" in row["error"]
    assert [call["text"] for _, call in office.telegram.calls] == ["раз", "два"]


async def test_network_is_refused_inside_a_transaction(office: PostOffice) -> None:
    with account_scope(office.shop.account_id):
        async with office.db.account_tx():
            with pytest.raises(NetworkCallInTransaction):
                await office.bot_api.get_me(TOKEN)

    assert office.telegram.calls == []


async def test_no_error_and_no_log_shows_the_token(office: PostOffice, capsys: pytest.CaptureFixture[str]) -> None:
    secret = TOKEN.reveal().partition(":")[2]
    office.telegram.answers = ["drop", refusal(401, "Unauthorized"), b"garbage"]
    shown = []
    for _ in range(3):
        with pytest.raises(Exception) as caught:  # noqa: PT011  (whatever it is, it must not show the token)
            await office.bot_api.get_me(TOKEN)
        shown += [repr(caught.value), str(caught.value), repr(caught.value.__cause__)]

    await office.put("раз")
    office.telegram.answers = ["drop"]
    await office.send()

    assert secret not in "".join(shown) + "".join(capsys.readouterr())
    assert secret not in repr(TOKEN) + f"{TOKEN}" + str(vars(office.bot_api))
