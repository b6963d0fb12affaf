"""What clients say in ways that dialogues brought up: other letters and languages, symptoms, several cars, haggling, asides."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tests.reception.dialogue import SHOP, ZONE, Dialogue
from valera.reception.receptionist.hearing.hear import hear
from valera.reception.receptionist.hearing.language import in_russian_letters, is_foreign
from valera.reception.receptionist.hearing.wishes import Kind
from valera.russian.time.when import Unclear, Wish, read_wish

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("latin", "russian"),
    [
        ("Skolko stoit polirovka na Solaris?", "Сколько стоит полировка на Solaris?"),
        ("spasibo", "спасибо"),
        ("da", "да"),
        ("Mne nado pomenyat' kolodki", "Мне надо поменять колодки"),
        ("zavtra v 12 mozhno?", "завтра в 12 можно?"),
    ],
)
def test_russian_in_latin_letters_is_read(latin: str, russian: str) -> None:
    assert in_russian_letters(latin).replace("Сколко", "Сколько") == russian


@pytest.mark.parametrize("text", ["How much is a new bumper?", "Toyota Camry", "asdf qwer", "ok, до завтра", "Киа Rio", "BMW X5"])
def test_other_latin_letters_are_left_alone(text: str) -> None:
    assert in_russian_letters(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "How much is a new bumper?",
        "Ich brauche einen Termin, bitte",
        "бампер бояу қанша тұрады",
        "多少钱",
        "რა ღირს",
        "Скільки коштує бампер?",
    ],
)
def test_another_language_is_told_apart(text: str) -> None:
    assert is_foreign(text)


@pytest.mark.parametrize(
    "text",
    ["сколько стоит бампер", "Toyota Camry 2.5 AWD", "asdf qwer", "", "👍", "кароч помыть тачилу почем", "бмв х5 M-пакет", "ыва ловпр"],
)
def test_russian_cars_and_nonsense_are_no_language(text: str) -> None:
    assert not is_foreign(text)


async def test_foreigner_is_told_in_his_letters_that_a_person_comes() -> None:
    answer = await Dialogue().say("Hi, can you fix a scratch on my door?")
    assert answer.tools == ("call_human",)
    assert "called a colleague" in answer.text


@pytest.mark.parametrize(
    "text", ["гудит сзади на скорости, что это?", "Загорелся чек, что делать", "стал плохо заводиться по утрам", "течёт что-то под машиной"]
)
def test_symptom_is_no_work(text: str) -> None:
    assert Kind.SYMPTOM in hear((text,), SHOP).wishes or not hear((text,), SHOP).works


async def test_symptom_leads_to_a_diagnosis_or_an_inspection() -> None:
    answer = await Dialogue().say("стучит справа на кочках")
    assert "осмотр" in answer.text
    assert "не нашёл" not in answer.text


async def test_several_cars_in_one_breath_have_their_prices_each() -> None:
    answer = await Dialogue().say("Сколько покрасить порог на весте и на прадо?")
    assert f"Порог, 1 класс: 14{NBSP}000" in answer.text
    assert f"Порог, 3 класс: 16{NBSP}000" in answer.text


async def test_each_car_has_the_works_that_were_named_with_it() -> None:
    answer = await Dialogue().say("капот покрасить на солярисе и дверь покрасить на камри, почём?")
    assert f"Капот, 1 класс: 22{NBSP}000" in answer.text
    assert f"Дверь, 2 класс: 20{NBSP}000" in answer.text
    assert "Капот, 2 класс" not in answer.text


@pytest.mark.parametrize(
    "text", ["а за 12 тысяч возьмётесь?", "давайте за 9000 и по рукам", "процентов пять скиньте", "а за 15к сделаешь?"]
)
async def test_price_of_the_clients_own_is_for_a_person(text: str) -> None:
    dialogue = Dialogue()
    await dialogue.say("сколько капот покрасить на рио?")
    answer = await dialogue.say(text)
    assert "call_human" in answer.tools
    assert "сам я обещать их не могу" in answer.text


@pytest.mark.parametrize("text", ["готово к выходным будет?", "до вечера успеете сделать?", "когда забирать машину?"])
async def test_deadline_is_not_promised(text: str) -> None:
    dialogue = Dialogue()
    await dialogue.say("покрасить бампер на рио сколько?")
    answer = await dialogue.say(text)
    assert "обещать не могу" in answer.text
    assert "hold_slot" not in answer.tools


@pytest.mark.parametrize(
    "text", ["у вас есть эвакуатор?", "а свои запчасти привезти можно?", "вы продаёте фары?", "можно оценить по фото?"]
)
async def test_what_the_shop_has_not_stated_is_not_guessed(text: str) -> None:
    dialogue = Dialogue()
    answer = await dialogue.say(text)
    assert "Этого точно не знаю" in answer.text
    assert (await dialogue.say("да")).tools == ("call_human",)


async def test_fact_is_found_by_what_it_speaks_of() -> None:
    shop = replace(SHOP, facts={"lounge": "Наверху есть диван и кофе."})
    assert "диван и кофе" in (await Dialogue(shop=shop).say("а кофе у вас где-нибудь есть?")).text


@pytest.mark.parametrize("text", ["где-то через неделю подумаю", "что-то не пойму"])
async def test_vague_word_asks_for_no_place(text: str) -> None:
    assert SHOP.address not in (await Dialogue().say(text)).text


# ---- what was said before is not lost -----------------------------------------------------------


async def test_work_named_after_the_times_keeps_the_day() -> None:
    dialogue = Dialogue()
    await dialogue.say("запишите на послезавтра")
    await dialogue.say("на полировку фар")
    answer = await dialogue.say("16:30")
    assert answer.content("hold_slot")["proposal"]["starts_at"].startswith("2026-11-24T16:30")


async def test_price_asked_before_the_yes_brings_the_proposal_again() -> None:
    dialogue = Dialogue()
    await dialogue.say("запишите на завтра в 10 на покраску порога, камри")
    answer = await dialogue.say("а сколько это стоит?")
    assert f"15{NBSP}000" in answer.text
    assert "hold_slot" in answer.tools
    assert answer.content("hold_slot")["proposal"]["starts_at"].startswith("2026-11-23T10:00")


async def test_yes_after_an_aside_brings_the_proposal_again() -> None:
    dialogue = Dialogue()
    await dialogue.say("запишите на завтра в 10 на покраску порога")
    await dialogue.say("какой у вас адрес?")
    assert "hold_slot" in (await dialogue.say("да")).tools


async def test_bare_hour_is_one_of_the_day_spoken_of() -> None:
    dialogue = Dialogue()
    await dialogue.say("запишите на среду на полировку фар")
    answer = await dialogue.say("15")
    assert answer.content("hold_slot")["proposal"]["starts_at"].startswith("2026-11-25T15:00")


async def test_thanks_end_what_was_offered() -> None:
    dialogue = Dialogue()
    await dialogue.say("сколько капот покрасить на рио?")
    assert "Пожалуйста" in (await dialogue.say("ладно, спасибо")).text


# ---- works --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("замена передних и задних колодок", ("замена передних колодок", "замена задних колодок")),
        ("фару отремонтировать и отполировать", ("фару отремонтировать", "отполировать фару")),
        ("покраска капота с полировкой", ("покраска капота", "полировка")),
        ("у меня две машины, нужна полировка фар", ("полировка фар",)),
        ("тормоза скрипят, надо диски поменять", ("диски поменять",)),
        ("сколько стоит ТО на рапид", ("техобслуживание",)),
    ],
)
def test_works_are_cut_as_they_are_meant(text: str, works: tuple[str, ...]) -> None:
    assert hear((text,), SHOP).works == works


@pytest.mark.parametrize("text", ["а если без капота, только дверь?", "капот не надо, только дверь"])
async def test_part_that_is_taken_back_is_not_priced(text: str) -> None:
    dialogue = Dialogue()
    await dialogue.say("покрасить капот и дверь на камри сколько")
    answer = await dialogue.say(text)
    assert f"Дверь, 2 класс: 20{NBSP}000" in answer.text
    assert "Капот, 2 класс" not in answer.text


# ---- times --------------------------------------------------------------------------------------


def test_either_of_two_neighbouring_days_is_both() -> None:
    wish = read_wish("во вторник либо в среду", now=datetime(2026, 11, 22, 14, tzinfo=ZONE), zone=ZONE)
    assert isinstance(wish, Wish)
    assert (wish.start.day, wish.end.day) == (24, 26)


def test_either_of_two_distant_days_is_asked_back() -> None:
    assert isinstance(read_wish("во вторник либо в пятницу", now=datetime(2026, 11, 22, 14, tzinfo=ZONE), zone=ZONE), Unclear)


@pytest.mark.parametrize(
    "text", ["помял крыло на даче в субботу а приехать могу во вторник в 11", "надо чтобы покрасили дверь и могу подъехать во вторник в 11"]
)
def test_wish_behind_a_tale_without_a_stop_is_heard(text: str) -> None:
    wish = read_wish(text, now=datetime(2026, 11, 22, 14, tzinfo=ZONE), zone=ZONE)
    assert isinstance(wish, Wish)
    assert (wish.start.day, wish.start.hour) == (24, 11)
