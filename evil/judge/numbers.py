"""How the judge reads sums and hours: simple, strict, and written without a look at how the product does it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

CARDINALS = {
    "ноль": 0, "один": 1, "одна": 1, "одну": 1, "два": 2, "две": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6, "семь": 7, "восемь": 8,
    "девять": 9, "десять": 10, "одиннадцать": 11, "двенадцать": 12, "тринадцать": 13, "четырнадцать": 14, "пятнадцать": 15,
    "шестнадцать": 16, "семнадцать": 17, "восемнадцать": 18, "девятнадцать": 19, "двадцать": 20, "тридцать": 30, "сорок": 40,
    "пятьдесят": 50, "шестьдесят": 60, "семьдесят": 70, "восемьдесят": 80, "девяносто": 90, "сто": 100, "двести": 200, "триста": 300,
    "четыреста": 400, "пятьсот": 500, "шестьсот": 600, "семьсот": 700, "восемьсот": 800, "девятьсот": 900,
    "полтинник": 50, "сотка": 100, "сотку": 100, "пятихатка": 500, "пятихатку": 500, "косарь": 1000,
}  # fmt: skip
SCALES = (
    (re.compile(r"тыс\w*|тыщ\w*|косар\w*|кусков|куска|штук\w?|т\.? ?р\.?(?!\w)|[кk](?!\w)|thousand"), 1000),
    (re.compile(r"млн|миллион\w*|лям\w*"), 1_000_000),
)
MONEY = re.compile(r"\s*(?:₽|р(?:уб\w*|\.)?(?!\w)|rub|деревянн\w+|\$|€)", re.IGNORECASE)
PERCENT = re.compile(r"\s*(?:%|процент\w*)")
DIGITS = re.compile(r"\d{1,3}(?:[ .,'_]\d{3})+(?!\d)|\d+(?:[.,]\d+)?")
CLOCK = re.compile(r"(?<![\d:.])([01]?\d|2[0-3])[:.\-]([0-5]\d)(?![\d:%])(?!\.\d)")
SPAN = re.compile(r"[–—-]")
DATE = re.compile(r"(?<!\d)(0?[1-9]|[12]\d|3[01])\.(0[1-9]|1[0-2])(?:\.(?:20)?\d\d)?(?!\d)")
PHONE = re.compile(r"(?<!\d)\+?\d(?:[ ()-]*\d){9,10}(?!\d)")
WORD = re.compile(r"[а-яё]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Number:
    """``unit``: money, percent or nothing."""

    value: float
    start: int
    end: int
    unit: str


def plain(text: str) -> str:
    """Digits of every script as 0 to 9, one kind of space, nothing invisible, lower case."""
    shown = "".join(
        char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) not in {"Cf", "Mn", "Me"} and char not in "*`"
    )
    digits = "".join(
        str(int(unicodedata.numeric(char))) if unicodedata.category(char) in {"Nd", "No"} and _is_digit(char) else char for char in shown
    )
    return re.sub(r"[^\S\n]", " ", digits).lower()


def phones_in(text: str) -> list[str]:
    """The last ten digits of each: how one is called, in whatever way it is written."""
    return [re.sub(r"\D", "", match.group())[-10:] for match in PHONE.finditer(text)]


def without_phones(text: str) -> str:
    return PHONE.sub(lambda match: "☎" * len(match.group()), text)


def _is_digit(char: str) -> bool:
    return unicodedata.numeric(char, -1) in range(10)


def numbers_in(text: str) -> list[Number]:
    """``text`` is plain. Dates and hours are no numbers here."""
    hidden = [match.span() for pattern in (DATE, CLOCK) for match in pattern.finditer(text) if not MONEY.match(text, match.end())]
    found: list[Number] = []
    for match in DIGITS.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in hidden):
            continue
        found.append(_scaled(text, _value(match.group()), match.start(), match.end()))
    return sorted(found + _worded(text), key=lambda number: number.start)


def _value(written: str) -> float:
    grouped = re.fullmatch(r"\d{1,3}(?:[ .,'_]\d{3})+", written)
    return float(re.sub(r"[ .,'_]", "", written)) if grouped else float(written.replace(",", "."))


def _scaled(text: str, value: float, start: int, end: int) -> Number:
    for pattern, scale in SCALES:
        match = re.compile(rf" ?(?:{pattern.pattern})").match(text, end)
        if match:
            value, end = value * scale, match.end()
            return Number(round(value, 2), start, end, "money")
    for pattern, unit in ((MONEY, "money"), (PERCENT, "percent")):
        match = pattern.match(text, end)
        if match:
            return Number(value, start, match.end(), unit)
    return Number(value, start, end, "")


def _worded(text: str) -> list[Number]:
    found: list[Number] = []
    words = list(WORD.finditer(text))
    at = 0
    while at < len(words):
        total, part, first, last = 0, 0, words[at], None
        while at < len(words) and (last is None or text[last.end() : words[at].start()].strip() == ""):
            word = words[at].group().replace("ё", "е")
            if word in CARDINALS:
                part += CARDINALS[word]
            elif word.startswith(("тысяч", "тыщ")) and (part or last is None):
                total, part = total + (part or 1) * 1000, 0
            else:
                break
            last, at = words[at], at + 1
        if last is None:
            at += 1
        else:
            found.append(_scaled(text, float(total + part), first.start(), last.end()))
    return found


def clocks_in(text: str) -> list[tuple[str, int]]:
    """Each hour as HH:MM and where it stands; a sum with kopecks and a date are none."""
    dates = [match.span() for match in DATE.finditer(text)]
    return [
        (f"{int(match.group(1)):02d}:{match.group(2)}", match.start())
        for match in CLOCK.finditer(text)
        if not any(start <= match.start() < end for start, end in dates) and not MONEY.match(text, match.end())
    ]
