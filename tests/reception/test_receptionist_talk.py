"""Longer talks with the scripted receptionist: choices, corrections, times told by other times, what the list alone knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.reception.dialogue import SHOP, ZONE, Dialogue
from valera.reception.briefing.shop import BookingLine

WEDNESDAY_NOON = BookingLine(7, datetime(2026, 11, 25, 12, 0, tzinfo=ZONE), "среда, 25 ноября, 12:00", "Покраска: дверь")
BOOKED = replace(SHOP, bookings=(WEDNESDAY_NOON,))
TAKEN = {datetime(2026, 11, 24, 11, 0, tzinfo=ZONE)}

RELATIVE_MOVES = [
    ("Можно подвинуться на полтора часа позже?", "2026-11-25T13:30"),
    ("получится часом раньше?", "2026-11-25T11:00"),
    ("пораньше бы минут на тридцать... на полчаса пораньше", "2026-11-25T11:30"),
    ("Давайте на день позже", "2026-11-26T12:00"),
    ("перенесите на неделю вперед", "2026-12-02T12:00"),
    ("А на четверг в то же время реально?", "2026-11-26T12:00"),
    ("Перенесите на субботу, на то же время", "2026-11-28T12:00"),
    ("на следующий день сможете?", "2026-11-26T12:00"),
    ("перенесите на 16:30", "2026-11-25T16:30"),
    ("буду в пятницу в 10 вместо среды", "2026-11-27T10:00"),
    ("поменяйте на 28 ноября, 11:00", "2026-11-28T11:00"),
]
UNPROPOSED = [
    ("а на полчасика позже?", "2026-11-23T12:30"),
    ("нет, на два часа раньше", "2026-11-23T10:00"),
    ("лучше в пятницу в то же время", "2026-11-27T12:00"),
    ("давайте на следующий день", "2026-11-24T12:00"),
]
PICKS = [
    ("самое раннее", "2026-11-24T11:30"),
    ("самое позднее возьму", "2026-11-24T12:30"),
    ("давайте третье", "2026-11-24T12:30"),
]
UNWANTED = [
    "Не надо нас никуда писать, не записывайте",
    "записывать меня не нужно",
    "Отбой, планы другие",
    "снимите бронь пожалуйста",
    "Уберите мой визит, не приеду",
]
KEPT = ["не отменяйте", "Нет-нет, не надо отменять", "не нужно ничего отменять"]
WHO = ["Вы робот?", "это бот?", "а кто вы?", "с кем я общаюсь?"]
ACKNOWLEDGED = ["понял", "Ясно", "понятно, хорошо"]
HUMANS = ["Можно пообщаться с мастером?", "хочу поговорить", "есть кто из людей? позовите"]
WAITS = ["сколько ждать запись?", "Долго ждать записи?", "запись у вас на когда свободно?"]
DURATIONS = ["За сколько дней сделаете дверь?", "сколько времени займет покраска двери", "за какое время покрасите дверь"]
WHERE = ["вы где?", "Находитесь где?", "вас как найти"]
ONE_WORK = [
    ("сколько за полировку фар", "Полировка фар: 3"),
    ("ПОЛИРОВКУ ФАР ХОЧУ, СКОЛЬКО", "Полировка фар: 3"),
    ("Сколы убрать почём будет?", "Ремонт сколов и царапин: от\u00a01"),
    ("стекло вклеить, цена вопроса?", "Вклейка стекол: от\u00a05"),
    ("Дверь, Рено Логан, покраска", "Дверь, 1 класс: 18"),
    ("капот красить на рено лоагн", "Капот, "),
]
SUMS = [
    ("красить крыло переднее крыло заднее на Камри", "40\u00a0500"),
    ("покраска: капот, порог; соната", "40\u00a0000"),
    ("Сколько переднее крыло и заднее крыло покрасить? Рио", "36\u00a0500"),
]


# ---- times told by other times ------------------------------------------------------------------


@pytest.mark.parametrize(("text", "start"), RELATIVE_MOVES)
async def test_move_is_read_from_the_booking(text: str, start: str) -> None:
    answer = await Dialogue(shop=BOOKED).say(text)
    assert answer.arguments("move_booking")["number"] == 7
    assert answer.content("move_booking")["proposal"]["starts_at"].startswith(start)


@pytest.mark.parametrize(("text", "start"), UNPROPOSED)
async def test_proposal_that_waits_is_shifted(text: str, start: str) -> None:
    dialogue = Dialogue()
    await dialogue.say("запишите завтра на 12")
    answer = await dialogue.say(text)
    assert answer.content("hold_slot")["proposal"]["starts_at"].startswith(start)


@pytest.mark.parametrize(("text", "start"), UNPROPOSED)
async def test_shift_of_a_proposal_leaves_an_older_booking_alone(text: str, start: str) -> None:
    dialogue = Dialogue(shop=BOOKED)
    await dialogue.say("запишите ещё завтра на 12 полировку фар")
    answer = await dialogue.say(text)
    assert answer.content("hold_slot")["proposal"]["starts_at"].startswith(start)


@pytest.mark.parametrize(("text", "start"), PICKS)
async def test_time_is_picked_by_its_place_in_the_day(text: str, start: str) -> None:
    dialogue = Dialogue(taken=TAKEN)
    await dialogue.say("можно во вторник в 11?")
    answer = await dialogue.say(text)
    assert answer.content("hold_slot")["proposal"]["starts_at"].startswith(start)


async def test_later_than_the_times_shown() -> None:
    dialogue = Dialogue(taken=TAKEN)
    await dialogue.say("можно во вторник в 11?")
    answer = await dialogue.say("а попозже ничего нет?")
    starts = [slot["starts_at"] for slot in answer.content("find_slots")["slots"]]
    assert min(starts) > "2026-11-24T12:30"


async def test_part_of_a_day_does_not_keep_the_old_hour() -> None:
    dialogue = Dialogue()
    await dialogue.say("запишите завтра на 12")
    answer = await dialogue.say("нет, лучше во вторник вечером")
    assert "hold_slot" not in answer.tools


@pytest.mark.parametrize("text", ["раньше в тот день нет времени?", "попозже можно?"])
async def test_mere_direction_with_a_booking_is_a_move(text: str) -> None:
    answer = await Dialogue(shop=BOOKED).say(text)
    assert answer.arguments("find_slots")["number"] == 7
    assert all(slot["starts_at"].startswith("2026-11-25") for slot in answer.content("find_slots")["slots"])


# ---- ending and keeping -------------------------------------------------------------------------


@pytest.mark.parametrize("text", UNWANTED)
async def test_booking_that_is_not_wanted_any_more(text: str) -> None:
    assert (await Dialogue(shop=BOOKED).say(text)).tools == ("cancel_booking",)


async def test_proposal_that_is_taken_back_is_no_missing_booking() -> None:
    dialogue = Dialogue()
    await dialogue.say("запишите завтра на 12")
    answer = await dialogue.say("отмена")
    assert "не записываю" in answer.text


@pytest.mark.parametrize("text", KEPT)
async def test_refused_cancellation_leaves_things_as_they_are(text: str) -> None:
    dialogue = Dialogue(shop=BOOKED)
    await dialogue.say("снимите мою запись")
    answer = await dialogue.say(text)
    assert answer.tools == ()
    assert "как есть" in answer.text


async def test_move_of_nothing_is_forgotten_by_the_next_wish() -> None:
    dialogue = Dialogue()
    await dialogue.say("перенесите мою запись")
    assert (await dialogue.say("тогда запишите на пятницу в 10")).tools == ("find_slots", "hold_slot")


# ---- prices -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "price"), ONE_WORK)
async def test_price_in_few_words(text: str, price: str) -> None:
    assert price in (await Dialogue().say(text)).text


@pytest.mark.parametrize(("text", "total"), SUMS)
async def test_parts_without_commas_add_up(text: str, total: str) -> None:
    assert total in (await Dialogue().say(text)).text


async def test_choice_keeps_the_other_works() -> None:
    dialogue = Dialogue()
    await dialogue.say("капот и крыло покрасить, Камри, сколько вместе?")
    answer = await dialogue.say("на переднее")
    assert "45\u00a0000" in answer.text


async def test_both_of_a_choice() -> None:
    dialogue = Dialogue()
    await dialogue.say("покрасить крыло на Камри почём?")
    assert "40\u00a0500" in (await dialogue.say("оба")).text


async def test_question_about_a_row_outlives_an_answer_about_the_car() -> None:
    dialogue = Dialogue()
    await dialogue.say("покрасить крыло почём?")
    asked = await dialogue.say("лада веста")
    assert "Крыло заднее" in asked.text
    assert "Крыло заднее, 1 класс: 18\u00a0500" in (await dialogue.say("второе")).text


async def test_one_row_that_is_near_is_named_as_the_nearest_and_priced() -> None:
    answer = await Dialogue().say("фары, цена?")
    assert "Ближайшее в прайсе: «фары» — «Полировка фар»" in answer.text
    assert "3\u00a0000" in answer.text


async def test_pieces_counted_by_the_client_make_no_total() -> None:
    answer = await Dialogue().say("Сколько стоит покрасить капот и две двери на Камри?")
    assert "Итого" not in answer.text


@pytest.mark.parametrize("text", ["и порог ещё", "плюс порог", "добавьте порог"])
async def test_added_work_joins_the_ones_before(text: str) -> None:
    dialogue = Dialogue()
    await dialogue.say("покрасить дверь на камри сколько")
    assert "35\u00a0000" in (await dialogue.say(text)).text


async def test_replaced_part_is_done_what_was_done_to_the_one_before() -> None:
    dialogue = Dialogue()
    await dialogue.say("покрасить дверь и капот на камри")
    assert "35\u00a0000" in (await dialogue.say("капот не надо, лучше не капот, а порог")).text


async def test_part_that_the_work_before_does_not_fit_is_looked_up_alone() -> None:
    dialogue = Dialogue()
    await dialogue.say("полировка фар сколько?")
    assert "Бампер, 2 класс: 20" in (await dialogue.say("а бампер на камри?")).text


async def test_thing_that_only_the_list_knows_is_looked_up_beside_a_car() -> None:
    assert (await Dialogue().say("стекла, камри")).arguments("find_prices")["works"] == ["стекла"]


async def test_class_is_not_asked_twice() -> None:
    dialogue = Dialogue()
    await dialogue.say("сколько красить порог?")
    await dialogue.say("третий класс")
    assert "Дверь, 3 класс: 22\u00a0000" in (await dialogue.say("а дверь?")).text


async def test_parts_in_one_burst_share_the_work() -> None:
    answer = await Dialogue().say("покраска", "порог", "и дверь", "шкода рапид")
    assert "32\u00a0000" in answer.text


async def test_chosen_rows_are_booked_by_their_titles() -> None:
    dialogue = Dialogue()
    await dialogue.say("крыло покрасить, камри")
    await dialogue.say("заднее")
    answer = await dialogue.say("давайте в четверг в 10")
    assert answer.arguments("hold_slot")["service"] == "Покраска: крыло заднее"


async def test_person_is_told_what_was_not_in_the_list() -> None:
    dialogue = Dialogue()
    await dialogue.say("сколько стоит замена сцепления на гранте?")
    await dialogue.say("да")
    assert "замена сцепления" in dialogue.reasons[0]


# ---- the shop, the client -----------------------------------------------------------------------


@pytest.mark.parametrize("text", WHO)
async def test_it_says_what_it_is(text: str) -> None:
    answer = await Dialogue().say(text)
    assert answer.tools == ()
    assert "Да, я автоматический помощник" in answer.text


@pytest.mark.parametrize("text", ACKNOWLEDGED)
async def test_acknowledgement_is_no_riddle(text: str) -> None:
    dialogue = Dialogue()
    await dialogue.say("какой у вас адрес?")
    assert "Не совсем понял" not in (await dialogue.say(text)).text


@pytest.mark.parametrize("text", HUMANS)
async def test_person_is_called_in_other_words(text: str) -> None:
    assert (await Dialogue().say(text)).tools == ("call_human",)


@pytest.mark.parametrize("text", WAITS)
async def test_wait_for_a_booking_is_a_question_about_time(text: str) -> None:
    answer = await Dialogue().say(text)
    assert answer.tools == ("find_slots",)
    assert "воскресенье, 22 ноября" in answer.text


@pytest.mark.parametrize("text", DURATIONS)
async def test_length_of_a_work_is_said_as_people_say_it(text: str) -> None:
    assert "1 час" in (await Dialogue().say(text)).text


@pytest.mark.parametrize("text", WHERE)
async def test_place_is_asked_in_any_order_of_words(text: str) -> None:
    assert SHOP.address in (await Dialogue().say(text)).text


async def test_payment_beside_a_price_is_answered_too() -> None:
    answer = await Dialogue().say("Почём покрасить дверь на камри? Картой примете?")
    assert "20\u00a0000" in answer.text
    assert SHOP.facts["payment"] in answer.text


async def test_hours_beside_payment_are_answered_too() -> None:
    answer = await Dialogue().say("До скольки открыты? А наличкой можно?")
    assert SHOP.hours in answer.text
    assert SHOP.facts["payment"] in answer.text


async def test_name_of_a_shop_gets_no_quotes_of_ours() -> None:
    answer = await Dialogue(shop=replace(SHOP, name="СТО «Заря»")).say("Здравствуйте")
    assert "Это СТО «Заря»." in answer.text


async def test_number_that_is_to_be_written_down_is_no_booking() -> None:
    dialogue = Dialogue()
    answer = await dialogue.say("запишите мой телефончик 8 912 345-67-89")
    assert dialogue.saved["phone"] == "+79123456789"
    assert "На какой день" not in answer.text


@pytest.mark.parametrize("text", ["ничего не надо, отменяйте", "не нужно уже, снимите запись"])
async def test_denial_stays_in_its_clause(text: str) -> None:
    assert (await Dialogue(shop=BOOKED).say(text)).tools == ("cancel_booking",)


async def test_name_that_is_a_word_of_the_trade_too_is_a_name() -> None:
    dialogue = Dialogue()
    answer = await dialogue.say("Зовут меня Лев, телефон 89123456789")
    assert answer.tools == ("save_client",)
    assert dialogue.saved == {"name": "Лев", "phone": "+79123456789"}


async def test_name_in_the_middle_is_heard() -> None:
    dialogue = Dialogue()
    await dialogue.say("меня Егор зовут, номер 8 912 345 67 89")
    assert dialogue.saved == {"name": "Егор", "phone": "+79123456789"}


def test_no_sentence_of_these_tests_is_in_the_source() -> None:
    source = Path(__file__).parents[2] / "src"
    texts = [path.read_text("utf-8").lower() for path in source.rglob("*") if path.suffix in {".py", ".toml"}]
    plain = [*UNWANTED, *KEPT, *WHO, *HUMANS, *WAITS, *DURATIONS]
    paired = [text for text, _ in (*RELATIVE_MOVES, *UNPROPOSED, *PICKS, *ONE_WORK, *SUMS)]
    long = [text.lower() for text in (*plain, *paired) if len(text.split()) > 3]
    assert [text for text in long if any(text in written for written in texts)] == []
