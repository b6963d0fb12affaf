"""Numbers written in words, both ways: «двадцать две тысячи пятьсот» and 22 500; cases and common misspellings are understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from valera.russian.tokens import Kind, Token, scan
from valera.russian.words import plural


@dataclass(frozen=True, slots=True)
class Number:
    """A number in words; `after` is the index of the first token behind it."""

    value: int
    start: int
    end: int
    after: int


def read_number(pieces: Sequence[Token], at: int) -> Number | None:
    """The longest number in words that begins at this token."""
    total, group, room, scale_room, after = 0, 0, 1000, 1_000_000_000, at
    while after < len(pieces):
        word = _WORDS.get(pieces[after].folded) if pieces[after].kind is Kind.WORD else None
        if word is None:
            break
        value, below = word
        if value >= 1000:
            if value >= scale_room or (after > at and not group):
                break
            total, group, room, scale_room = total + max(group, 1) * value, 0, 1000, value
        elif below < room and value < room and not (value == 0 and after > at):
            group, room = group + value, below
        else:
            break
        after += 1
        if value == 0:
            break
    if after == at:
        return None
    return Number(total + group, pieces[at].start, pieces[after - 1].end, after)


def parse_number(text: str) -> int | None:
    """The number, if the text is a number in words and nothing else."""
    pieces = scan(text)
    number = read_number(pieces, 0)
    return number.value if number and number.after == len(pieces) else None


def find_numbers(text: str) -> tuple[Number, ...]:
    pieces = scan(text)
    found: list[Number] = []
    at = 0
    while at < len(pieces):
        number = read_number(pieces, at)
        if number:
            found.append(number)
        at = number.after if number else at + 1
    return tuple(found)


def read_ordinal(pieces: Sequence[Token], at: int) -> Number | None:
    """«пятого», «двадцать восьмое», «одиннадцатом», 1..99."""
    tens = _WORDS.get(pieces[at].folded) if at < len(pieces) else None
    if tens and 20 <= tens[0] < 100 and at + 1 < len(pieces):
        unit = ordinal_value(pieces[at + 1].folded)
        if unit and unit < 10:
            return Number(tens[0] + unit, pieces[at].start, pieces[at + 1].end, at + 2)
    value = ordinal_value(pieces[at].folded) if at < len(pieces) else None
    return Number(value, pieces[at].start, pieces[at].end, at + 1) if value else None


def ordinal_value(word: str) -> int | None:
    """The number of an ordinal in any case: «пятого», «пятое», «пятом», «пятый»."""
    if word in _THIRD:
        return 3
    for ending in _ORDINAL_ENDINGS:
        if word.endswith(ending) and (value := _ORDINAL_STEMS.get(word.removesuffix(ending))):
            return value
    return None


def number_words(n: int) -> str:
    """In the nominative, 0 … 999 999 999: 22500 → «двадцать две тысячи пятьсот»."""
    if not 0 <= n < 1_000_000_000:
        message = f"only numbers from 0 to 999 999 999 are written in words, not {n}"
        raise ValueError(message)
    if n == 0:
        return "ноль"
    millions, rest = divmod(n, 1_000_000)
    thousands, units = divmod(rest, 1000)
    parts: list[str] = []
    if millions:
        parts += [*_below_thousand(millions, feminine=False), plural(millions, "миллион", "миллиона", "миллионов")]
    if thousands:
        parts += [*_below_thousand(thousands, feminine=True), plural(thousands, "тысяча", "тысячи", "тысяч")]
    return " ".join(parts + _below_thousand(units, feminine=False))


def _below_thousand(n: int, *, feminine: bool) -> list[str]:
    hundreds, rest = divmod(n, 100)
    words = [_NOMINATIVE[hundreds * 100]] if hundreds else []
    if rest >= 20:
        words.append(_NOMINATIVE[rest // 10 * 10])
        rest %= 10
    if rest:
        words.append({1: "одна", 2: "две"}.get(rest, _NOMINATIVE[rest]) if feminine else _NOMINATIVE[rest])
    return words


# Every form of every numeral, the nominative first, then cases and genders, then how people misspell it.
_FORMS: dict[int, str] = {
    0: "ноль нуль ноля нуля нолю",
    1: "один одна одно одного одной одному одну одним одном",
    2: "два две двух двум двумя",
    3: "три трех трем тремя",
    4: "четыре четырех четырем четырьмя четире",
    5: "пять пяти пятью",
    6: "шесть шести шестью",
    7: "семь семи семью",
    8: "восемь восьми восемью восьмью восем",
    9: "девять девяти девятью",
    10: "десять десяти десятью",
    11: "одиннадцать одиннадцати одиннадцатью одинадцать одинадцати одинацать",
    12: "двенадцать двенадцати двенадцатью двенацать двенадцат",
    13: "тринадцать тринадцати тринадцатью тринацать",
    14: "четырнадцать четырнадцати четырнадцатью четырнацать",
    15: "пятнадцать пятнадцати пятнадцатью пятнацать пятьнадцать",
    16: "шестнадцать шестнадцати шестнадцатью шестнацать шестьнадцать",
    17: "семнадцать семнадцати семнадцатью семнацать",
    18: "восемнадцать восемнадцати восемнадцатью восемнацать",
    19: "девятнадцать девятнадцати девятнадцатью девятнацать",
    20: "двадцать двадцати двадцатью двацать двадцат",
    30: "тридцать тридцати тридцатью трицать",
    40: "сорок сорока",
    50: "пятьдесят пятидесяти пятьюдесятью пятдесят писят",
    60: "шестьдесят шестидесяти шестьюдесятью шестдесят шесят",
    70: "семьдесят семидесяти семьюдесятью семдесят",
    80: "восемьдесят восьмидесяти восемьюдесятью восемдесят",
    90: "девяносто девяноста",
    100: "сто ста",
    200: "двести двухсот двумстам двумястами двухстах",
    300: "триста трехсот тремстам тремястами трехстах",
    400: "четыреста четырехсот четыремстам четырьмястами четырехстах",
    500: "пятьсот пятисот пятистам пятьюстами пятистах пятсот",
    600: "шестьсот шестисот шестистам шестьюстами шестистах шестсот",
    700: "семьсот семисот семистам семьюстами семистах семсот",
    800: "восемьсот восьмисот восьмистам восемьюстами восьмистах восемсот",
    900: "девятьсот девятисот девятистам девятьюстами девятистах девятсот",
    1000: "тысяча тысячи тысяч тысячу тысяче тысячей тысячью тысячам тысячами тысячах тыща тыщи тыщ тыщу тыщей тысячь тыс тыш",
    1_000_000: "миллион миллиона миллионов миллиону миллионом миллионе миллионы миллионам милион милиона млн лям ляма лямов",
}
_NOMINATIVE = {value: forms.split()[0] for value, forms in _FORMS.items()}


def _room_below(value: int) -> int:
    """What may follow inside the same group of three: less than this."""
    if value >= 100:
        return 100
    return 10 if value >= 20 else 1


_WORDS = {form: (value, _room_below(value)) for value, forms in _FORMS.items() for form in forms.split()}

_THIRD = frozenset(["третий", "третья", "третье", "третьего", "третьему", "третьим", "третьем", "третьей", "третью"])
_ORDINAL_ENDINGS = ("ого", "ому", "ое", "ом", "ый", "ой", "ая", "ую", "ым")
_ORDINAL_STEMS = {
    **dict(zip(["перв", "втор", "-", "четверт", "пят", "шест", "седьм", "восьм", "девят", "десят"], range(1, 11), strict=True)),
    **{_NOMINATIVE[n].removesuffix("ь"): n for n in (*range(11, 20), 20, 30)},
    "одинадцат": 11,
    "двенацат": 12,
    "двацат": 20,
    "тридцат": 30,
    "трицат": 30,
    "сороков": 40,
    "пятидесят": 50,
}
