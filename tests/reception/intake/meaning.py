"""What the tests of intake ask of a stage."""

from __future__ import annotations

from typing import Any

from tests.reception.stage import CLIENT, Stage
from valera.kit.phrases import Phrases

PHRASES = Phrases.load("valera.reception")
DISCLOSURES = tuple(Phrases.load("valera.chats").say(locale, "disclosure.assistant") + "\n\n" for locale in ("ru", "en"))
ANSWER = "Напишите, пожалуйста, что нужно сделать с машиной."


def plain(text: str) -> str:
    """Without what the first answer of all is preceded by."""
    return text.removeprefix(DISCLOSURES[0]).removeprefix(DISCLOSURES[1])


async def said(stage: Stage) -> list[str]:
    return [plain(text) for text in await stage.said()]


async def talk(stage: Stage) -> list[tuple[str, str]]:
    return [(role, plain(text)) for role, text in await stage.messages()]


async def events(stage: Stage, kind: str) -> list[dict[str, Any]]:
    return [
        row["properties"] for row in await stage.rows("select properties from analytics_events where event_type = $1 order by id", kind)
    ]


async def client(stage: Stage, column: str) -> Any:
    return await stage.owner.fetchval(f"select {column} from clients where telegram_user_id = $1", CLIENT)


async def attachments(stage: Stage) -> Any:
    return await stage.owner.fetchval(
        "select attachments from messages m join chats c on c.id = m.chat_id where c.telegram_chat_id = $1 and m.role = 'user'"
        " order by m.id desc limit 1",
        CLIENT,
    )
