"""The dialogues as they are written down."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialogues.case import Case, Outcome, read_cases
from dialogues.client import Action, questions_on
from dialogues.shop import SHOPS
from dialogues.telegram import Button, Sent
from valera.bookings.schedule.opening_hours import parse_hours
from valera.pricing.price_import import read_price_list

CASES = read_cases()
KINDS = {"confirm", "slot", "which", "work", "car", "class", "when", "human", "phone", "name"}


def test_there_are_sixty_or_more_and_a_third_is_kept_aside() -> None:
    assert len(CASES) >= 60
    assert [case.number for case in CASES] == list(range(1, len(CASES) + 1))
    assert sum(case.is_aside for case in CASES) == len(CASES) // 3


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.number))
def test_dialogue_makes_sense(case: Case) -> None:
    assert (SHOPS / f"{case.shop}.toml").is_file()
    assert set(case.answers) <= KINDS
    assert all(not line.gives or line.gives in KINDS for line in case.lines)
    assert case.expect.days_allowed or case.expect.outcome not in {Outcome.BOOKED, Outcome.MOVED} or case.expect.service
    earliest, latest = case.expect.hours_allowed
    assert earliest <= latest


@pytest.mark.parametrize("path", sorted(SHOPS.glob("*.csv")), ids=lambda path: path.stem)
def test_price_list_of_a_shop_is_read_without_a_loss(path: Path) -> None:
    draft = read_price_list(path.read_bytes(), source=path.name)
    assert draft.rows
    assert not [row for row in draft.rows if row.doubts]


@pytest.mark.parametrize("text", [path.read_text("utf-8") for path in sorted(SHOPS.glob("*.toml"))], ids=lambda text: text[2:30])
def test_hours_of_a_shop_are_hours(text: str) -> None:
    [line] = [line for line in text.splitlines() if line.startswith("hours")]
    assert parse_hours(line.partition('"')[2].rstrip('"'))


def test_two_dialogues_of_one_number_are_refused(tmp_path: Path) -> None:
    text = (
        '[[dialogue]]\nnumber = 1\nname = "a"\nshop = "mayak"\nnow = 2026-11-24T10:00:00\nsays = ["а"]\nanswers = {}\n'
        'expect = { outcome = "informed" }\n'
    )
    (tmp_path / "a.toml").write_text(text, "utf-8")
    assert [case.number for case in read_cases(tmp_path)] == [1]
    (tmp_path / "b.toml").write_text(text, "utf-8")
    with pytest.raises(ValueError, match="number 1"):
        read_cases(tmp_path)
    (tmp_path / "b.toml").write_text(text.replace("informed", "delighted"), "utf-8")
    with pytest.raises(ValueError, match=r"b\.toml"):
        read_cases(tmp_path)


# ---- the client ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Цена зависит от класса машины. Какая у вас марка и модель?", "car"),
        ("На какой день и время вас записать?", "when"),
        ("Подобрать время? Напишите, в какой день и час удобно.", "when"),
        ("По запросу «крыло» есть несколько работ: Крыло переднее, Крыло заднее. Какая нужна?", "which"),
        ("Позвать сотрудника, чтобы он ответил точно?", "human"),
        ("Оставьте, пожалуйста, номер телефона, чтобы мастер мог связаться с вами.", "phone"),
        ("Подскажите, какая работа нужна? Например, назовите деталь.", "work"),
        ("Как вас зовут?", "name"),
        ("Какое время подойдёт?", "slot"),
        ("Записать вас: среда, 25 ноября, 10:00?", "confirm"),
    ],
)
def test_client_hears_what_he_is_asked(text: str, kind: str) -> None:
    assert questions_on([Sent(1, text)])[0] == kind


def test_statement_asks_nothing() -> None:
    assert questions_on([Sent(1, "Номер телефона сохранил. Мы работаем в какой угодно день.")]) == []


def test_buttons_come_before_words() -> None:
    buttons = (Button("ср 25.11, 10:00", "slot:a"),)
    assert questions_on([Sent(1, "На какой день вас записать?", buttons)])[0] == "slot"


@pytest.mark.parametrize(
    ("written", "action"),
    [
        ("сколько?", Action("say", ("сколько?",))),
        (["раз", "два"], Action("say", ("раз", "два"))),
        ("[press 2]", Action("press", (), "2")),
        ("[photo] вот", Action("photo", ("вот",))),
        ("[later 5h]", Action("later", (), "5h")),
    ],
)
def test_action_is_read(written: str | list[str], action: Action) -> None:
    assert Action.read(written) == action
