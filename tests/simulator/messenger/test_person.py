from __future__ import annotations

import phonenumbers
import pytest

from tests.simulator.conftest import Bench
from valera.kit.errors import Invalid
from valera.simulator.messenger.person import invite_cast, list_people, person


def test_cast_is_invited_once(bench: Bench) -> None:
    before = bench.people
    invite_cast(bench.telegram.store)
    assert bench.people == before
    assert len(before) == 5


def test_names_and_ids_of_the_cast_differ(bench: Bench) -> None:
    assert len({one.id for one in bench.people}) == len({one.name for one in bench.people}) == len({one.phone for one in bench.people}) == 5


def test_phones_are_dialled_numbers(bench: Bench) -> None:
    newcomer = person(bench.telegram.store, "Пётр")
    for one in [*bench.people, newcomer]:
        assert phonenumbers.is_valid_number(phonenumbers.parse(one.phone))


def test_somebody_is_made_when_first_called_and_found_afterwards(bench: Bench) -> None:
    made = person(bench.telegram.store, "  Пётр   Первый ")
    assert (made.first_name, made.last_name, made.name) == ("Пётр", "Первый", "Пётр Первый")
    assert person(bench.telegram.store, "пётр первый") == made
    assert made in list_people(bench.telegram.store)


@pytest.mark.parametrize("name", ["", "   ", "я" * 65, "я " + "ы" * 65])
def test_name_of_no_or_too_many_letters_is_refused(bench: Bench, name: str) -> None:
    with pytest.raises(Invalid):
        person(bench.telegram.store, name)


@pytest.mark.parametrize(("name", "initials"), [("<b>Ян</b> «Кит»", "BК"), ("😀 Ян", "Я"), ("שלום", "ש")])
def test_initials_are_letters(bench: Bench, name: str, initials: str) -> None:
    assert person(bench.telegram.store, name).initials == initials
