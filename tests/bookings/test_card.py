"""What the client reads and presses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tests.bookings.conftest import MOSCOW, NOW, at
from valera.bookings.life.booking import Booking, BookingUnclear, BookingUnknown, Request
from valera.bookings.life.change import SlotTaken
from valera.bookings.life.status import Status
from valera.bookings.proposals.proposal import (
    Accepted,
    Proposal,
    ProposalExpired,
    ProposalKind,
    ProposalState,
    ProposalUnknown,
    SecondWish,
    SlotUnknown,
)
from valera.bookings.proposals.quoted import Quoted, QuotedItem
from valera.bookings.schedule.refusal import Obstacle, Refusal
from valera.bookings.telling.card import buttons_for, card
from valera.bookings.telling.details import Details
from valera.bookings.telling.wording import ask, explain_obstacle, explain_problem, say_duration

BOOKING = Booking(
    id=7,
    number=12,
    status=Status.CONFIRMED,
    chat_id=1,
    client_id=1,
    service="покраска бампера",
    description="",
    starts_at=at(23, 11),
    ends_at=at(23, 12),
    bay_id=1,
    bay="Пост 1",
)
DETAILS = Details(
    slug="garage",
    shop="Гараж",
    address="ул. Вымышленная, 1",
    phone="+7 916 000-00-00",
    car="Toyota Camry",
    bot="garage_bot",
    quoted=Quoted(3, "RUB", (QuotedItem(1, 7, "Бампер", "2 класс", Decimal(18000), None, is_from=True),)),
)
REQUEST = Request(id=8, number=13, status=Status.REQUESTED, chat_id=1, client_id=1, service="покраска бампера", description="на выходных")


def proposal(kind: ProposalKind, *, number: int | None = 12, service: str = "покраска бампера") -> Proposal:
    return Proposal(
        id=1,
        key="abcdefghjk",
        kind=kind,
        state=ProposalState.OPEN,
        chat_id=1,
        booking_id=7,
        number=number,
        service=service,
        starts_at=at(23, 11),
        ends_at=at(23, 12),
        previous_start=at(24, 15) if kind is ProposalKind.MOVE else None,
        bay_id=None,
        expires_at=NOW,
        beside=[],
        wish="",
    )


def lines(accepted: Accepted, *, locale: str = "ru", zone: ZoneInfo = MOSCOW, details: Details = DETAILS) -> list[str]:
    return card(accepted, details, zone=zone, locale=locale).splitlines()


def test_a_card_names_number_weekday_date_time_service_and_address() -> None:
    assert lines(Accepted(ProposalKind.BOOK, BOOKING)) == [
        "Запись № 12",
        "Понедельник, 23 ноября, 11:00",
        "Покраска бампера",
        "Автомобиль: Toyota Camry",
        "Предварительно: от\xa018\xa0000\xa0₽, точно после осмотра",
        "Адрес: ул. Вымышленная, 1",
        "Телефон: +7 916 000-00-00",
    ]


def test_a_request_promises_no_time() -> None:
    assert lines(Accepted(ProposalKind.BOOK, REQUEST))[:4] == [
        "Заявка № 13",
        "Покраска бампера",
        "Время назовёт мастерская, напишем вам сюда.",
        "Когда удобно: на выходных",
    ]
    assert lines(Accepted(ProposalKind.CANCEL, replace(REQUEST, status=Status.CANCELLED))) == ["Заявка № 13 отменена", "Покраска бампера"]


def test_quoted_sums_are_added_up_by_code() -> None:
    items = (
        QuotedItem(1, 7, "Бампер", None, Decimal(18000), Decimal(20000), is_from=False),
        QuotedItem(2, 8, "Капот", None, Decimal(5000), None, is_from=False),
    )
    assert replace(DETAILS, quoted=Quoted(3, "RUB", items)).price() == "23\xa0000–25\xa0000\xa0₽"
    assert Details().price() == ""


def test_a_moved_card_says_where_it_was() -> None:
    assert lines(Accepted(ProposalKind.MOVE, BOOKING, at(24, 15)))[:3] == [
        "Запись № 12 перенесена",
        "Понедельник, 23 ноября, 11:00",
        "Было: вторник, 24 ноября, 15:00",
    ]


def test_a_cancelled_card_invites_nobody() -> None:
    cancelled = Accepted(ProposalKind.CANCEL, replace(BOOKING, status=Status.CANCELLED))
    assert lines(cancelled) == ["Запись № 12 отменена", "Понедельник, 23 ноября, 11:00", "Покраска бампера"]


def test_an_old_yes_shows_the_booking_as_it_is_now() -> None:
    assert lines(Accepted(ProposalKind.BOOK, replace(BOOKING, status=Status.CANCELLED)))[0] == "Запись № 12 отменена"
    assert lines(Accepted(ProposalKind.MOVE, replace(BOOKING, status=Status.DONE), at(24, 15)))[0] == "Запись № 12 закрыта"


def test_a_card_shows_the_time_of_the_shop() -> None:
    assert lines(Accepted(ProposalKind.BOOK, BOOKING), zone=ZoneInfo("Asia/Vladivostok"))[1] == "Понедельник, 23 ноября, 18:00"


def test_a_card_leaves_out_what_is_not_known() -> None:
    assert len(lines(Accepted(ProposalKind.BOOK, replace(BOOKING, service="")), details=Details())) == 2


def test_a_card_speaks_english_too() -> None:
    assert lines(Accepted(ProposalKind.BOOK, BOOKING), locale="en")[:2] == ["Booking No. 12", "Monday, 23 November, 11:00"]


@pytest.mark.parametrize("locale", ["ru", "en"])
@pytest.mark.parametrize("kind", list(ProposalKind))
def test_buttons_carry_their_proposal_within_telegrams_bounds(kind: ProposalKind, locale: str) -> None:
    (row,) = buttons_for(proposal(kind), locale)
    assert [button["callback_data"] for button in row] == ["yes:abcdefghjk", "no:abcdefghjk"]
    assert all(0 < len(button["text"]) <= 20 for button in row)


@pytest.mark.parametrize(
    ("kind", "question"),
    [
        (ProposalKind.BOOK, "Покраска бампера. Записать вас: понедельник, 23 ноября, 11:00?"),
        (ProposalKind.MOVE, "Перенести запись № 12? Было: вторник, 24 ноября, 15:00. Станет: понедельник, 23 ноября, 11:00."),
        (ProposalKind.CANCEL, "Отменить запись № 12: понедельник, 23 ноября, 11:00?"),
    ],
)
def test_a_question_says_what_a_yes_would_do(kind: ProposalKind, question: str) -> None:
    assert ask(proposal(kind), MOSCOW, "ru") == question


def test_one_more_booking_is_never_silent() -> None:
    question = ask(proposal(ProposalKind.BOOK, number=None, service=""), MOSCOW, "ru", others=[BOOKING])
    assert question == (
        "У вас уже есть запись: № 12 (пн 23.11, 11:00). Эта будет ещё одной; если хотите перенести прежнюю, так и скажите."
        " Записать вас: понедельник, 23 ноября, 11:00?"
    )
    first, second = buttons_for(proposal(ProposalKind.BOOK, number=None), "ru", others=[BOOKING])
    assert [button["text"] for button in first] == ["Да, ещё одну", "Нет"]
    assert second == [{"text": "Перенести № 12", "callback_data": "instead:abcdefghjk-12"}]


@pytest.mark.parametrize("locale", ["ru", "en"])
@pytest.mark.parametrize("refusal", list(Refusal))
@pytest.mark.parametrize("is_overnight", [False, True])
def test_every_obstacle_has_its_sentence(refusal: Refusal, locale: str, *, is_overnight: bool) -> None:
    obstacle = Obstacle(refusal, at(23, 0).date(), at(23, 0).date(), (), timedelta(hours=1), is_overnight)
    assert explain_obstacle(obstacle, MOSCOW, locale).endswith(".")


@pytest.mark.parametrize("locale", ["ru", "en"])
@pytest.mark.parametrize(
    "problem",
    [
        SlotTaken(),
        SlotUnknown(),
        ProposalExpired(),
        ProposalUnknown(),
        SecondWish(proposal(ProposalKind.BOOK), (BOOKING,)),
        BookingUnknown(5),
        BookingUnknown(None),
        BookingUnclear((BOOKING,)),
    ],
)
def test_every_problem_has_its_sentence(problem: SlotTaken, locale: str) -> None:
    assert explain_problem(problem, MOSCOW, locale)


@pytest.mark.parametrize(
    ("minutes", "said"), [(30, "30 минут"), (60, "1 час"), (90, "1 час 30 минут"), (2880, "2 дня"), (1500, "1 день 1 час")]
)
def test_durations_are_said_exactly(minutes: int, said: str) -> None:
    assert say_duration(timedelta(minutes=minutes), "ru").replace("\xa0", " ") == said
