"""The scripted receptionist, in wordings of every kind it has to carry; each reply has passed the gates on the dialogue."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.reception.dialogue import SHOP, ZONE, Dialogue
from valera.reception.briefing.shop import BookingLine

MONDAY_11 = BookingLine(12, datetime(2026, 11, 23, 11, 0, tzinfo=ZONE), "понедельник, 23 ноября, 11:00", "Покраска бампера")
FRIDAY_15 = BookingLine(14, datetime(2026, 11, 27, 15, 0, tzinfo=ZONE), "пятница, 27 ноября, 15:00", "Полировка фар")
BOOKED = replace(SHOP, bookings=(MONDAY_11,))
CARD = "Запись № 12\nПонедельник, 23 ноября, 11:00"

ONE_PRICE = [
    "Сколько будет покрасить дверь на Солярисе?",
    "Добрый день! Интересует цена окраски двери, авто Hyundai Solaris",
    "дверь почём покрасите, солярис",
    "А покраска двери во сколько обойдётся? У меня Солярис 2017 года",
    "Подскажите стоимость: дверь, солярис",
    "хочу узнать ценник на дверь для соляриса",
]
THREE_PRICES = [
    "Сколько стоит покрасить капот, дверь и порог на Камри?",
    "Камри, нужны цены: капот, дверь, порог",
    "посчитайте покраску двери, капота и порога на тойоту камри",
    "Во что мне встанет дверь + капот + порог? Тойота Камри, цена интересует",
    "Здравствуйте, какая стоимость если красить порог, дверь и ещё капот, машина camry",
]
CLASS_UNKNOWN = [
    "Сколько стоит покрасить капот?",
    "Цена на покраску капота какая?",
    "почем капот покрасить",
    "Интересует стоимость окраски капота",
    "капот перекрасить — сколько денег надо?",
]
BOOK_EXACTLY = [
    ("Запишите на завтра в 12", "2026-11-23T12:00"),
    ("Хочу записаться на вторник в полдень", "2026-11-24T12:00"),
    ("можно завтра к десяти подъехать?", "2026-11-23T10:00"),
    ("Забронируйте мне место на 28 ноября в 15:30", "2026-11-28T15:30"),
    ("давайте послезавтра часов в одиннадцать", "2026-11-24T11:00"),
    ("Сможете принять в среду в 4?", "2026-11-25T16:00"),
]
BOOK_VAGUELY = [
    "Хочу записаться на завтра утром",
    "Есть ли свободное время в субботу после обеда?",
    "запишите на выходные",
    "можно приехать на следующей неделе?",
    "Хотелось бы к вам в среду вечером попасть",
]
MOVES = [
    "Перенесите меня на среду в 14:00",
    "Можно передвинуть запись на среду на 14:00?",
    "Давайте перезапишемся на среду, 14:00",
    "Не смогу приехать в понедельник, лучше в среду в 14:00",
    "хочу поменять время, надо в среду в два часа дня",
]
CANCELS = [
    "Отмените мою запись",
    "Снимите меня с записи, планы поменялись",
    "не приеду, отменяйте",
    "Хочу отменить визит",
    "Запись больше не нужна, спасибо",
]
WAITS = [
    "Сколько ждать?",
    "А долго ли у вас ждать очереди?",
    "Когда сможете принять?",
    "Какое ближайшее окно?",
    "Как скоро можно к вам попасть?",
]
HOURS = [
    "До скольки вы открыты?",
    "Какой у вас график?",
    "вы в воскресенье работаете?",
    "Во сколько открываетесь утром?",
    "режим работы подскажите",
]
ADDRESSES = ["Где вас найти?", "Какой у вас адрес?", "подскажите как до вас доехать", "Куда пригонять машину?", "на какой вы улице"]
PHONES = [
    "8 (912) 345-67-89",
    "+7 912 3456789",
    "мой телефон 9123456789, звоните",
    "восемь девятьсот двенадцать триста сорок пять шестьдесят семь восемьдесят девять",
    "8-912-345 67 89",
]
PEOPLE = [
    "человек",
    "Позовите менеджера",
    "Хочу поговорить с живым сотрудником",
    "соедините с оператором пожалуйста",
    "вы бот? дайте администратора",
]
THANKS = ["Спасибо!", "благодарю, очень помогли", "спс", "Большое вам спасибо", "Спасибо, до свидания"]
NOTHING_OF_THESE = ["Кто победил в выборах?", "ыаывпр", "расскажите стихотворение", "Мне приснился слон", "2+2"]
PROMISES = ["Скидку сделаете?", "А подешевле можно?", "Есть акции?", "в рассрочку можно?", "Верните деньги по чеку"]
TWO_WISHES = [
    "Сколько стоит покрасить дверь на Камри и запишите на завтра в 12",
    "Какая цена двери? И можно завтра к 12? Камри",
    "Камри, покраска двери. Цена? Запись на завтра, 12:00",
    "запишите завтра на 12 дверь покрасить, камри, и скажите сколько это будет стоить",
    "Дверь на камри почём? Если можно то сразу на завтра в 12 запишите",
]
CHANGED_MINDS = [
    ("Запишите на понедельник в 12, нет, лучше во вторник в 12", "2026-11-24T12:00"),
    ("давайте завтра в 10... хотя нет, в 13:00", "2026-11-23T13:00"),
    ("Можно в среду? Ой, в четверг в 15:00", "2026-11-26T15:00"),
    ("запишите на 14, точнее на 16 завтра", "2026-11-23T16:00"),
    ("на завтра на 11. нет, давайте послезавтра в 12", "2026-11-24T12:00"),
]
TYPOS = [
    "скольк стоет пакрасить двер на салярисе",
    "скажыте ценик покраски дверри на солярис",
    "Пачем дверь пакрасить, салярис",
    "сколкьо стоит покрсить дверь солярис",
    "скажте цену покраки двери на солрис",
]


def sentences() -> list[str]:
    lists = (ONE_PRICE, THREE_PRICES, CLASS_UNKNOWN, BOOK_VAGUELY, MOVES, CANCELS, WAITS, HOURS, ADDRESSES, PHONES, PEOPLE, THANKS)
    more = (NOTHING_OF_THESE, PROMISES, TWO_WISHES, TYPOS)
    pairs = [text for text, _ in (*BOOK_EXACTLY, *CHANGED_MINDS)]
    return [text for texts in (*lists, *more) for text in texts] + pairs


# ---- prices -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ONE_PRICE)
async def test_one_work_is_priced_for_the_cars_class(text: str) -> None:
    answer = await Dialogue().say(text)
    assert "Дверь, 1 класс: 18\u00a0000\u00a0₽" in answer.text
    assert "осмотра" in answer.text


@pytest.mark.parametrize("text", THREE_PRICES)
async def test_three_works_come_with_the_total_that_code_made(text: str) -> None:
    answer = await Dialogue().say(text)
    for price in ("Капот, 2 класс: 25\u00a0000", "Дверь, 2 класс: 20\u00a0000", "Порог, 2 класс: 15\u00a0000", "60\u00a0000"):
        assert price in answer.text


@pytest.mark.parametrize("text", CLASS_UNKNOWN)
async def test_unknown_class_is_asked_for_by_name(text: str) -> None:
    answer = await Dialogue().say(text)
    assert "Какая у вас марка и модель?" in answer.text
    assert "бизнес класс и кроссоверы" in answer.text


@pytest.mark.parametrize(
    ("reply", "price"),
    [
        ("камри", "25\u00a0000"),
        ("второй", "25\u00a0000"),
        ("1 класс", "22\u00a0000"),
        ("внедорожник", "28\u00a0000"),
        ("рио", "22\u00a0000"),
    ],
)
async def test_answer_about_the_car_gives_the_price(reply: str, price: str) -> None:
    dialogue = Dialogue()
    await dialogue.say("Сколько стоит покрасить капот?")
    answer = await dialogue.say(reply)
    assert price in answer.text
    assert len([line for line in answer.text.splitlines() if "₽" in line]) == 1


async def test_car_that_the_list_does_not_place_is_asked_about() -> None:
    dialogue = Dialogue()
    await dialogue.say("Сколько стоит покрасить капот?")
    answer = await dialogue.say("у меня зелёная")
    assert "модель или класс" in answer.text


@pytest.mark.parametrize("text", TYPOS)
async def test_typos_are_forgiven(text: str) -> None:
    answer = await Dialogue().say(text)
    assert "Дверь, 1 класс: 18\u00a0000\u00a0₽" in answer.text


async def test_several_rows_are_a_question_and_the_choice_an_answer() -> None:
    dialogue = Dialogue()
    asked = await dialogue.say("Сколько стоит крыло на камри?")
    assert "Крыло переднее" in asked.text
    assert "₽" not in asked.text
    chosen = await dialogue.say("заднее")
    assert "20\u00a0500" in chosen.text


async def test_another_part_keeps_car_and_work() -> None:
    dialogue = Dialogue()
    await dialogue.say("Сколько стоит покрасить бампер на камри?")
    answer = await dialogue.say("а капот?")
    assert "Капот, 2 класс: 25\u00a0000" in answer.text


async def test_one_of_three_works_is_replaced() -> None:
    dialogue = Dialogue()
    await dialogue.say("цены на бампер, капот и порог для камри")
    answer = await dialogue.say("не капот, а дверь")
    assert answer.arguments("find_prices")["works"] == ["бампер", "порог", "дверь"]


async def test_work_outside_the_list_is_said_and_a_person_offered() -> None:
    dialogue = Dialogue()
    answer = await dialogue.say("Сколько стоит перетяжка салона на камри?")
    assert "не нашёл" in answer.text
    assert (await dialogue.say("да")).tools == ("call_human",)


async def test_shop_without_a_list_names_no_price() -> None:
    answer = await Dialogue(shop=replace(SHOP, has_prices=False)).say("Сколько стоит покрасить капот на камри?")
    assert answer.tools in {(), ("save_client",)}
    assert "₽" not in answer.text


# ---- bookings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "start"), BOOK_EXACTLY)
async def test_exact_wish_is_held_at_once(text: str, start: str) -> None:
    answer = await Dialogue().say(text)
    assert answer.tools == ("find_slots", "hold_slot")
    assert answer.content("hold_slot")["proposal"]["starts_at"].startswith(start)
    assert "кнопкой" in answer.text


@pytest.mark.parametrize("text", BOOK_VAGUELY)
async def test_vague_wish_gets_offers(text: str) -> None:
    answer = await Dialogue().say(text)
    assert answer.tools == ("find_slots",)
    assert all(slot["text"] in answer.text for slot in answer.content("find_slots")["slots"])


@pytest.mark.parametrize(
    ("reply", "start"),
    [
        ("второй вариант", "2026-11-24T12:00"),
        ("давайте в 12", "2026-11-24T12:00"),
        ("последнее", "2026-11-24T12:30"),
        ("да", "2026-11-24T11:30"),
        ("11:30 подойдёт", "2026-11-24T11:30"),
    ],
)
async def test_taken_slot_has_alternatives_that_words_choose(reply: str, start: str) -> None:
    dialogue = Dialogue(taken={datetime(2026, 11, 24, 11, 0, tzinfo=ZONE)})
    offered = await dialogue.say("Запишите на вторник в 11")
    assert "занято" in offered.text
    answer = await dialogue.say(reply)
    assert answer.content("hold_slot")["proposal"]["starts_at"].startswith(start)


async def test_hour_belongs_to_the_day_spoken_of() -> None:
    dialogue = Dialogue()
    await dialogue.say("хочу записаться на субботу после обеда")
    answer = await dialogue.say("в 17:30")
    assert answer.content("hold_slot")["proposal"]["starts_at"].startswith("2026-11-28T17:30")


async def test_another_day_keeps_the_hour() -> None:
    dialogue = Dialogue()
    await dialogue.say("Запишите на завтра в 12")
    answer = await dialogue.say("нет, давайте в среду")
    assert answer.content("hold_slot")["proposal"]["starts_at"].startswith("2026-11-25T12:00")


async def test_booking_without_a_time_is_asked_for_it() -> None:
    dialogue = Dialogue()
    assert "На какой день" in (await dialogue.say("Хочу записаться на покраску капота")).text
    answer = await dialogue.say("завтра в 10")
    assert answer.arguments("hold_slot")["service"] == "покраска капота"


async def test_price_leads_to_a_booking_of_that_work() -> None:
    dialogue = Dialogue()
    await dialogue.say("Сколько стоит покрасить бампер на Камри?")
    assert "На какой день" in (await dialogue.say("да, давайте")).text
    answer = await dialogue.say("завтра в 11")
    assert answer.arguments("hold_slot")["service"] == "покрасить бампер"
    dialogue.press(CARD)
    assert "Пожалуйста" in (await dialogue.say("спасибо")).text


@pytest.mark.parametrize(("text", "start"), CHANGED_MINDS)
async def test_last_word_counts(text: str, start: str) -> None:
    answer = await Dialogue().say(text)
    assert answer.content("hold_slot")["proposal"]["starts_at"].startswith(start)


@pytest.mark.parametrize("text", TWO_WISHES)
async def test_two_wishes_are_both_served(text: str) -> None:
    answer = await Dialogue().say(text)
    assert {"find_prices", "find_slots", "hold_slot"} <= set(answer.tools)
    assert "Дверь, 2 класс: 20\u00a0000" in answer.text
    assert "понедельник, 23 ноября, 12:00" in answer.text


@pytest.mark.parametrize("text", MOVES)
async def test_booking_is_proposed_to_move(text: str) -> None:
    answer = await Dialogue(shop=BOOKED).say(text)
    assert answer.arguments("move_booking")["number"] == 12
    assert answer.content("move_booking")["proposal"]["starts_at"].startswith("2026-11-25T14:00")


@pytest.mark.parametrize("text", CANCELS)
async def test_booking_is_proposed_to_be_cancelled(text: str) -> None:
    assert (await Dialogue(shop=BOOKED).say(text)).tools == ("cancel_booking",)


async def test_of_several_bookings_the_client_names_one() -> None:
    dialogue = Dialogue(shop=replace(SHOP, bookings=(MONDAY_11, FRIDAY_15)))
    asked = await dialogue.say("Отмените запись")
    assert asked.tools == ()
    assert "№ 14" in asked.text
    assert (await dialogue.say("запись 14")).arguments("cancel_booking") == {"number": 14}


async def test_booking_is_known_by_its_day() -> None:
    dialogue = Dialogue(shop=replace(SHOP, bookings=(MONDAY_11, FRIDAY_15)))
    assert (await dialogue.say("отмените запись на пятницу")).arguments("cancel_booking") == {"number": 14}


async def test_move_without_a_time_is_asked_for_it() -> None:
    dialogue = Dialogue(shop=BOOKED)
    assert (await dialogue.say("мне нужно перенести запись")).tools == ()
    assert (await dialogue.say("в четверг в 12")).tools == ("find_slots", "move_booking")


async def test_no_to_a_cancellation_leaves_the_booking() -> None:
    dialogue = Dialogue(shop=BOOKED)
    await dialogue.say("Отмените запись")
    assert "как есть" in (await dialogue.say("нет")).text


async def test_work_time_and_phone_in_one_message() -> None:
    dialogue = Dialogue()
    answer = await dialogue.say("Мне бы дверь покрасить послезавтра в 17:00, тел. 89123456789, Олег")
    assert answer.content("hold_slot")["proposal"]["starts_at"].startswith("2026-11-24T17:00")
    assert dialogue.saved["phone"] == "+79123456789"


@pytest.mark.parametrize("text", ["На когда я записан?", "Напомните, когда моя запись", "какая у меня запись"])
async def test_own_bookings_are_read_from_the_rows(text: str) -> None:
    answer = await Dialogue(shop=BOOKED).say(text)
    assert answer.tools == ("my_bookings",)
    assert "№ 12" in answer.text


@pytest.mark.parametrize("text", CANCELS[:2] + MOVES[:2])
async def test_without_a_booking_nothing_is_moved_or_cancelled(text: str) -> None:
    answer = await Dialogue().say(text)
    assert not {"move_booking", "cancel_booking"} & set(answer.tools)
    assert "не вижу" in answer.text


@pytest.mark.parametrize("text", WAITS)
async def test_waiting_time_is_the_nearest_slot(text: str) -> None:
    answer = await Dialogue().say(text)
    assert answer.tools == ("find_slots",)
    assert "воскресенье, 22 ноября, " in answer.text


# ---- the shop, the client, a person -------------------------------------------------------------


@pytest.mark.parametrize("text", HOURS)
async def test_hours_are_the_shops(text: str) -> None:
    answer = await Dialogue().say(text)
    assert set(answer.tools) <= {"find_slots"}, "a day that is named may be a holiday"
    assert SHOP.hours in answer.text


@pytest.mark.parametrize("text", ADDRESSES)
async def test_address_is_the_shops(text: str) -> None:
    assert SHOP.address in (await Dialogue().say(text)).text


@pytest.mark.parametrize("text", PHONES)
async def test_phone_is_noted_in_any_spelling(text: str) -> None:
    dialogue = Dialogue()
    await dialogue.say(text)
    assert dialogue.saved["phone"] == "+79123456789"


async def test_name_beside_the_phone_is_noted() -> None:
    dialogue = Dialogue()
    await dialogue.say("Меня зовут Пётр, мой номер 89123456789")
    assert dialogue.saved == {"name": "Пётр", "phone": "+79123456789"}


@pytest.mark.parametrize("text", PEOPLE)
async def test_person_is_called_by_the_tool(text: str) -> None:
    dialogue = Dialogue()
    answer = await dialogue.say(text)
    assert answer.tools == ("call_human",)
    assert text[:20] in dialogue.reasons[0]


async def test_person_is_called_once() -> None:
    answer = await Dialogue(shop=replace(SHOP, human_called=True)).say("Позовите менеджера")
    assert answer.tools == ()
    assert "уже позван" in answer.text


@pytest.mark.parametrize("text", PROMISES)
async def test_conditions_beyond_the_list_go_to_a_person(text: str) -> None:
    assert "call_human" in (await Dialogue().say(text)).tools


async def test_fact_of_the_shop_answers_instead_of_a_person() -> None:
    answer = await Dialogue().say("Гарантия на покраску есть?")
    assert answer.tools == ()
    assert SHOP.facts["guarantee"] in answer.text


@pytest.mark.parametrize("text", THANKS)
async def test_thanks_are_returned(text: str) -> None:
    answer = await Dialogue().say(text)
    assert answer.tools == ()
    assert "Пожалуйста" in answer.text


@pytest.mark.parametrize("text", NOTHING_OF_THESE)
async def test_what_is_none_of_these_is_asked_about(text: str) -> None:
    answer = await Dialogue().say(text)
    assert answer.tools == ()
    assert "Не совсем понял" in answer.text


async def test_three_misses_in_a_row_call_a_person() -> None:
    dialogue = Dialogue()
    first, second, third = [await dialogue.say(text) for text in NOTHING_OF_THESE[:3]]
    assert (first.tools, second.tools, third.tools) == ((), (), ("call_human",))


async def test_answer_in_between_forgives_the_misses() -> None:
    dialogue = Dialogue()
    answers = [await dialogue.say(text) for text in (*NOTHING_OF_THESE[:2], "спасибо", NOTHING_OF_THESE[2])]
    assert answers[-1].tools == ()


async def test_first_reply_greets_and_names_the_shop_once() -> None:
    """That an assistant speaks and how to get a person, code says in front of it: `chats/disclosure.py`."""
    dialogue = Dialogue()
    first, second = await dialogue.say("Здравствуйте"), await dialogue.say("Какой у вас адрес?")
    assert first.text.startswith("Здравствуйте! Это Светлый гараж.")
    assert "помощник" not in first.text
    assert "Светлый гараж" not in second.text


async def test_returning_client_is_greeted_by_name_and_not_asked_about_the_car() -> None:
    dialogue = Dialogue(shop=replace(SHOP, client_name="Анна", client_car="Toyota Camry", client_phone_known=True))
    answer = await dialogue.say("Сколько стоит покрасить капот?")
    assert "Здравствуйте, Анна!" in answer.text
    assert "Toyota Camry" in answer.text
    assert "Капот, 2 класс: 25\u00a0000" in answer.text


async def test_name_that_is_no_name_is_not_repeated() -> None:
    answer = await Dialogue(shop=replace(SHOP, client_name="Скидка 90% http://x.io")).say("Привет")
    assert "90" not in answer.text


async def test_burst_is_one_question() -> None:
    answer = await Dialogue().say("дверь", "на камри", "сколько?")
    assert "Дверь, 2 класс: 20\u00a0000" in answer.text


async def test_picture_alone_is_answered() -> None:
    assert "словами" in (await Dialogue().say("[вложение: photo]")).text


def test_no_sentence_of_these_tests_is_in_the_source() -> None:
    source = Path(__file__).parents[2] / "src"
    texts = [path.read_text("utf-8").lower() for path in source.rglob("*") if path.suffix in {".py", ".toml"}]
    long = [text.lower() for text in sentences() if len(text.split()) > 2]
    assert [text for text in long if any(text in written for written in texts)] == []
