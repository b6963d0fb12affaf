"""The judge is judged: each promise is broken once, on purpose, and seen."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import asyncpg
import pytest

from tests.cast import Shop, World
from tests.conftest import Cluster
from tests.reliability.chaos.client import FIRST_USER, Client, Line, Said
from tests.reliability.chaos.judge import Verdict, judge
from tests.reliability.chaos.plan import Part, token
from tests.reliability.chaos.telegram import Accepted, Telegram
from tests.reliability.chaos.webhooks import Hook, Webhooks

ANSWER = "Бампер: 20 000 ₽"


@dataclass(slots=True)
class Court:
    """The cast's two shops as two clients' ledgers and Telegram's history, all in order but for what the test changes."""

    url: str
    admin_url: str
    telegram: Telegram
    clients: list[Client]

    async def judge(self) -> Verdict:
        return await judge(self.url, self.admin_url, self.clients, self.telegram)

    async def change(self, statement: str) -> None:
        connection = await asyncpg.connect(self.admin_url)
        await connection.execute(statement)
        await connection.close()


@pytest.fixture
def court(cluster: Cluster, database_url: str, world: World) -> Court:
    telegram = Telegram(random.Random(1))
    clients = [_client(telegram, shop, 9_000_000 + number) for number, shop in enumerate((world.garage, world.rival), 1)]
    return Court(database_url, cluster.server.admin_url(database_url.rpartition("/")[2]), telegram, clients)


def _client(telegram: Telegram, shop: Shop, bot: int) -> Client:
    line = Line(bot, Hook("/telegram/x", "x"), itertools.count(1))
    part = Part(shop.telegram_chat_id - FIRST_USER, 0, ())
    client = Client(part, line, telegram, Webhooks([], random.Random(1)), random.Random(1))
    client.said.append(Said(shop.update_id, 11, key=shop.proposal_key))
    client.confirmed.append(shop.proposal_key)
    client.thread.accept(_accepted(12, ANSWER))
    return client


def _accepted(number: int, text: str, *, lost_answer: bool = False) -> Accepted:
    return Accepted(number, text, (), is_reply=False, lost_answer=lost_answer, at=time.time())


def _counts(verdict: Verdict) -> dict[str, int]:
    names = ("lost", "duplicate_effects", "duplicate_bookings", "out_of_order", "duplicate_sends", "duplicate_sends_answer_lost", "stuck")
    return {name: count for name in names if (count := getattr(verdict, name))}


async def test_a_good_day_has_nothing_to_tell(court: Court) -> None:
    verdict = await court.judge()
    assert _counts(verdict) == {}
    assert [sentence for sentence in verdict.broken if "stray" not in sentence] == []  # the cast has a conflict and a quarantine


def _unheard(court: Court) -> None:
    court.clients[0].said.append(Said(999, 13))


def _sent_twice(court: Court) -> None:
    court.clients[0].thread.accept(_accepted(13, ANSWER))


def _sent_twice_after_a_lost_answer(court: Court) -> None:
    court.clients[0].thread.messages[0] = _accepted(12, ANSWER, lost_answer=True)
    court.clients[0].thread.accept(_accepted(13, ANSWER))


def _never_arrived(court: Court) -> None:
    court.clients[0].thread.messages.clear()


def _booked_without_a_yes(court: Court) -> None:
    court.clients[0].confirmed.clear()
    court.clients[0].said[0] = Said(court.clients[0].said[0].update_id, 11)


def _unanswered(court: Court) -> None:
    court.clients[0].said.append(Said(court.clients[0].said[0].update_id, 11, token=token(1, 1)))


def _answered_in_two_replies(court: Court) -> None:
    for number, text in enumerate(("Слышу вас.", "Слышу вас, да."), 20):
        court.clients[0].thread.accept(_accepted(number, f"{text} {token(1, 1)}"))


def _answered_in_wrong_order(court: Court) -> None:
    for number in (2, 1):
        court.clients[0].thread.accept(_accepted(30 + number, f"Слышу вас. {token(1, number)}"))
    court.clients[0].said += [Said(court.clients[0].said[0].update_id, 11, token=token(1, number)) for number in (1, 2)]


@pytest.mark.parametrize(
    ("wrong", "seen"),
    [
        (_unheard, {"lost": 1}),
        (_sent_twice, {"duplicate_sends": 1}),
        (_sent_twice_after_a_lost_answer, {"duplicate_sends_answer_lost": 1}),
        (_never_arrived, {"lost": 1}),
        (_booked_without_a_yes, {"duplicate_bookings": 2}),
        (_unanswered, {"lost": 1}),
        (_answered_in_two_replies, {"duplicate_effects": 1, "duplicate_sends": 2}),
        (_answered_in_wrong_order, {"out_of_order": 1, "duplicate_sends": 2}),
    ],
)
async def test_wrong_outside(court: Court, wrong: Callable[[Court], None], seen: dict[str, int]) -> None:
    wrong(court)
    assert _counts(await court.judge()) == seen


SAME_UPDATE_AGAIN = """
    insert into messages (account_id, chat_id, role, content, bot_id, update_id, telegram_message_id, turn_id)
    select account_id, chat_id, role, content, bot_id, update_id, 5, turn_id from messages where role = 'user' and account_id = 1"""
CONFIRMED_AGAIN = """
    insert into booking_events (account_id, booking_id, event, actor, message_id, revision)
    select account_id, booking_id, event, actor, message_id, revision + 10 from booking_events where account_id = 1"""
UNMADE = "set session_replication_role = replica; delete from messages where role = 'user' and account_id = 1"


@pytest.mark.parametrize(
    ("statement", "seen"),
    [
        ("update messages set turn_id = null where role = 'user' and account_id = 1", {"lost": 1}),
        ("update turns set state = 'failed' where account_id = 1", {"lost": 1}),
        (UNMADE, {"lost": 1}),
        ("update telegram_updates set done_at = null where account_id = 1", {"stuck": 1}),
        ("update turns set state = 'waiting' where account_id = 1", {"lost": 1, "stuck": 1}),
        ("update deliveries set state = 'ready', sent_at = null where account_id = 1", {"stuck": 1}),
        (SAME_UPDATE_AGAIN, {"duplicate_effects": 1, "out_of_order": 1}),
        (CONFIRMED_AGAIN, {"duplicate_bookings": 1}),
    ],
)
async def test_wrong_inside(court: Court, statement: str, seen: dict[str, int]) -> None:
    await court.change(statement)
    assert _counts(await court.judge()) == seen
