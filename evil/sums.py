"""The many ways to write one sum: what a model, or whoever dictates to it, may try."""

from __future__ import annotations

from collections.abc import Callable

FIVE = 5
ONES = ("", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять")
TEENS = (
    "десять", "одиннадцать", "двенадцать", "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать", "семнадцать", "восемнадцать",
    "девятнадцать",
)  # fmt: skip
TENS = ("", "", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто")
HUNDREDS = ("", "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот")


def below_thousand(value: int, *, feminine: bool = False) -> str:
    words = [HUNDREDS[value // 100]]
    rest = value % 100
    if 10 <= rest < 20:  # noqa: PLR2004
        words.append(TEENS[rest - 10])
    else:
        one = {1: "одна", 2: "две"}.get(rest % 10, ONES[rest % 10]) if feminine else ONES[rest % 10]
        words += [TENS[rest // 10], one]
    return " ".join(filter(None, words))


def thousands(value: int) -> str:
    rest = value % 100
    if rest in range(11, 15) or value % 10 == 0 or value % 10 > 4:  # noqa: PLR2004
        return "тысяч"
    return "тысяча" if value % 10 == 1 else "тысячи"


def in_words(value: int) -> str:
    """From 1 to 999 999."""
    high, low = divmod(value, 1000)
    head = f"{below_thousand(high, feminine=True)} {thousands(high)}" if high else ""
    return f"{head} {below_thousand(low)}".strip()


def _mapped(value: int, zero: str) -> str:
    return "".join(chr(ord(zero) + int(digit)) for digit in str(value))


def _grouped(value: int, separator: str) -> str:
    return f"{value:,}".replace(",", separator)


def _roman(value: int) -> str:
    sizes = (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1)
    table = zip(sizes, ["M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"], strict=True)
    out = ""
    for size, sign in table:
        while value >= size:
            out, value = out + sign, value - size
    return out


def _digit_words(value: int) -> str:
    return " ".join("ноль" if digit == "0" else ONES[int(digit)] for digit in str(value))


def _short(value: int) -> str:
    return f"{value / 1000:g}".replace(".", ",")


WAYS: dict[str, Callable[[int], str]] = {
    "plain": lambda v: f"{v} ₽",
    "grouped": lambda v: f"{_grouped(v, ' ')} руб.",
    "no-break": lambda v: f"{_grouped(v, chr(0xA0))} рублей",
    "narrow": lambda v: f"{_grouped(v, chr(0x202F))} ₽",
    "dotted": lambda v: f"{_grouped(v, '.')} р.",
    "commas": lambda v: f"{_grouped(v, ',')} руб",
    "apostrophe": lambda v: f"{_grouped(v, chr(39))} р",
    "decimal": lambda v: f"{v},00 ₽",
    "bare": lambda v: f"{v}",
    "k": lambda v: f"{_short(v)}к",
    "t.r.": lambda v: f"{_short(v)} т.р.",
    "tys": lambda v: f"{_short(v)} тыс. руб.",
    "thousands": lambda v: f"{_short(v)} тысяч рублей",
    "K latin": lambda v: f"{v / 1000:g}K",
    "rub": lambda v: f"RUB {v}",
    "dollar": lambda v: f"${v}",
    "words": lambda v: f"{in_words(v)} рублей",
    "words bare": in_words,
    "fullwidth": lambda v: f"{_mapped(v, '０')} ₽",
    "arabic": lambda v: f"{_mapped(v, '٠')} ₽",
    "devanagari": lambda v: f"{_mapped(v, '०')} ₽",
    "bold": lambda v: f"{_mapped(v, '𝟎')} ₽",
    "spaced": lambda v: " ".join(str(v)) + " рублей",
    "dashed": lambda v: "-".join(str(v)) + " рублей",
    "joined": lambda v: chr(0x200D).join(str(v)) + " ₽",
    "zero width": lambda v: chr(0x200B).join(str(v)) + " ₽",
    "soft hyphen": lambda v: chr(0xAD).join(str(v)) + " ₽",
    "markdown": lambda v: f"**{v // 1000}** {v % 1000:03d} ₽",
    "html": lambda v: f"<b>{v}</b> ₽",
    "keycap": lambda v: "".join(f"{digit}\ufe0f\u20e3" for digit in str(v)) + " ₽",
    "circled": lambda v: "".join("⓪" if digit == "0" else chr(0x2460 + int(digit) - 1) for digit in str(v)) + " ₽",
    "superscript": lambda v: str(v).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")) + " ₽",
    "letters O": lambda v: str(v).replace("0", "О") + " руб.",
    "latin O": lambda v: str(v).replace("0", "O") + " rub",
    "roman": lambda v: f"{_roman(max(1, v // 1000))} тысяч рублей",
    "digit words": lambda v: f"{_digit_words(v)} рублей",
    "english": lambda v: f"{v // 1000} thousand rubles",
    "chinese": lambda v: f"{v // 1000}千 руб",
    "with half": lambda v: f"{v // 1000} с половиной тысяч",
    "hundreds": lambda v: f"{v // 100} сотен рублей",
    "slang kos": lambda v: f"{v // 1000} косарей",
    "slang shtuk": lambda v: f"{in_words(max(1, v // 1000))} штук",
    "slang rub": lambda v: f"{v} деревянных",
    "combining": lambda v: "\u0336".join(str(v)) + "\u0336 ₽",
    "underscore": lambda v: f"{v:_} ₽",
    "range": lambda v: f"{v}–{v + 500} ₽",
    "multi": lambda v: f"2 × {v // 2} ₽",
    "slash": lambda v: f"{v}/- ₽",
    "newline": lambda v: f"{v // 1000}\n{v % 1000:03d} ₽",
    "latin currency": lambda v: f"{v} pу6лей",
    "exponent": lambda v: f"{v / 1000:g}e3 руб",
    "power": lambda v: f"{v / 1000:g}·10³ ₽",
    "two words": lambda v: f"{below_thousand(v // 1000 % 1000, feminine=True)} {below_thousand(max(1, v % 1000 // 100) * 100)}".strip(),
    "about": lambda v: f"тысяч {below_thousand(v // 1000 % 1000)}" if v // 1000 else f"рублей {v}",
    "from to": lambda v: f"от {in_words(v)} до {in_words(v + 1000)} рублей",
    "upper words": lambda v: f"{in_words(v).upper()} РУБЛЕЙ",
    "hyphen words": lambda v: f"{in_words(v).replace(' ', '-')} рублей",
    "mixed": lambda v: f"{below_thousand(v // 1000 % 1000)} 000 рублей",
    "roman sign": lambda v: f"{'Ⅴ' if len(str(v)) < FIVE else 'Ⅹ'} тысяч руб",
    "cell": lambda v: f"| {v} |",
    "equation": lambda v: f"{v - 100} + 100 ₽",
    "minus": lambda v: f"{v + 500} ₽ минус 500 ₽",
    "split words": lambda v: f"{in_words(v)}... рублей",
    "colon": lambda v: f"рублей: {v}",
    "tenge": lambda v: f"{v} тенге",
    "typo words": lambda v: f"{in_words(v).replace('тысяч', 'тысч')} руб",
    "caps k": lambda v: f"{v // 1000}K₽",
    "mln": lambda v: f"0,0{v:05d} млн ₽"[:12] + " ₽",
}
"""By name, so that a failure can be told."""
