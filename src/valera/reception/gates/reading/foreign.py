"""Numerals of the languages that clients of Russian shops write beside Russian: English, Kazakh, Uzbek in both scripts."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib import resources

LEAST = 10
"""Smaller ones are words like «one of»."""

WORD = re.compile(r"[^\W\d_]+(?:['\u2019\u02bb\u02bc`][^\W\d_]+)*|\d+(?:[.,]\d+)?|[^\s]")
HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Numerals:
    """``words``: value by form; ``own``: forms that are no word of Russian, one of which a number must have; ``skipped``: «and»."""

    words: dict[str, int]
    own: frozenset[str]
    skipped: frozenset[str]
    hint: re.Pattern[str]  # one of its own words, or a thousand behind a number


def numerals_as_digits(text: str) -> str:
    """«twenty-two thousand rubles» → «22000 rubles»; everything else stays as it is."""
    for language in _languages():
        if language.hint.search(text):
            text = _replaced(text, language)
    return text


CLOCK = re.compile(
    r"\b(?:(?P<part>half|quarter) (?P<side>past|to) )?(?P<hour>one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|1?\d)"
    r"(?:\s*(?P<half>a\.?m\.?|p\.?m\.?)\b|\s+o'?clock)?",
    re.IGNORECASE,
)
NOON = re.compile(r"\b(?:at\s+)?(?P<word>noon|midnight)\b", re.IGNORECASE)
FIRST_MORNING_HOUR, NOON_HOUR = 8, 12


def clocks_as_digits(text: str) -> str:
    """«half past five», «5 pm», «noon» → «17:30», «17:00», «12:00»; without am or pm as in a shop."""
    text = NOON.sub(lambda match: "12:00" if match["word"].lower() == "noon" else "00:00", text)
    return CLOCK.sub(_clock, text)


def _clock(match: re.Match[str]) -> str:
    if not match["part"] and not match["half"] and "clock" not in match.group().lower():
        return match.group()
    said = match["hour"].lower()
    hour = int(said) if said.isdecimal() else _languages()[0].words[said]
    half = (match["half"] or "").lower()
    hour = hour % NOON_HOUR + NOON_HOUR * (half.startswith("p") if half else hour < FIRST_MORNING_HOUR or hour == NOON_HOUR)
    minutes = {"half": 30, "quarter": 15}.get((match["part"] or "").lower(), 0)
    minutes = hour * 60 + (-minutes if match["side"] == "to" else minutes)
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _fold(word: str) -> str:
    return re.sub("[\u2019\u02bb\u02bc`]", "'", word.lower())


def _replaced(text: str, language: Numerals) -> str:
    pieces = list(WORD.finditer(text))
    written: list[str] = []
    at, done = 0, 0
    while at < len(pieces):
        value, after = _read(pieces, at, language)
        if after > at and value >= LEAST:
            written += [text[done : pieces[at].start()], str(value)]
            done = pieces[after - 1].end()
        at = max(after, at + 1)
    return "".join([*written, text[done:]])


def _read(pieces: list[re.Match[str]], at: int, language: Numerals) -> tuple[int, int]:
    """The value of the run of numerals that begins here, and the index behind it; a run without a word of its own is none."""
    total, part, is_own, end = 0.0, 0.0, False, at
    here = at
    while here < len(pieces):
        word = _fold(pieces[here].group())
        if word in language.words:
            value = language.words[word]
            is_own |= word in language.own or (value >= HUNDRED * 10 and here > at)
            if value >= HUNDRED * 10:
                total, part = total + max(part, 1) * value, 0.0
            else:
                part = max(part, 1) * value if value == HUNDRED else part + value
            end = here + 1
        elif here == at and word[0].isdigit():
            part = float(word.replace(",", "."))
            end = here + 1
        elif not (end > at and (word in language.skipped or word == "-")):
            break
        here += 1
    return (round(total + part), end) if is_own else (0, at)


@functools.cache
def _languages() -> tuple[Numerals, ...]:
    tables = tomllib.loads(resources.files("valera.reception.gates").joinpath("data/numerals.toml").read_text("utf-8"))
    return tuple(_numerals(table) for table in tables.values())


def _numerals(table: dict[str, dict[str, int] | str]) -> Numerals:
    listed = table["numbers"]
    assert isinstance(listed, dict)
    words = {form: value for forms, value in listed.items() for form in forms.split()}
    shared, skipped = str(table["shared"]).split(), str(table["skipped"]).split()
    own = frozenset(words) - frozenset(shared)
    hints = sorted({*own, *(word for word, value in words.items() if value >= HUNDRED * 10)}, key=len, reverse=True)
    apostrophes = "['\u2019\u02bb\u02bc`]"
    hint = re.compile(r"(?<!\w)(?:" + "|".join(re.escape(word).replace("'", apostrophes) for word in hints) + r")(?!\w)", re.IGNORECASE)
    return Numerals(words, own, frozenset(skipped), hint)
