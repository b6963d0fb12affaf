from __future__ import annotations

import pytest

from tests.cast import World
from valera.accounts.notice import NoticeKind, open_notices, raise_notice, resolve_notice
from valera.kit.db import Database, account_scope

DETAILS = {
    "bot": "garage_bot", "host": "example.org", "pending": 21, "reason": "certificate", "model": "openai:gpt-5-mini",
    "spent": "4.00", "limit": "5.00", "period": "day", "chat": 7, "number": 12, "moment": "вторник", "mark": 2, "callback": 3,
}  # fmt: skip


async def test_a_notice_is_raised_once_and_resolved_once(db: Database, world: World) -> None:
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            first = await raise_notice(tx, NoticeKind.TOKEN_REVOKED, bot_id=world.garage.bot_id, details={"bot": "garage_bot"})
            second = await raise_notice(tx, NoticeKind.TOKEN_REVOKED, bot_id=world.garage.bot_id, details={"bot": "another"})
            notices = await open_notices(tx)
            resolved = await resolve_notice(tx, NoticeKind.TOKEN_REVOKED, bot_id=world.garage.bot_id)
            resolved_again = await resolve_notice(tx, NoticeKind.TOKEN_REVOKED, bot_id=world.garage.bot_id)
            left = await open_notices(tx)

    assert (first, second, resolved, resolved_again) == (True, False, True, False)
    assert [(notice.kind, notice.bot_id, notice.details) for notice in notices] == [
        (NoticeKind.TOKEN_REVOKED, world.garage.bot_id, {"bot": "garage_bot"})
    ]
    assert left == []


async def test_a_notice_of_the_shop_and_one_of_its_bot_are_two(db: Database, world: World) -> None:
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            assert await raise_notice(tx, NoticeKind.RESTORED)
            assert not await raise_notice(tx, NoticeKind.RESTORED)
            assert await raise_notice(tx, NoticeKind.TOKEN_REVOKED, bot_id=world.garage.bot_id)
            assert await resolve_notice(tx, NoticeKind.RESTORED)
            assert [notice.kind for notice in await open_notices(tx)] == [NoticeKind.TOKEN_REVOKED]


async def test_rival_sees_nothing(db: Database, world: World) -> None:
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            await raise_notice(tx, NoticeKind.RESTORED)
    with account_scope(world.rival.account_id):
        async with db.account_tx() as tx:
            assert await open_notices(tx) == []
            assert not await resolve_notice(tx, NoticeKind.RESTORED)


@pytest.mark.parametrize("locale", ["ru", "en"])
async def test_every_kind_has_its_sentences(db: Database, world: World, locale: str) -> None:
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            for kind in NoticeKind:
                details = DETAILS | ({"reason": "key-refused"} if kind == NoticeKind.MODEL_REFUSED else {})
                await raise_notice(tx, kind, bot_id=world.garage.bot_id, details=details)
            explained = [notice.explain(locale) for notice in await open_notices(tx)]

    assert len(explained) == len(NoticeKind)
    assert all(title and text and "{" not in title + text for title, text in explained)
    assert any("@garage_bot" in title for title, _ in explained)
