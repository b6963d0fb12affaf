"""Content without words: files, places, stickers."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from tests.reception.intake.meaning import ANSWER, PHRASES, attachments, events, said, talk
from tests.reception.stage import CLIENT, Stage
from tests.reception.webhook import message_update
from valera.kit.db import account_scope
from valera.reception.briefing.content import attachment_words
from valera.reception.lost_file import tell_lost_file


@pytest.mark.parametrize(
    ("attachment", "told"),
    [
        ({"kind": "location"}, "[вложение: геопозиция]"),
        ({"kind": "venue", "text": "СТО [1], Мира, 2"}, "[вложение: место: СТО (1), Мира, 2]"),
        ({"kind": "document", "file_id": "a", "text": "смета.pdf", "state": "stored"}, "[вложение: документ: смета.pdf]"),
        ({"kind": "contact", "name": "Пётр", "phone": "+79000000002"}, "[вложение: контакт другого человека]"),
        ({"kind": "hologram"}, "[вложение: что-то, чего я не умею открыть]"),
    ],
)
def test_an_attachment_stands_in_the_dialogue_in_words(attachment: dict[str, str], told: str) -> None:
    assert attachment_words("ru", attachment) == told


@pytest.mark.parametrize("fields", [{"location": {"latitude": 1, "longitude": 2}}, {"hologram": {"size": 3}}])
async def test_what_has_no_words_is_answered(stage: Stage, fields: dict[str, Any]) -> None:
    stage.script.answers = [ANSWER]
    update = message_update("", user=CLIENT)
    del update["message"]["text"]
    update["message"] |= fields
    await stage.receive(update)
    await stage.take_in()

    await stage.run_turns()

    assert stage.script.asked()[-1].startswith("[вложение: ")
    assert await said(stage) == [ANSWER]


async def test_photo_is_kept_with_its_file_and_waits_to_be_fetched(stage: Stage) -> None:
    await stage.write("", photo=[{"file_id": "small"}, {"file_id": "large", "file_unique_id": "u"}])

    [taken] = await stage.take_in()

    assert taken.has_files
    assert await attachments(stage) == [{"kind": "photo", "file_id": "large", "file_unique_id": "u", "state": "waiting"}]
    [row] = await stage.rows("select kind, file_id, file_unique_id, state, bot_id from attachments where state = 'waiting'")
    assert tuple(row) == ("photo", "large", "u", "waiting", stage.shop.bot_id)


async def test_repeated_update_wants_its_file_once(stage: Stage) -> None:
    await stage.write("", photo=[{"file_id": "large", "file_unique_id": "u"}])
    [claim] = await stage.claim_mailboxes()
    await stage.intake.take_in(claim)
    await stage.owner.execute("update telegram_updates set done_at = null where peer_id = $1", CLIENT)
    await stage.owner.execute("update mailboxes set due_at = now() where peer_id = $1", CLIENT)

    await stage.take_in()

    assert await stage.owner.fetchval("select count(*) from attachments where state = 'waiting'") == 1


async def test_plain_text_takes_as_many_statements_as_ever(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hot path: what waits is read, the message is written, the mailbox is released."""
    await stage.write("раз")
    intake = stage.intake
    for claim in await stage.claim_mailboxes():
        await intake.take_in(claim)
    await stage.write("два")
    [claim] = await stage.claim_mailboxes()
    statements: list[str] = []
    execute = asyncpg.connection.Connection._execute  # pyright: ignore[reportPrivateUsage]

    async def counted(self: asyncpg.Connection, query: str, *args: Any, **kwargs: Any) -> Any:
        statements.append(query)
        return await execute(self, query, *args, **kwargs)

    monkeypatch.setattr(asyncpg.connection.Connection, "_execute", counted)
    await intake.take_in(claim)

    assert len(statements) == 3, statements


@pytest.mark.parametrize(("reason", "note"), [("file-too-large", "file_too_large"), ("refused", "file_lost")])
async def test_file_that_never_comes_is_told_in_the_chat_once(stage: Stage, reason: str, note: str) -> None:
    await stage.write("", photo=[{"file_id": "a", "file_unique_id": "u"}])
    await stage.take_in()
    with account_scope(stage.shop.account_id):
        async with stage.db.account_tx() as tx:
            for _ in range(2):
                await tell_lost_file(tx, await stage.chat_id(), reason)
    stage.script.answers = [ANSWER]

    await stage.run_turns()

    assert [text for role, text in await talk(stage) if role == "system"] == [note]
    assert PHRASES.say("ru", f"note.{note}") in repr(stage.script.seen[-1])
    assert [event["reason"] for event in await events(stage, "file_lost")] == [reason, reason]
