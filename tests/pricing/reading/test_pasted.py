"""Lists as people paste them, and columns and lines that once were read as something else."""

from __future__ import annotations

import pytest

from valera.pricing.drafts.preview import preview
from valera.pricing.price_import import Draft, PriceListUnreadable, read_price_list
from valera.pricing.price_list import Price


def read(text: str) -> Draft:
    return read_price_list(text.encode(), source="pasted")


def say(price: Price | None) -> str:
    if price is None:
        return "0"
    if price.is_at_most:
        return f"<{price.amount}"
    return f"{price.amount}+" if price.is_from else f"{price.amount}-{price.upto}" if price.upto else str(price.amount)


def table(text: str) -> list[str]:
    return [f"{row.section}/{row.name}: {' '.join(map(say, row.prices))}" for row in read(text).rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Покраска бампера - 5000 руб\nКапот … от 7 000 ₽", ["/Покраска бампера: 5000", "/Капот: 7000+"]),
        ("КУЗОВ:\n• Капот — 3000–5000 р.\n2) Крыло ..... до 1 тыс.", ["КУЗОВ/Капот: 3000-5000", "КУЗОВ/Крыло: <1000"]),
        ("1 класс / 2 класс\nКапот 22 000 25 000\nДверь от 5000", ["/Капот: 22000 25000", "/Дверь: 5000+ 5000+"]),
        ("Капот 5 000,50 р\nДверь, верх 7 000,00 р", ["/Капот: 5000.5", "/Дверь, верх: 7000"]),
        ("Работа\tЦена\nКапот\t5 000\n", ["/Капот: 5000"]),
        ("| Работа | Цена |\n|---|---|\n| Капот | от 5000 |", ["/Капот: 5000+"]),
        ("[22.11.2026, 10:15] Мастер: Капот - 7 т.р.\nИван, [22.11.2026 10:16]\nДверь 5000", ["/Капот: 7000", "/Дверь: 5000"]),
        ("Локальный ремонт\n6500 руб\nКапот 7000", ["/Локальный ремонт: 6500", "/Капот: 7000"]),
        ("Замена масла 5W-30 - 900 руб\nШиномонтаж R16 - 2000", ["/Замена масла 5W-30: 900", "/Шиномонтаж R16: 2000"]),
        ("5000 руб - покраска бампера\n7000 руб - капот", ["/покраска бампера: 5000", "/капот: 7000"]),
        ("Покраска бампера с разбором\nи подготовкой 15 000 руб", ["/Покраска бампера с разбором и подготовкой: 15000"]),
        ("🔧 ПРАЙС 2026\n✅ Капот 5000", ["/Капот: 5000"]),
        ("КУЗОВ\nКапот 5000\nТел. 8 (916) 123-45-67\nРаботаем с 9 до 20", ["КУЗОВ/Капот: 5000"]),
        ("Мойка двигателя — по запросу\nКапот — 5000 руб", ["/Капот: 5000"]),
        ("Работа;Старая цена;Новая цена\nКапот;25000;22000\n", ["/Капот: 22000"]),
        ("Работа;Цена;Цена со скидкой\nКапот;25000;22500\n", ["/Капот: 25000"]),
        ("Работа;Цена без скидки\nКапот;25000\n", ["/Капот: 25000"]),
        ("Вид работ;Стоимость по классам;\n;A;B\nМойка;500;600\n", ["/Мойка: 500 600"]),
        ("Капот;2200,50\nДверь;1500,00\n", ["/Капот: 2200.5", "/Дверь: 1500"]),
    ],
)
def test_is_read_as_it_was_meant(text: str, expected: list[str]) -> None:
    assert table(text) == expected


def test_classes_of_a_pasted_line_have_names() -> None:
    assert [entry.name for entry in read("Классы: седан / кроссовер / джип\nКапот 1000/2000/3000\n").classes] == [
        "седан",
        "кроссовер",
        "джип",
    ]


def test_several_works_in_one_line_are_suspicious() -> None:
    draft = read("Бампер 5000, капот 7000, крыло 6000\nДверь 5000\nЗамена 4 колес (до 2000 кг) 3500\n")

    assert [[reason.code for reason in row.reasons] for row in preview(draft).rows] == [["price_in_name"], [], []]


@pytest.mark.parametrize("text", ["Здравствуйте!\nСколько стоит?", "8 916 123-45-67", "Работаем с 9 до 20\nбез выходных"])
def test_talk_is_no_list(text: str) -> None:
    with pytest.raises(PriceListUnreadable):
        read(text)


@pytest.mark.parametrize("line", ["a" + " " * 900 + "5000", "-" * 990 + "x", "1 " * 490, "a: " * 300, "9" * 900, ". " * 450 + "5"])
def test_lines_made_to_take_long_are_done_with(line: str) -> None:
    assert "Капот" in [row.name for row in read(f"Капот 5000\n{line}\n" * 40).rows]
