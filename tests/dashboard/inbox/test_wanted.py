"""What somebody types into the search field, read as names, plates, telephones and words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valera.dashboard.inbox.listing.search import mark_words
from valera.dashboard.inbox.listing.wanted import read_wanted

PLATES = [
    ("А512КМ797", "%A512KM797%"),
    ("A512KM797", "%A512KM797%"),
    ("а 512 км 797", "%A512KM797%"),
    ("a512km", "%A512KM%"),
    ("512", "%512%"),
    ("512 км", "%512KM%"),
    ("Х001ХХ", "%X001XX%"),
    ("бампер", None),
    ("я люблю 55", None),
    ("55", None),
]
PHONES = [
    ("+7 916 123-12-08", ("+79161231208",)),
    ("8 (916) 123 12 08", ("+79161231208",)),
    ("89161231208", ("+79161231208",)),
    ("9161231208", ("+79161231208",)),
    ("восемь девятьсот шестнадцать сто двадцать три двенадцать ноль восемь", ("+79161231208",)),
    ("123-12-08", ("%1231208%",)),
    ("8916", ("%8916%", "+7916%")),
    ("12", ()),
    ("бампер", ()),
]
FORMS = [("крыльев", "крыло"), ("покрасили", "покрасить"), ("двери", "дверь"), ("цены", "цена"), ("фарами", "фара"), ("ЁЛКА", "елки")]


@pytest.mark.parametrize(("text", "plate"), PLATES)
def test_plates_fold_latin_and_cyrillic(text: str, plate: str | None) -> None:
    wanted = read_wanted(text)
    assert wanted is not None
    assert wanted.plate == plate


@pytest.mark.parametrize(("text", "phones"), PHONES)
def test_phones_in_any_writing(text: str, phones: tuple[str, ...]) -> None:
    wanted = read_wanted(text)
    assert wanted is not None
    assert wanted.phones == phones


@pytest.mark.parametrize(("word", "other"), FORMS)
def test_a_word_is_looked_for_in_all_its_forms(word: str, other: str) -> None:
    wanted = read_wanted(word)
    assert wanted is not None
    assert other in wanted.groups[0]


def test_names_are_patterns_that_mean_nothing_else() -> None:
    wanted = read_wanted("100% Анна_")
    assert wanted is not None
    assert wanted.names == ("%100%", "%анна%")


def test_nothing_to_look_for() -> None:
    assert read_wanted(" \x00 !?… ") is None


@given(st.text(max_size=300))
def test_any_text_can_be_looked_for(text: str) -> None:
    wanted = read_wanted(text)
    assert wanted is None or (wanted.groups and len(wanted.groups) <= 8)


def test_an_excerpt_marks_the_words_and_escapes_the_rest() -> None:
    wanted = read_wanted("крыло")
    assert wanted is not None
    assert mark_words("<b>Два крыла</b> & дверь", wanted) == "&lt;b&gt;Два <mark>крыла</mark>&lt;/b&gt; &amp; дверь"
    long = mark_words("слово " * 100 + "крыльев " + "слово " * 100, wanted)
    assert long.startswith("…")
    assert long.endswith("…")
    assert "<mark>крыльев</mark>" in long
