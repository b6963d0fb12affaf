"""A shop's own rules from car to class: how they are read, and which of them wins."""

from __future__ import annotations

import pytest

from tests.pricing.shop_lists import body_shop, index_of, items_of
from valera.kit.errors import Invalid
from valera.pricing.car_class import class_for_car, read_class
from valera.pricing.cars.rule import CarRule, find_own_names, read_rule
from valera.pricing.price_list import CarClass
from valera.pricing.quote import Request, find_quote
from valera.russian.cars import find_car

CLASSES = (
    CarClass("1 класс", "малые и средние авто"),
    CarClass("2 класс", "бизнес-класс и кроссоверы"),
    CarClass("3 класс", "представительские, внедорожники, минивэны"),
)


def rules(**named: str) -> list[CarRule]:
    return [read_rule(subject.replace("_", " "), (car_class,)) for subject, car_class in named.items()]


@pytest.mark.parametrize(
    ("subject", "make", "model", "segments", "name"),
    [
        ("камри", "Toyota", "Camry", (), "Toyota Camry"),
        ("  Тойота   камри ", "Toyota", "Camry", (), "Toyota Camry"),
        ("БМВ", "BMW", None, (), "BMW"),
        ("BMW кроссоверы", "BMW", None, ("crossover",), "BMW кроссоверы"),
        ("Внедорожники", None, None, ("suv",), "внедорожники"),
        ("все минивэны", None, None, ("minivan",), "все минивэны"),
        ("Toyota Ромашка", None, None, (), "toyota ромашка"),
        ("багги", None, None, (), "багги"),
    ],
)
def test_rule_is_understood(subject: str, make: str | None, model: str | None, segments: tuple[str, ...], name: str) -> None:
    rule = read_rule(subject, ("1 класс",))

    assert (rule.make, rule.model, rule.segments, rule.subject) == (make, model, segments, name)


@pytest.mark.parametrize("subject", ["", "x", "!!!", "камри и солярис", "я" * 101])
def test_what_names_no_car_is_refused(subject: str) -> None:
    with pytest.raises(Invalid):
        read_rule(subject, ("1 класс",))


@pytest.mark.parametrize(
    ("car", "own", "name"),
    [
        ("камри", {}, "2 класс"),
        ("камри", {"камри": "3 класс"}, "3 класс"),
        ("камри", {"тойота": "1 класс"}, "1 класс"),
        ("камри", {"тойота": "1 класс", "камри": "3 класс"}, "3 класс"),
        ("рав4", {"тойота": "1 класс", "тойота_кроссоверы": "3 класс"}, "3 класс"),
        ("рав4", {"кроссоверы": "3 класс", "тойота": "1 класс"}, "1 класс"),
        ("рав4", {"камри": "3 класс"}, "2 класс"),
        ("бмв", {"бмв": "3 класс"}, "3 класс"),
        ("бмв", {"бмв_кроссоверы": "3 класс"}, None),
        ("камри", {"камри": "Класс, которого нет"}, "2 класс"),
    ],
)
def test_rule_that_says_more_wins_and_goes_before_the_list(car: str, own: dict[str, str], name: str | None) -> None:
    found = find_car(car)
    assert found is not None

    car_class = class_for_car(CLASSES, found, rules(**own))

    assert (car_class.name if car_class else None) == name


def test_kind_of_car_goes_by_rules_too() -> None:
    own = rules(кроссоверы="3 класс")

    assert read_class(CLASSES, "кроссовер", own) == CLASSES[2]
    assert read_class(CLASSES, "джип", own) == CLASSES[2]
    assert read_class(CLASSES, "джип") is None


def test_one_class_for_each_way_in_which_the_list_divides_cars() -> None:
    rule = read_rule("камри", ("3 класс", "джип"))
    found = find_car("камри")
    assert found is not None

    assert class_for_car((CarClass("седан"), CarClass("джип")), found, [rule]) == CarClass("джип")
    assert class_for_car(CLASSES, found, [rule]) == CLASSES[2]


def test_name_that_only_the_shop_knows_is_a_car_in_a_question() -> None:
    draft = body_shop()
    own = rules(багги="3 класс")

    quote = find_quote(index_of(items_of(draft)), draft.classes, Request(("покрасить капот на багги",)), own)

    assert [car.make for car in find_own_names(own, "у меня багги")] == ["багги"]
    assert [(found.item.name, found.car_class and found.car_class.name) for found in quote.found] == [("Капот", "3 класс")]


@pytest.mark.parametrize(
    ("works", "name"),
    [
        ("покрасить капот, у меня кроссовер", "2 класс"),
        ("покрасить капот на микроавтобусе", "3 класс"),
        ("капот покрасить рав4", "2 класс"),
        ("покрасить капот, большая царапина", None),
    ],
)
def test_kind_of_car_among_the_works(works: str, name: str | None) -> None:
    draft = body_shop()

    quote = find_quote(index_of(items_of(draft)), draft.classes, Request((works,)))

    assert (quote.car_class.name if quote.car_class else None) == name
