"""Cars into the classes that shops made up, whatever they call them."""

from __future__ import annotations

import pytest

from valera.pricing.car_class import class_for_car, find_class, read_class
from valera.pricing.price_list import CarClass
from valera.russian.cars import find_car

NUMBERED = (
    CarClass("1 класс", "малые и средние авто"),
    CarClass("2 класс", "бизнесс класс и кроссоверы"),
    CarClass("3 класс", "представительские, внедорожники, минивены, микроавтобусы"),
)
NAMED = (CarClass("Легковые"), CarClass("Кроссоверы и джипы"), CarClass("Коммерческие"))
BY_MODEL = (CarClass("Малый", "Рио, Солярис, Логан"), CarClass("Большой", "Камри, Мондео"))


@pytest.mark.parametrize(
    ("classes", "car", "name"),
    [
        (NUMBERED, "Солярис", "1 класс"),
        (NUMBERED, "Камри", "2 класс"),
        (NUMBERED, "Hyundai Creta", "2 класс"),
        (NUMBERED, "Прадо", "3 класс"),
        (NUMBERED, "Газель", "3 класс"),
        (NUMBERED, "тойота", None),
        (NAMED, "Солярис", "Легковые"),
        (NAMED, "Камри", "Легковые"),
        (NAMED, "Крета", "Кроссоверы и джипы"),
        (NAMED, "Газель", "Коммерческие"),
        (BY_MODEL, "Логан", "Малый"),
        (BY_MODEL, "Тойота Камри", "Большой"),
        ((), "Камри", None),
    ],
)
def test_car_falls_into_the_class_that_the_shop_describes(classes: tuple[CarClass, ...], car: str, name: str | None) -> None:
    found = find_car(car)
    assert found is not None

    car_class = class_for_car(classes, found)

    assert (car_class.name if car_class else None) == name


def test_car_that_fits_two_classes_has_to_be_asked_about() -> None:
    camry = find_car("Камри")
    assert camry is not None

    assert class_for_car((CarClass("А", "легковые"), CarClass("Б", "бизнес класс")), camry) is None


@pytest.mark.parametrize(
    ("classes", "text", "name"),
    [
        (NUMBERED, "2", "2 класс"),
        (NUMBERED, "второй класс", "2 класс"),
        (NUMBERED, "у меня первый", "1 класс"),
        (NUMBERED, "класс 3", "3 класс"),
        (NUMBERED, "III класс", "3 класс"),
        (NUMBERED, "кроссовер", "2 класс"),
        (NUMBERED, "минивэн", "3 класс"),
        (NUMBERED, "4 класс", None),
        (NUMBERED, "не знаю", None),
        ((CarClass("1"), CarClass("2")), "второй", "2"),
        ((CarClass("Малый"), CarClass("Малый кроссовер")), "малый кроссовер", "Малый кроссовер"),
        (NAMED, "легковая", "Легковые"),
        (NAMED, "джип", "Кроссоверы и джипы"),
        (NAMED, "седан", "Легковые"),
    ],
)
def test_class_is_read_from_the_clients_words(classes: tuple[CarClass, ...], text: str, name: str | None) -> None:
    car_class = read_class(classes, text)

    assert (car_class.name if car_class else None) == name


def test_class_inside_a_longer_text_needs_its_full_name() -> None:
    assert find_class(NUMBERED, "покрасить 2 двери") is None
    assert find_class((CarClass("1"), CarClass("2")), "покрасить 2 двери") is None
    said = find_class(NUMBERED, "покрасить дверь, второй класс")
    assert said is not None
    assert said.car_class == NUMBERED[1]
