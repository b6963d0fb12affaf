"""Hop 6: text and entities, in order per chat, each delivery by one sender at a time."""

from __future__ import annotations

import pytest

from tests.telegram.post_office import TOKEN, PostOffice
from tests.telegram.scripted_telegram import Stranger, refusal
from valera.kit.db import NetworkCallInTransaction, account_scope


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
    await office.send_all()

    assert office.texts() == ["раз", "раз", "два", "три"]


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

    await office.sender.deliver(stale)

    assert office.telegram.calls == []


async def test_withdrawn_after_the_claim_is_not_sent(office: PostOffice) -> None:
    await office.put("раз")
    [claim] = await office.claim()
    await office.owner.execute("update deliveries set state = 'withdrawn' where id = $1", claim.id)

    await office.sender.deliver(claim)

    assert office.telegram.calls == []


async def test_network_is_refused_inside_a_transaction(office: PostOffice) -> None:
    with account_scope(office.shop.account_id):
        async with office.db.account_tx():
            with pytest.raises(NetworkCallInTransaction):
                await office.bot_api.get_me(TOKEN)

    assert office.telegram.calls == []


async def test_no_error_and_no_log_shows_the_token(office: PostOffice, capsys: pytest.CaptureFixture[str]) -> None:
    secret = TOKEN.reveal().partition(":")[2]
    office.telegram.answers = ["drop", refusal(401, "Unauthorized"), Stranger(200)]
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
