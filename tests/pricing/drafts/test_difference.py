"""What differs between two lists, by meaning."""

from __future__ import annotations

from valera.pricing.drafts.difference import Listed, difference
from valera.pricing.drafts.versions import listed_draft
from valera.pricing.drafts.wording import tell_difference
from valera.pricing.price_import import read_price_list

OLD = """Работа;1 класс;2 класс
ПОКРАСКА;;
Капот;22000;25000
Дверь;18000;20000
Крыло;18000;20000
Порог;14000;15000
МОЙКА;;
Кузов;700;900
"""


def listed(text: str) -> Listed:
    return listed_draft(read_price_list(text.encode(), source="list"))


def lines(new: str, old: str = OLD, locale: str = "ru") -> list[str]:
    before, after = listed(old), listed(new)
    return [line.replace("\u00a0", " ") for line in tell_difference(difference(before, after), before, after, locale)]


def test_same_works_in_another_order_do_not_differ() -> None:
    moved_down = OLD.replace("Капот;22000;25000\n", "").replace("МОЙКА;;", "Капот;22000;25000\nМОЙКА;;")

    assert lines(moved_down) == ["Отличий нет."]
    assert lines(OLD.replace("Работа;", "Прайс;;\nРабота;")) == ["Отличий нет."]


def test_added_removed_and_changed() -> None:
    new = OLD.replace("Порог;14000;15000", "Крыша;30000;33000").replace("Капот;22000;25000", "Капот;23000;25000")

    assert lines(new) == [
        "- ПОКРАСКА / Порог: 1 класс: 14 000 ₽; 2 класс: 15 000 ₽",
        "~ ПОКРАСКА / Капот, 1 класс: 22 000 ₽ → 23 000 ₽",
        "+ ПОКРАСКА / Крыша: 1 класс: 30 000 ₽; 2 класс: 33 000 ₽",
    ]


def test_renamed_work_is_the_same_work() -> None:
    assert lines(OLD.replace("Кузов;700;900", "Кузов снаружи;700;900")) == ["~ МОЙКА / Кузов → Кузов снаружи"]
    assert lines(OLD.replace("Дверь;18000", "ДВЕРЬ;18000")) == ["~ ПОКРАСКА / Дверь → ДВЕРЬ"]


def test_work_in_another_section_is_moved_and_its_price_change_is_told() -> None:
    new = OLD.replace("Порог;14000;15000\n", "").replace("Кузов;700;900\n", "Кузов;700;900\nПорог;14000;16000\n")

    assert lines(new) == ["~ Порог: раздел «ПОКРАСКА» → «МОЙКА»", "~ МОЙКА / Порог, 2 класс: 15 000 ₽ → 16 000 ₽"]


def test_same_name_in_two_sections_is_two_works() -> None:
    old = "ПОКРАСКА;\nКапот;22000\nПОЛИРОВКА;\nКапот;3000\n"

    assert lines(old.replace("3000", "3500"), old) == ["~ ПОЛИРОВКА / Капот: 3 000 ₽ → 3 500 ₽"]


def test_renamed_class_changes_no_price() -> None:
    assert lines(OLD.replace("2 класс", "Внедорожники")) == ["~ класс «2 класс» → «Внедорожники»"]


def test_added_class_and_price_that_is_gone() -> None:
    new = "Работа;1 класс;2 класс;3 класс\nПОКРАСКА;;;\nКапот;22000;25000;28000\nДверь;18000;20000;22000\nКрыло;18000;;\n"

    assert lines(new, OLD.partition("Порог")[0]) == [
        "+ класс «3 класс»",
        "~ ПОКРАСКА / Капот, 3 класс: нет цены → 28 000 ₽",
        "~ ПОКРАСКА / Дверь, 3 класс: нет цены → 22 000 ₽",
        "~ ПОКРАСКА / Крыло, 2 класс: 20 000 ₽ → нет цены",
    ]


def test_from_and_currency_are_differences() -> None:
    assert lines("Работа;Цена\nКапот;от 5000\n", "Работа;Цена\nКапот;5000\n", "en") == ["~ Капот: 5 000 ₽ → от 5 000 ₽"]
    assert "~ валюта RUB → KZT" in lines("Работа;Цена, тенге\nКапот;5000\n", "Работа;Цена\nКапот;5000\n")
