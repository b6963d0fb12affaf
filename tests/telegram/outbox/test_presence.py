from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.telegram.post_office import PostOffice
from tests.telegram.scripted_telegram import Stranger, refusal
from valera.kit.db import account_scope
from valera.telegram.outbox.presence import Pace, Presences

TRUE = {"ok": True, "result": True}
QUICK = Pace(first=0, between=0.01, typing=0.2, draft=30)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.01)


def calls(office: PostOffice, method: str) -> list[dict[str, object]]:
    return [params for called, params in office.telegram.calls if called == method]


async def test_typing_is_shown_again_and_again_and_a_draft_once_for_each_text(office: PostOffice) -> None:
    office.telegram.answers = [TRUE] * 200
    presences = Presences(office.db, office.bot_api, office.vault, QUICK)
    with account_scope(office.shop.account_id):
        async with presences.begin(office.shop.chat_id, draft_id=7) as presence:
            await until(lambda: len(calls(office, "sendChatAction")) == 2)
            presence.show("Смотрю цены…")
            await until(lambda: len(calls(office, "sendMessageDraft")) == 1)
            await until(lambda: len(calls(office, "sendChatAction")) >= 4)
            presence.show("Покраска бампера **12 000 ₽**.")
            await until(lambda: len(calls(office, "sendMessageDraft")) == 2)

    first, second = calls(office, "sendMessageDraft")
    assert (first["draft_id"], first["text"]) == (7, "Смотрю цены…")
    assert second["text"] == "Покраска бампера 12 000 ₽."
    assert [entity["type"] for entity in second["entities"]] == ["bold"]  # type: ignore[attr-defined]
    assert calls(office, "sendChatAction")[0]["action"] == "typing"


async def test_an_answer_that_is_there_at_once_announces_nothing(office: PostOffice) -> None:
    presences = Presences(office.db, office.bot_api, office.vault, Pace(first=30))
    with account_scope(office.shop.account_id):
        async with presences.begin(office.shop.chat_id, draft_id=7) as presence:
            presence.show("Смотрю цены…")

    assert office.telegram.calls == []


@pytest.mark.parametrize(
    "answer",
    [refusal(400, "Bad Request: method not found"), refusal(403, "Forbidden: bot was blocked by the user"), Stranger(502), "drop"],
    ids=["400", "403", "502", "cut"],
)
async def test_the_first_refusal_ends_it_silently(office: PostOffice, answer: object) -> None:
    office.telegram.answers = [answer]  # type: ignore[list-item]
    presences = Presences(office.db, office.bot_api, office.vault, QUICK)
    with account_scope(office.shop.account_id):
        async with presences.begin(office.shop.chat_id, draft_id=7) as presence:
            await until(lambda: len(office.telegram.calls) == 1)
            presence.show("Смотрю цены…")
            await asyncio.sleep(0.1)

    assert len(office.telegram.calls) == 1


async def test_a_429_hushes_everything_that_this_bot_would_show(office: PostOffice) -> None:
    office.telegram.answers = [refusal(429, "Too Many Requests: retry after 60", retry_after=60)]
    presences = Presences(office.db, office.bot_api, office.vault, QUICK)
    with account_scope(office.shop.account_id):
        async with presences.begin(office.shop.chat_id, draft_id=7):
            await until(lambda: len(office.telegram.calls) == 1)
        async with presences.begin(office.shop.chat_id, draft_id=8):
            await asyncio.sleep(0.1)

    assert len(office.telegram.calls) == 1


async def test_a_paused_bot_shows_nothing(office: PostOffice) -> None:
    await office.owner.execute("update bots set state = 'paused' where id = $1", office.shop.bot_id)
    presences = Presences(office.db, office.bot_api, office.vault, QUICK)
    with account_scope(office.shop.account_id):
        async with presences.begin(office.shop.chat_id, draft_id=7):
            await asyncio.sleep(0.1)

    assert office.telegram.calls == []


async def test_a_draft_on_its_way_arrives_before_it_is_over(office: PostOffice) -> None:
    """Else it would stand under the answer that is sent next."""
    office.telegram.answers = [TRUE]
    presences = Presences(office.db, office.bot_api, office.vault, QUICK)
    with account_scope(office.shop.account_id):
        async with presences.begin(office.shop.chat_id, draft_id=7) as presence:
            presence.show("Смотрю цены…")
            await asyncio.sleep(0)
            await until(lambda: presences.may_speak(-1))
    before = len(office.telegram.calls)
    await asyncio.sleep(0.1)

    assert len(office.telegram.calls) == before
