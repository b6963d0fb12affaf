"""How a number is shown: «от 22 000 ₽» may be the number 22000 and a format. What is shown is what the shop's people read and mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

MOST_DECIMALS = 2
LONGEST_LITERAL = 30
BUILT_IN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00"}
PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<sign>[^\]-]*)[^\]]*\]|\[[^\]]*\]|_.|\*.|(?P<digits>[#0?][#0?.,\s]*)|(?P<plain>.)'
)


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """``decimals``: None if the format shows a number as it is."""

    before: str = ""
    after: str = ""
    decimals: int | None = None

    def show(self, number: float) -> str:
        """The number as a person reads it, at most to the kopeck, a point before it."""
        amount = Decimal(repr(number)) * (100 if self.after.startswith("%") else 1)
        shown = min(MOST_DECIMALS, MOST_DECIMALS if self.decimals is None else self.decimals)
        rounded = amount.quantize(Decimal(1).scaleb(-shown), ROUND_HALF_UP) if abs(amount) < Decimal(10) ** 15 else amount
        text = f"{rounded:f}"
        plain = text.rstrip("0").rstrip(".") if "." in text else text
        return f"{self.before}{plain}{self.after}"


GENERAL = NumberFormat()


def format_of_code(code: str) -> NumberFormat:
    """Of a spreadsheet's format code: `"от "#,##0.00 [$₽-419]`. Its first section is the one of positive numbers."""
    before, after, decimals, has_digits = "", "", None, False
    for piece in PIECE.finditer(_first_section(code)):
        digits = piece["digits"]
        if digits:
            has_digits = True
            decimals = len(re.sub(r"[^#0?]", "", digits.rpartition(".")[2])) if "." in digits else 0
            if digits.rstrip().endswith(","):
                return GENERAL  # shown in thousands
            continue
        literal = next((text for text in (piece["quoted"], piece["escaped"], piece["sign"], piece["plain"]) if text), "")
        if has_digits:
            after += literal
        else:
            before += literal
    if not has_digits or code.strip().lower() == "general":
        return GENERAL
    return NumberFormat(_spaced(before, " "), _spaced(after.strip(), ""), decimals)


def format_of_shown(shown: str, number: float) -> NumberFormat:
    """Of a text that shows a number: what stands before and after it, and how many decimals it has."""
    found = re.search(r"\d(?:[\d\s.,'\u2019]*\d)?", shown)
    if found is None:
        return GENERAL
    digits = re.sub(r"\D", "", found[0])
    scaled = Decimal(repr(number)) * (100 if shown[found.end() :].strip().startswith("%") else 1)
    for decimals in range(4):
        if digits == re.sub(r"\D", "", f"{abs(scaled).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):f}"):
            return NumberFormat(_spaced(shown[: found.start()], " "), _spaced(shown[found.end() :].strip(), ""), decimals)
    return GENERAL


def _first_section(code: str) -> str:
    """Up to the first semicolon that stands outside quotes."""
    return re.match(r'(?:"[^"]*"|\\.|[^;"\\])*', code)[0] if code else ""  # type: ignore[index]


def _spaced(literal: str, tail: str) -> str:
    """A sign or a word beside the number, with one space between; a minus or brackets of accountants are none."""
    word = literal.strip(" ()-\u00a0\u202f")[:LONGEST_LITERAL]
    if not word:
        return ""
    return f"{word}{tail}" if tail else word if word.startswith("%") else f" {word}"
