"""One end of a sum: a quantity with its multiplier, its currency, and the question whether it is money at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from valera.russian.morphology import part_of_speech
from valera.russian.quantities import Quantity, Scanned, as_decimal, read_quantity
from valera.russian.tokens import Kind
from valera.russian.vocabulary import words_of


@dataclass(frozen=True, slots=True)
class Amount:
    """One end of a sum while it is read."""

    quantity: Quantity
    value: Decimal
    start: int
    end: int
    after: int
    multiplier: int = 1
    currency: str | None = None
    is_money: bool = False


def read_amount(scanned: Scanned, at: int) -> Amount | None:
    before = _CURRENCIES.get(scanned.word(at)) if scanned.word(at) in _CURRENCY_BEFORE else None
    if before:
        at += 1
    quantity = read_quantity(scanned, at)
    if quantity is None:
        return _bare_multiplier(scanned, at)
    amount = _multiplied(scanned, quantity)
    amount = _with_tail(scanned, amount)
    amount = _with_currency(scanned, replace(amount, currency=amount.currency or before))
    if before:
        amount = replace(amount, start=scanned.pieces[at - 1].start)
    return replace(amount, is_money=_is_money(scanned, amount, at))


def _bare_multiplier(scanned: Scanned, at: int) -> Amount | None:
    """«полтысячи», «полмиллиона», «косарь»."""
    value = _WHOLE_WORDS.get(scanned.word(at))
    if value is None:
        return None
    piece = scanned.pieces[at]
    quantity = Quantity(Decimal(value), piece.start, piece.end, at + 1)
    amount = _with_currency(scanned, Amount(quantity, quantity.value, piece.start, piece.end, at + 1, value))
    return replace(amount, is_money=not _is_measured(scanned, amount.after))


def _multiplied(scanned: Scanned, quantity: Quantity) -> Amount:
    amount = Amount(quantity, quantity.value, quantity.start, quantity.end, quantity.after)
    multiplier, currency, after = _read_multiplier(scanned, quantity.after)
    if multiplier > 1:
        quantity = as_decimal(scanned, quantity)
        end = scanned.pieces[after - 1].end
        return replace(
            amount, quantity=quantity, value=quantity.value * multiplier, end=end, after=after, multiplier=multiplier, currency=currency
        )
    if not quantity.is_digits and quantity.value >= 1000:
        whole_thousands = quantity.value % 1000 == 0
        return replace(amount, multiplier=1_000_000 if quantity.value % 1_000_000 == 0 else 1000 if whole_thousands else 2)
    return amount


def _read_multiplier(scanned: Scanned, at: int) -> tuple[int, str | None, int]:
    """The multiplier behind a number, the currency it implies («т.р.»), the index behind it; 1 when there is none."""
    word = scanned.word(at)
    if word in {"к", "k"}:
        is_thousand = scanned.is_joined(at) or scanned.word(at + 1) in _CURRENCIES
        return (1000, None, at + 1) if is_thousand else (1, None, at)
    if word in {"тр", "тыр"}:
        return 1000, "RUB", at + 1
    if word == "т":
        second = at + 1 + (scanned.word(at + 1) == ".")
        return (1000, "RUB", second + 1) if scanned.word(second) == "р" else (1, None, at)
    multiplier = _MULTIPLIERS.get(word, 1)
    after = at + 1
    if multiplier > 1 and scanned.word(after) == "." and (scanned.word(after + 1) in _CURRENCIES or _is_measured(scanned, after + 1)):
        after += 1
    return (multiplier, None, after) if multiplier > 1 else (1, None, at)


def _with_tail(scanned: Scanned, amount: Amount) -> Amount:
    """«22 тысячи 500» and «две тысячи 300 рублей»: what follows the thousands belongs to them."""
    if amount.multiplier != 1000 or amount.quantity.is_fraction:
        return amount
    tail = read_quantity(scanned, amount.after)
    if tail is None or tail.is_fraction or tail.leans or not 1 <= tail.value < 1000:
        return amount
    is_said = scanned.word(tail.after) in _CURRENCIES or (tail.value >= 100 and not _is_measured(scanned, tail.after))
    if not is_said or _read_multiplier(scanned, tail.after)[0] > 1:
        return amount
    return replace(amount, value=amount.value + tail.value, end=tail.end, after=tail.after)


def _with_currency(scanned: Scanned, amount: Amount) -> Amount:
    currency = _CURRENCIES.get(scanned.word(amount.after))
    if currency is None or (
        scanned.word(amount.after) == "р" and scanned.word(amount.after + 1) == "/" and scanned.word(amount.after + 2) == "с"
    ):
        return amount
    after = amount.after + 1
    amount = replace(amount, currency=currency, end=scanned.pieces[amount.after].end, after=after)
    kopecks_at = after + (scanned.word(after) == ".")
    kopecks = read_quantity(scanned, kopecks_at)
    if kopecks and kopecks.value < 100 and scanned.word(kopecks.after) in _KOPECKS:
        end = scanned.pieces[kopecks.after].end
        return replace(amount, value=amount.value + kopecks.value / 100, end=end, after=kopecks.after + 1)
    return amount


def _is_money(scanned: Scanned, amount: Amount, at: int) -> bool:
    quantity = amount.quantity
    if amount.currency:
        return not (quantity.leans and amount.multiplier == 1 and quantity.value < 1)
    if _is_measured(scanned, amount.after) or _is_named_as_number(scanned, at) or _is_part_of_a_code(scanned, amount, at):
        return False
    if amount.multiplier > 1:
        return not (scanned.word(at) in _LOOSE_THOUSANDS and amount.after == at + 1 and _is_noun(scanned, amount.after))
    return quantity.is_digits and not quantity.is_fraction and 1000 <= amount.value < 10_000_000 and not _is_year_or_model(amount)


def _is_measured(scanned: Scanned, at: int) -> bool:
    """A unit that is no money stands at this token: «км», «литров», «%», «лет», «элементов»."""
    piece = scanned.piece(at)
    if piece is None:
        return False
    if piece.kind is Kind.SIGN:
        return piece.text in {"%", ":"} and scanned.is_joined(at) and (piece.text == "%" or scanned.word(at + 1).isdigit())
    return piece.folded in _UNITS_SHORT or piece.lemma in _UNITS


def _is_named_as_number(scanned: Scanned, at: int) -> bool:
    """«№ 4512», «номер 4512», «пробег 150000», «на пробеге около 90 тысяч»."""
    last = at - 1
    while scanned.word(last) in {":", "№", "#", "-", "–", "—", "."} and last >= 0:
        if scanned.word(last) in {"№", "#"}:
            return True
        last -= 1
    piece = scanned.piece(last)
    if piece and piece.kind is Kind.WORD and (piece.folded in _NAMES_NUMBERS or piece.lemma in _NAMES_NUMBERS):
        return True
    before = scanned.pieces[max(0, at - 4) : at]
    return any(piece.kind is Kind.WORD and piece.lemma in {"пробег", "одометр", "проехать", "накатать"} for piece in before)


def _is_part_of_a_code(scanned: Scanned, amount: Amount, at: int) -> bool:
    """Letters or digits hang on it: «RAV4000», «5W40», a card number, a passport."""
    piece = scanned.pieces[at]
    before, behind = scanned.piece(at - 1), scanned.piece(amount.after)
    if before and before.end == piece.start and (before.kind is Kind.WORD or before.text in {"/", "_", "=", "&", "+"}):
        return True
    if behind and behind.start == amount.end and (behind.kind is not Kind.SIGN or behind.text in {"/", "_"}):
        return True
    if amount.multiplier > 1 or not amount.quantity.is_digits:
        return False
    neighbours = [other for other in (before, behind) if other and other.kind is Kind.NUMBER and len(other.text) > 2]
    if any(scanned.text[min(other.end, amount.end) : max(other.start, piece.start)].strip(" -\u00a0") == "" for other in neighbours):
        return True
    hangs = behind is not None and behind.text == "-" and behind.start == amount.end and scanned.is_joined(amount.after + 1)
    return hangs and scanned.pieces[amount.after + 1].kind is not Kind.NUMBER


def _is_year_or_model(amount: Amount) -> bool:
    """2015 is a year and 2114 a LADA; a price that looks like them is round: 2000, 2150."""
    if amount.quantity.is_grouped or amount.value % 50 == 0:
        return False
    return 1950 < amount.value < 2050 or 2100 < amount.value < 2200 or 1110 < amount.value < 1120


def _is_noun(scanned: Scanned, at: int) -> bool:
    piece = scanned.piece(at)
    return piece is not None and piece.kind is Kind.WORD and part_of_speech(piece.text) == "NOUN"


_CURRENCY_FORMS = {
    "RUB": "₽ р руб рубль рубля рублю рублем рубле рубли рублей рублям рублями рублях рублик рубликов рублика рэ "
    "рубасов rub rur rubles ruble roubles",
    "USD": "$ usd доллар доллара доллару долларом долларе доллары долларов долларам долларами бакс бакса баксов баксы dollar dollars",
    "EUR": "€ eur евро euro euros",
    "KZT": "₸ kzt тенге",
    "BYN": "byn",
}


_CURRENCIES = {form: code for code, forms in _CURRENCY_FORMS.items() for form in forms.split()}


_CURRENCY_BEFORE = words_of("amounts.currency_before")


_KOPECKS = frozenset(["коп", "копейка", "копейки", "копеек", "копейку", "копейками", "к"])


_THOUSAND_FORMS = "тысяча тысячи тысяч тысячу тысяче тысячей тысячью тысячам тысячами тысячах тыща тыщи тыщ тыщу тысячь тыс тыш"


_SLANG_THOUSAND = "косарь косаря косарей косари косарю косарем"


_MULTIPLIERS = {
    **dict.fromkeys(f"{_THOUSAND_FORMS} {_SLANG_THOUSAND} thousand".split(), 1000),
    **dict.fromkeys(
        ["миллион", "миллиона", "миллионов", "миллиону", "миллионом", "миллионы", "милион", "млн", "лям", "ляма", "лямов", "million"],
        1_000_000,
    ),
}


_WHOLE_WORDS = {"полтысячи": 500, "полтыщи": 500, "полмиллиона": 500_000, "полляма": 500_000, "косарь": 1000, "косаря": 1000}


_LOOSE_THOUSANDS = frozenset(_THOUSAND_FORMS.split()) | {"миллион", "миллионы", "миллионов"}


_UNITS_SHORT = words_of("amounts.units_short")


_UNITS = words_of("amounts.units")


_NAMES_NUMBERS = words_of("amounts.names_numbers")
