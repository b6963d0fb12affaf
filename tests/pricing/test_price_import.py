"""Whole lists, row by row, against what a person reads in them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from valera.pricing.price_import import describe, read_price_list
from valera.pricing.price_list import CarClass, Price
from valera.pricing.reading.draft import DoubtKind, Draft, SkipReason

FIXTURES = Path(__file__).parent / "fixtures"
FIRST, SECOND = "малые и средние авто", "бизнесс класс и кроссоверы"


def read(name: str) -> Draft:
    return read_price_list((FIXTURES / name).read_bytes(), source=name)


def read_text(text: str) -> Draft:
    return read_price_list(text.encode(), source="test.csv")


def say(price: Price | None) -> str:
    """18000, 5000+ (from), 3000-5000, <7000 (at most), 0 (none)."""
    if price is None:
        return "0"
    if price.is_at_most:
        return f"<{price.amount}"
    return f"{price.amount}+" if price.is_from else f"{price.amount}-{price.upto}" if price.upto else str(price.amount)


def table(draft: Draft) -> list[tuple[int, str, str, str]]:
    return [(row.row_no, row.section, row.name, " ".join(map(say, row.prices))) for row in draft.rows]


BODY_SHOP = [
    (5, "ПОКРАСКА", "Капот", "22000 25000 28000"),
    (6, "ПОКРАСКА", "Дверь", "18000 20000 22000"),
    (7, "ПОКРАСКА", "Крыло переднее", "18000 20000 22000"),
    (8, "ПОКРАСКА", "Крыло заднее", "18000 20000 22000"),
    (9, "ПОКРАСКА", "Крышка багажника", "22000 25000 28000"),
    (10, "ПОКРАСКА", "Крыша", "22000 25000 28000"),
    (11, "ПОКРАСКА", "Порог", "14000 15000 16000"),
    (12, "ПОКРАСКА", "Бампер", "18000 20000 22000"),
    (16, "АНТИКОР", "Комплекс(арки, пороги, днище, скрытые полости) НЕ РАМНЫЕ АВТО без пробега", "25000 30000 35000"),
    (17, "АНТИКОР", "Комплекс(арки, пороги, днище, скрытые полости) РАМНЫЕ АВТО без пробега", "0 0 45000"),
    (18, "АНТИКОР", "Комплекс НЕ РАМНЫЕ АВТО с пробегом", "30000 35000 40000"),
    (19, "АНТИКОР", "Комплекс РАМНЫЕ АВТО с пробегом", "0 0 50000"),
    (23, "АНТИХРОМ", "Решетка радиатора", "5000+ 5000+ 5000+"),
    (24, "АНТИХРОМ", "Шильдики+буквы", "3000+ 3000+ 3000+"),
    (25, "АНТИХРОМ", "Антихром боковых оконных молдингов жид.полиуретаном", "2000+ 2000+ 2000+"),
    (28, "ДОПОЛНИТЕЛЬНЫЕ УСЛУГИ", "Реставрация фар жидким полиуретаном", "5000+ 5000+ 5000+"),
    (29, "ДОПОЛНИТЕЛЬНЫЕ УСЛУГИ", "Защита порога жидким полиуретаном", "6000+ 6000+ 6000+"),
    (30, "ДОПОЛНИТЕЛЬНЫЕ УСЛУГИ", "Ремонт сколов и царапин", "1000+ 1000+ 1000+"),
    (31, "ДОПОЛНИТЕЛЬНЫЕ УСЛУГИ", "Вклейка стекол", "5000+ 5000+ 5000+"),
    (32, "ДОПОЛНИТЕЛЬНЫЕ УСЛУГИ", "Удаление вмятин PDR", "1000+ 1000+ 1000+"),
    (35, "ДОПОЛНИТЕЛЬНЫЕ РАБОТЫ", "Пайка пластиковых элементов (бампер, и т.д.)", "3000+ 3000+ 3000+"),
    (36, "ДОПОЛНИТЕЛЬНЫЕ РАБОТЫ", "Арматурные работы (снятие/устоновка деталей)", "1500+ 1500+ 1500+"),
    (37, "ДОПОЛНИТЕЛЬНЫЕ РАБОТЫ", "Рехтовка (востановление геометрии детали)", "1000+ 1000+ 1000+"),
    (38, "ДОПОЛНИТЕЛЬНЫЕ РАБОТЫ", "Удаление ржавчин (очистка металла от оксида железа)", "2000+ 2000+ 2000+"),
    (40, "ДОПОЛНИТЕЛЬНЫЕ РАБОТЫ", "Локальный ремонт", "6500+ 6500+ 6500+"),
]


def test_real_list_is_read_row_by_row() -> None:
    draft = read("body-shop.csv")

    assert table(draft) == BODY_SHOP
    assert draft.classes == (
        CarClass("1 класс", FIRST),
        CarClass("2 класс", SECOND),
        CarClass("3 класс", "представительские, внедорожники, минивены, микроавтобусы"),
    )
    assert draft.currency == "RUB"
    assert [row.row_no for row in draft.rows if row.doubts] == []


def test_real_list_accounts_for_every_row() -> None:
    draft = read("body-shop.csv")

    assert [(row.row_no, row.reason) for row in draft.skipped] == [(1, SkipReason.TITLE), (2, SkipReason.NOTE)]
    assert draft.sections == (3, 14, 22, 27, 34)
    assert draft.headers == (4, 15)
    known = {row.row_no for row in (*draft.rows, *draft.skipped)} | {*draft.sections, *draft.headers}
    assert set(range(1, 41)) - known == {13, 20, 21, 26, 33, 39}  # the blank ones


def test_detailing_list_with_hard_spaces_and_decimal_tails() -> None:
    draft = read("detailing.csv")

    assert table(draft) == [
        (5, "ПОЛИРОВКА", "Полировка кузова абразивная", "22000 25000 30000"),
        (6, "ПОЛИРОВКА", "Полировка фар (пара)", "3500 3500 3500"),
        (7, "ПОЛИРОВКА", "Полировка одного элемента", "500 600 800"),
        (9, "УДАЛЕНИЕ ВМЯТИН БЕЗ ПОКРАСКИ", "До 2 см", "1500+ 1500+ 2000+"),
        (10, "УДАЛЕНИЕ ВМЯТИН БЕЗ ПОКРАСКИ", "Сложная, на ребре", "3000-5000 3500-6000 0"),
        (12, "ХИМЧИСТКА САЛОНА", 'Комплекс "Люкс"', "16000+ 18000+ 0"),
        (13, "ХИМЧИСТКА САЛОНА", "Потолок", "6000 6000 7000"),
        (14, "ХИМЧИСТКА САЛОНА", "Багажник", "<7000 <7000 <9000"),
    ]
    assert draft.classes == (CarClass("Легковые", "седан, хэтчбек"), CarClass("Кроссоверы и джипы"), CarClass("Коммерческие"))
    assert [(row.row_no, row.reason) for row in draft.skipped] == [
        (1, SkipReason.TITLE),
        (15, SkipReason.ON_REQUEST),
        (16, SkipReason.NOTE),
    ]
    assert [(row.row_no, doubt.kind, doubt.text) for row in draft.rows for doubt in row.doubts] == [
        (12, DoubtKind.NOT_A_PRICE, "по договорённости")
    ]


def test_numbers_units_times_and_remarks_are_no_prices() -> None:
    draft = read("mechanics.csv")

    assert table(draft) == [
        (3, "", "Замена масла в двигателе", "1500"),
        (4, "", "Замена масла в АКПП", "3000+"),
        (5, "", "Замена тормозных колодок (ось)", "2200.5"),
        (7, "", "Замена ремня ГРМ (16 клапанов)", "8000"),
        (9, "", "Развал-схождение", "1800"),
    ]
    assert draft.classes == ()
    assert [(row.row_no, row.reason) for row in draft.skipped] == [
        (1, SkipReason.TITLE),
        (6, SkipReason.NO_PRICE),
        (8, SkipReason.ON_REQUEST),
        (10, SkipReason.NO_NAME),
    ]
    assert draft.left_out == ("№ п/п", "Ед. изм.", "Норма времени", "Примечание")


def test_header_of_three_rows_with_merged_cells() -> None:
    draft = read("two-row-header.tsv")

    assert [entry.name for entry in draft.classes] == ["Легковые седан", "Легковые универсал", "Внедорожники малый", "Внедорожники большой"]
    assert table(draft) == [(4, "", "Шумоизоляция дверей", "10000 11000 12000 14000"), (5, "", "Шумоизоляция пола", "20000 22000 24000 0")]
    assert draft.headers == (1, 2, 3)


def test_sections_may_divide_cars_differently_or_not_at_all() -> None:
    draft = read("classes-by-section.csv")

    assert [entry.name for entry in draft.classes] == ["1 класс", "2 класс", "R13-R15", "R16-R18"]
    assert table(draft) == [
        (2, "ПОКРАСКА", "Бампер", "18000 20000 0 0"),
        (3, "ПОКРАСКА", "Капот", "22000 25000 0 0"),
        (6, "ШИНОМОНТАЖ", "Перебортовка", "0 0 1200 1600"),
        (7, "ШИНОМОНТАЖ", "Балансировка", "0 0 800 1000"),
        (10, "ДИАГНОСТИКА", "Компьютерная диагностика", "1500 1500 1500 1500"),
        (11, "ДИАГНОСТИКА", "Осмотр кузова", "500+ 500+ 500+ 500+"),
    ]


def test_columns_headed_from_and_upto_make_ranges() -> None:
    assert table(read("from-and-upto.csv")) == [
        (2, "", "Ремонт скола", "1000-3000"),
        (3, "", "Тонировка", "4000+"),
        (4, "", "Вскрытие", "2000"),
    ]


@pytest.mark.parametrize(
    "repeated", ["2 класс( бизнесс класс и кроссоверы)", "2  КЛАСС", "2класс", "2 клас (бизнес)", "2 класс\n(бизнес-класс, кроссоверы)"]
)
def test_class_repeated_with_other_spelling_is_the_same_class(repeated: str) -> None:
    draft = read_text(
        f'ПОКРАСКА;;\n;"1 класс\n({FIRST})";"2 класс(\n{SECOND})"\nКапот;100;200\nАНТИКОР;;\n;1 класс;"{repeated}"\nДнище;300;400\n'
    )

    assert draft.classes == (CarClass("1 класс", FIRST), CarClass("2 класс", SECOND))
    assert table(draft)[-1] == (6, "АНТИКОР", "Днище", "300 400")


@pytest.mark.parametrize(
    ("one", "other"),
    [("1 класс", "2 класс"), ("Класс А", "Класс Б"), ("I категория", "II категория"), ("Малые", "Средние"), ("до 2 тонн", "до 3 тонн")],
)
def test_different_classes_stay_different(one: str, other: str) -> None:
    draft = read_text(f"Работа;{one};{other}\nКапот;100;200\nДверь;300;400\n")

    assert [entry.name for entry in draft.classes] == [one, other]


def test_classes_that_are_called_by_bare_numbers() -> None:
    draft = read_text("Наименование;1;2;3\nКапот;22000;25000;28000\n")

    assert [entry.name for entry in draft.classes] == ["1", "2", "3"]
    assert table(draft) == [(2, "", "Капот", "22000 25000 28000")]


def test_columns_without_any_header_are_numbered_and_said_so() -> None:
    draft = read_text("Капот;22000;25000\nДверь;18000;20000\n")

    assert [entry.name for entry in draft.classes] == ["1", "2"]
    assert draft.has_unnamed_classes


def test_price_under_the_first_class_only_is_doubted() -> None:
    draft = read_text("Работа;1 класс;2 класс\nКапот;22000;25000\nДиагностика;1500;\n")

    assert [doubt.kind for doubt in draft.rows[1].doubts] == [DoubtKind.FIRST_CLASS_ONLY]


def test_price_in_a_column_without_a_class_is_doubted_and_not_taken() -> None:
    draft = read_text("Работа;1 класс;2 класс;\nКапот;22000;25000;\nДверь;18000;20000;999\n")

    assert table(draft)[1] == (3, "", "Дверь", "18000 20000")
    assert [(doubt.kind, doubt.text) for doubt in draft.rows[1].doubts] == [(DoubtKind.OUTSIDE_CLASSES, "999")]


def test_numbers_in_names_stay_in_names() -> None:
    assert table(read_text("Работа;Цена\nТонировка 35%;4000\nЗамена 4 колес R17 (до 2000 кг);3500\n")) == [
        (2, "", "Тонировка 35%", "4000"),
        (3, "", "Замена 4 колес R17 (до 2000 кг)", "3500"),
    ]


def test_work_without_a_price_among_capital_sections_is_no_section() -> None:
    draft = read_text("ПОКРАСКА;\nКапот;22000\nЗеркало;\nДверь;18000\n")

    assert [(row.row_no, row.reason) for row in draft.skipped] == [(3, SkipReason.NO_PRICE)]
    assert draft.rows[-1].section == "ПОКРАСКА"


def test_sections_in_small_letters() -> None:
    draft = read_text("Покраска;\nКапот;22000\nПолировка;\nФара;1500\n")

    assert [(row.section, row.name) for row in draft.rows] == [("Покраска", "Капот"), ("Полировка", "Фара")]


def test_section_without_works_is_reported() -> None:
    draft = read_text("МОЙКА;\nПОКРАСКА;\nКапот;22000\nТЮНИНГ;\n")

    assert [(row.name, row.section) for row in draft.rows] == [("Капот", "ПОКРАСКА")]
    assert [row.row_no for row in draft.skipped] == [1, 4]


def test_capitals_with_a_price_are_a_work() -> None:
    assert table(read_text("МОЙКА ДВИГАТЕЛЯ;1500\nМОЙКА КУЗОВА;700\n")) == [
        (1, "", "МОЙКА ДВИГАТЕЛЯ", "1500"),
        (2, "", "МОЙКА КУЗОВА", "700"),
    ]


def test_variants_in_a_second_text_column_join_the_name() -> None:
    draft = read_text("Работа;Вариант;Цена\nПолировка;кузов;5000\n;фары;1500\nМойка;;700\n")

    assert table(draft) == [(2, "", "Полировка, кузов", "5000"), (3, "", "Полировка, фары", "1500"), (4, "", "Мойка", "700")]


def test_currency_is_the_one_that_the_list_names() -> None:
    assert read_text("Работа;Цена, тенге\nКапот;22000\n").currency == "KZT"


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_description_names_every_skipped_and_doubted_row(locale: str) -> None:
    for name in ("body-shop.csv", "detailing.csv", "mechanics.csv", "classes-by-section.csv"):
        draft = read(name)
        text = describe(draft, locale)

        assert str(len(draft.rows)) in text
        assert all(row.text[:20] in text for row in draft.skipped)
        assert all(doubt.text in text for row in draft.rows for doubt in row.doubts)


def test_amounts_are_exact() -> None:
    assert read_text("Работа;Цена\nКолодки;2200,50\n").rows[0].prices == (Price(Decimal("2200.5")),)
