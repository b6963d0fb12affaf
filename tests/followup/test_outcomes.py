"""Outcomes: what a dialogue came to, by what was done in it, with the line that shows it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.followup.conftest import Aftermath
from tests.followup.people import person, shop
from valera.chats.chat import Role, tell
from valera.followup.callbacks.tools import REQUEST_CALLBACK
from valera.followup.outcomes.decide import decide, says_dear
from valera.followup.outcomes.episode import Change, Episode, Line, Outcome, ToolResult
from valera.followup.outcomes.settle import count_outcomes, list_outcomes

THEN = datetime(2026, 11, 22, 9, tzinfo=UTC)
VERA = 900_031

FOUND = ToolResult(1, "find_prices", {"found": [{"name": "Капот"}], "by_class": [], "missing": []})
MISSING = ToolResult(1, "find_prices", {"found": [], "by_class": [], "missing": ["шиномонтаж"]})
TAKEN = ToolResult(1, "find_slots", {"reason": "taken", "slots": [{"slot_id": "a"}]})
FREE = ToolResult(1, "find_slots", {"reason": None, "slots": [{"slot_id": "a"}]})
CALLED = ToolResult(1, "call_human", {"called": True})


def said(*texts: str) -> tuple[Line, ...]:
    """Numbers of messages from 1 on; «>» is the assistant, «!» a member, the rest the client. Each pair is a turn."""
    roles = {">": Role.ASSISTANT, "!": Role.MANAGER}
    return tuple(
        Line(at + 1, roles.get(text[:1], Role.USER), text.lstrip(">! "), at // 2 + 1, THEN + timedelta(minutes=at))
        for at, text in enumerate(texts)
    )


def episode(*texts: str, **done: Any) -> Episode:
    return Episode(said(*texts), **done)


ASKED = ("Сколько стоит капот?", "> 18 000 ₽. Подобрать время?")
YES = Change(5, "confirmed", 3)


@pytest.mark.parametrize(
    ("talk", "outcome", "message_id"),
    [
        (episode(*ASKED, "да", "> Запись № 2", changes=(YES,)), Outcome.BOOKED, 3),
        (episode(*ASKED, "да", "> № 2", changes=(YES, Change(5, "moved", 4))), Outcome.BOOKED, 3),
        (episode("перенесите", "> Перенёс", changes=(Change(5, "moved", 1),)), Outcome.MOVED, 1),
        (episode("отмените", "> Отменил", changes=(Change(5, "cancelled", None),)), Outcome.CANCELLED, 1),
        (episode(*ASKED, "да", "> № 2", "нет", "> Отменил", changes=(YES, Change(5, "cancelled", 5))), Outcome.CANCELLED, 5),
        (episode(*ASKED, "перезвоните", "> Передал", callback_turns=(2,), results=(FOUND,)), Outcome.CALLBACK, 3),
        (episode("на субботу?", "> Занято", "подожду", "> Записал", waitlist_turns=(2,), results=(TAKEN,)), Outcome.WAITLIST, 3),
        (episode(*ASKED, "дорого", "! Сделаем скидку", results=(FOUND,)), Outcome.HUMAN, 4),
        (episode(*ASKED, "ого, дороговато", "> Позвал", results=(FOUND, ToolResult(2, "call_human", {}))), Outcome.PRICE_TOO_HIGH, 3),
        (episode(*ASKED, "а это недорого", "> Да", results=(FOUND,)), Outcome.PRICE_ONLY, 1),
        (episode("Вы испортили дверь", "> Позвал", results=(CALLED,)), Outcome.HUMAN, 1),
        (episode("человек", "> Позвал сотрудника", is_human_called=True), Outcome.HUMAN, 1),
        (episode("Можно сегодня?", "> Занято. Какое время подойдёт?", results=(FOUND, TAKEN)), Outcome.NO_SLOT, 1),
        (episode("Можно завтра?", "> Свободно 11:00. Какое подойдёт?", results=(FREE,)), Outcome.SILENT, 2),
        (episode("Шиномонтаж делаете?", "> Не нашёл", results=(MISSING,)), Outcome.OUT_OF_PROFILE, 1),
        (episode(*ASKED, results=(FOUND,)), Outcome.PRICE_ONLY, 1),
        (episode("Где вы?", "> Улица Вымышленная, 1.", "спасибо", "> Пожалуйста!"), Outcome.ANSWERED, 3),
        (episode("Здравствуйте", "> Чем помочь?"), Outcome.SILENT, 2),
        (episode("/start", "> Здравствуйте! Что нужно сделать?"), Outcome.SILENT, 1),
        (episode("Продвижение за копейки, https://spam.example", "> Чем помочь?"), Outcome.SPAM, 1),
        (episode("Где вы?"), Outcome.OTHER, 1),
    ],
)
def test_a_dialogue_comes_to_one_thing(talk: Episode, outcome: Outcome, message_id: int) -> None:
    verdict = decide(talk)
    assert (verdict.outcome, verdict.message_id) == (outcome, message_id)


@pytest.mark.parametrize(
    ("text", "is_dear"),
    [
        ("дорого", True),
        ("Ого, дороговато у вас", True),
        ("мне это не по карману", True),
        ("а подешевле нет?", True),
        ("не дорого", False),
        ("недорого", False),
        ("нужна покраска", False),
        ("дорогу подскажите", False),
    ],
)
def test_what_costs_too_much(text: str, is_dear: bool) -> None:
    assert says_dear(text) is is_dear


async def test_a_silent_day_ends_a_dialogue_and_the_next_words_begin_another(after: Aftermath) -> None:
    vera, owner = await person(after, VERA, "Перезвоните на 89161234567"), after.stage.owner
    await vera.commits(REQUEST_CALLBACK, phone="89161234567")
    payload = {"chat": vera.chat_id}
    begun = await after.waiting("dialogue_silent")
    now = datetime.now(UTC)
    await after.do("dialogue_silent", payload, at=now + timedelta(hours=23))
    early = await owner.fetchval("select count(*) from dialogue_outcomes where chat_id = $1", vera.chat_id)
    await asyncio.gather(*(after.do("dialogue_silent", payload, at=now + timedelta(hours=25)) for _ in range(3)))
    await owner.execute("update chats set last_message_at = now() - interval '25 hours' where id = $1", vera.chat_id)
    await owner.execute("delete from jobs.pgqueuer")
    async with shop(after) as tx:
        await tell(tx, vera.chat_id, "Напоминаем о записи", trigger="reminder")  # no words of the client's: no dialogue
    await after.stage.write("здравствуйте", user=VERA)
    await after.stage.take_in()
    anew = len(await after.waiting("dialogue_silent"))
    await after.do("dialogue_silent", payload, at=now + timedelta(hours=50))
    async with shop(after) as tx:
        settled = await list_outcomes(tx, now - timedelta(days=1), most=10)
        counted = await count_outcomes(tx, now - timedelta(days=1))

    assert vera.chat_id in [of["chat"] for _, of in begun]
    assert (early, anew) == (0, 1)
    assert [(one.outcome, one.line) for one in settled] == [
        (Outcome.OTHER, "здравствуйте"),
        (Outcome.CALLBACK, "Перезвоните на 89161234567"),
    ]
    assert dict(counted) == {"callback": 1, "other": 1}

    events = await owner.fetch("select properties from analytics_events where event_type = 'dialogue_ended' order by id")
    assert [row["properties"]["outcome"] for row in events] == ["callback", "other"]
