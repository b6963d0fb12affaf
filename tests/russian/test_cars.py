"""Cars as clients write them, and everyday words that are no cars."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valera.russian.cars import find_car, find_cars, segments_in

CARS = [
    ("на Камри", "Toyota Camry business"),
    ("камрюху", "Toyota Camry business"),
    ("тойоте камри", "Toyota Camry business"),
    ("Тайота Камри", "Toyota Camry business"),
    ("КАМРИ 2019", "Toyota Camry business"),
    ("камри тойота", "Toyota Camry business"),
    ("Toyota Camry", "Toyota Camry business"),
    ("Солярис", "Hyundai Solaris small"),
    ("солярисе", "Hyundai Solaris small"),
    ("солярес", "Hyundai Solaris small"),
    ("Kia Rio", "Kia Rio small"),
    ("киа рио", "Kia Rio small"),
    ("рио", "Kia Rio small"),
    ("поло", "Volkswagen Polo small"),
    ("гранту", "LADA Granta small"),
    ("лада гранта", "LADA Granta small"),
    ("приорку", "LADA Priora small"),
    ("ваз 2114", "LADA 2114 small"),
    ("лады весты", "LADA Vesta medium"),
    ("вестушка", "LADA Vesta medium"),
    ("форд фокус 2", "Ford Focus medium"),
    ("фокуса", "Ford Focus medium"),
    ("октавию", "Skoda Octavia medium"),
    ("шкоду октавию", "Skoda Octavia medium"),
    ("короллу", "Toyota Corolla medium"),
    ("рав4", "Toyota RAV4 crossover"),
    ("RAV 4", "Toyota RAV4 crossover"),
    ("рав-4", "Toyota RAV4 crossover"),
    ("кашкай", "Nissan Qashqai crossover"),
    ("ниссан кашкая", "Nissan Qashqai crossover"),
    ("спортейдж", "Kia Sportage crossover"),
    ("крету", "Hyundai Creta crossover"),
    ("хендай крета", "Hyundai Creta crossover"),
    ("Хёндэ Туссан", "Hyundai Tucson crossover"),
    ("ленд крузер", "Toyota Land Cruiser suv"),
    ("ленд крузера прадо", "Toyota Land Cruiser Prado suv"),
    ("прадик", "Toyota Land Cruiser Prado suv"),
    ("патрол", "Nissan Patrol suv"),
    ("s класс", "Mercedes-Benz S-Class executive"),
    ("мерседес е класс", "Mercedes-Benz E-Class business"),
    ("7 серия", "BMW 7 Series executive"),
    ("бмв 7 серии", "BMW 7 Series executive"),
    ("BMW X5", "BMW X5 suv"),
    ("мерседес гле", "Mercedes-Benz GLE suv"),
    ("бмв х5", "BMW X5 suv"),
    ("х5", "BMW X5 suv"),
    ("бэха 520d", "BMW 5 Series business"),
    ("карнивал", "Kia Carnival minivan"),
    ("альфард", "Toyota Alphard minivan"),
    ("форд транзит", "Ford Transit van"),
    ("газель", "GAZ Gazelle van"),
    ("на газели", "GAZ Gazelle van"),
    ("спринтер", "Mercedes-Benz Sprinter van"),
    ("рено мастер", "Renault Master van"),
    ("мазда 3", "Mazda 3 medium"),
    ("мазду 6", "Mazda 6 business"),
    ("мазда сх-5", "Mazda CX-5 crossover"),
    ("CX5", "Mazda CX-5 crossover"),
    ("тигго 7 про", "Chery Tiggo 7 crossover"),
    ("санта-фе", "Hyundai Santa Fe crossover"),
    ("нива шевроле", "Chevrolet Niva suv"),
    ("рендж ровер спорт", "Land Rover Range Rover Sport suv"),
    ("аутлендер", "Mitsubishi Outlander crossover"),
    ("мицубиси лансер", "Mitsubishi Lancer medium"),
    ("логан", "Renault Logan small"),
    ("дастером", "Renault Duster crossover"),
    ("джолион", "Haval Jolion crossover"),
    ("лексус рх 350", "Lexus RX crossover"),
    ("rx350", "Lexus RX crossover"),
    ("вольво хс90", "Volvo XC90 suv"),
    ("пежо 308", "Peugeot 308 medium"),
    ("ауди а6", "Audi A6 business"),
    ("хайлюкс", "Toyota Hilux pickup"),
    ("мустанг", "Ford Mustang sport"),
    ("уаз патриот", "UAZ Patriot suv"),
    ("БМВ", "BMW None None"),
    ("мерседесс", "Mercedes-Benz None None"),
    ("лада на завтра", "LADA None None"),
    ("тойета", "Toyota None None"),
    ("мазда 3 двери", "Mazda None None"),
    ("на мазде 2 бампера", "Mazda None None"),
]
EVERYDAY = """
порт завтра крыло капот бампер дверь порог крыша багажник фара стекло зеркало диск колесо резина шина масло фильтр колодки тормоза
подвеска стойка рычаг сайлентблок ступица подшипник сцепление коробка двигатель мотор свеча ремень цепь помпа радиатор печка кондиционер
салон руль педаль сиденье полировка покраска окраска грунт шпаклевка лак эмаль краска антикор антихром керамика пленка тонировка
химчистка мойка вмятина царапина скол трещина ржавчина сварка кузов рама днище арка лонжерон усилитель решетка шильдик молдинг накладка
спойлер мастер менеджер слесарь маляр электрик приемщик запись время утро вечер день неделя месяц понедельник вторник среда четверг
пятница суббота воскресенье сегодня послезавтра цена стоимость рублей тысяч скидка гарантия оплата карта наличные страховка осаго каско
авария дтп эвакуатор ключ номер телефон адрес улица дом машина авто автомобиль тачка тонна литр метр минута час сколько можно нужно хочу
сделать покрасить отполировать заменить починить посмотреть приехать подъехать записать перенести отменить спасибо пожалуйста
здравствуйте добрый привет человек оператор нет да лады ладно сиди трафик марш акцентом солярка соляра траверса спектра форма фонд форт
город корпус полка полоса пол полный голова группа места вести весь весной веста-то примерно например премьера победа куб лист порше-то
"""


def _named(text: str) -> str:
    car = find_car(text)
    return f"{car.make} {car.model} {car.segment}" if car else ""


@pytest.mark.parametrize(("text", "expected"), CARS)
def test_car(text: str, expected: str) -> None:
    assert _named(text) == expected


@pytest.mark.parametrize(
    "around", ["Сколько стоит покрасить бампер на {}?", "Здравствуйте! У меня {}, нужна полировка", "{} — порог и крыло, завтра в 11"]
)
@pytest.mark.parametrize(("text", "expected"), CARS[:12])
def test_car_inside_a_sentence(text: str, expected: str, around: str) -> None:
    assert _named(around.format(text)) == expected


NO_CARS = [word for word in EVERYDAY.split() if word not in {"акцентом", "веста-то", "порше-то"}]


@pytest.mark.parametrize("word", NO_CARS)
def test_everyday_word_is_no_car(word: str) -> None:
    assert _named(word) == ""
    assert _named(word.capitalize()) == ""


@pytest.mark.parametrize(
    "text",
    [
        "мастер посмотрит завтра",
        "приеду к 5",
        "а 4 двери?",
        "бампир и крылло покрасить",
        "с 5 до 6",
        "3 двери, 5 дисков",
        "в 11 утра",
        "паралелльно",
        "запишыте на завтро",
        "палировка фар",
        "сколько стоет пакрасить капод",
        "",
        "👍👍👍",
    ],
)
def test_no_car_in_a_sentence(text: str) -> None:
    assert find_cars(text) == ()


def test_two_cars_keep_their_places() -> None:
    text = "У меня Камри и ещё киа рио"
    assert [text[car.start : car.end] for car in find_cars(text)] == ["Камри", "киа рио"]


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("1 класс\n(малые и средние авто)", "small medium"),
        ("2 класс(\nбизнес класс и кроссоверы)", "business crossover"),
        ("3 класс\n(представительские, внедорожники, минивены, микроавтобусы)", "executive suv minivan van"),
        ("Легковые", "small medium business executive sport"),
        ("джипы", "suv crossover"),
        ("коммерческие", "van"),
        ("A, B и C классы", "small medium"),
        ("Класс D", "business"),
        ("SUV / внедорожник", "suv"),
        ("легковые (кроме представительских)", "small medium business sport"),
        ("Цена", ""),
        ("1 класс", ""),
        ("", ""),
    ],
)
def test_segments_of_a_class(description: str, expected: str) -> None:
    assert segments_in(description) == frozenset(expected.split())


@given(st.text(max_size=300))
def test_any_text_is_survived(text: str) -> None:
    for car in find_cars(text):
        assert 0 <= car.start < car.end <= len(text)
    segments_in(text)


@pytest.mark.parametrize("piece", ["масло на камри завтра, бампирр покрасить ", "😀", "ы" * 4096, "x5 ", "עברית ", "٣ "])
@pytest.mark.timeout(20)
def test_long_texts_of_every_script_are_read_to_the_end(piece: str) -> None:
    """Ten times the longest message: whatever grows faster than the text would not come back in time."""
    text = (piece * 40_960)[:40_960]

    assert all(text[car.start : car.end].strip() for car in find_cars(text))
