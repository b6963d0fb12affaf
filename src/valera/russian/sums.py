"""Money and percentages in a text, in digits or words, and how Valera writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from valera.russian.morphology import part_of_speech
from valera.russian.phones import find_phones
from valera.russian.plates import find_plates, find_vins
from valera.russian.quantities import Quantity, Scanned, as_decimal, read_quantity
from valera.russian.tokens import Kind

NBSP = "\u00a0"
SYMBOLS = {"RUB": "₽", "USD": "$", "EUR": "€", "KZT": "₸", "BYN": "Br"}


@dataclass(frozen=True, slots=True)
class Sum:
    """Money at text[start:end]. «от 5 000» is `is_from`; «3 000–5 000» has `upto`; `currency` is None when nobody named one."""

    amount: Decimal
    upto: Decimal | None
    is_from: bool
    currency: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Percent:
    value: Decimal
    upto: Decimal | None
    start: int
    end: int


def find_sums(text: str) -> tuple[Sum, ...]:
    """Everything that reads as money. Kilometres, litres, years, phones, dates, plates and numbers of orders do not."""
    scanned = Scanned.of(text, _spans_of_other_things(text))
    found: list[Sum] = []
    at = 0
    while at < len(scanned.pieces):
        money = _read_sum(scanned, at)
        if money is None:
            at += 1
            continue
        if money.is_money:
            found.append(money.as_sum())
        at = max(money.after, at + 1)
    return tuple(found)


def find_percents(text: str) -> tuple[Percent, ...]:
    """«10 %», «5–10%», «от пяти до десяти процентов»."""
    scanned = Scanned.of(text)
    found: list[Percent] = []
    at = 0
    while at < len(scanned.pieces):
        percent, at = _read_percent(scanned, at)
        if percent:
            found.append(percent)
    return tuple(found)


def format_sum(amount: Decimal, upto: Decimal | None = None, is_from: bool = False, currency: str = "RUB") -> str:  # noqa: FBT001, FBT002
    """«от 18 000 ₽», «3 000–5 000 ₽»; the spaces do not break."""
    written = f"{_format_amount(amount)}–{_format_amount(upto)}" if upto is not None else _format_amount(amount)
    prefix = f"от{NBSP}" if is_from else ""
    return f"{prefix}{written}{NBSP}{SYMBOLS.get(currency, currency)}"


def _format_amount(amount: Decimal) -> str:
    whole = amount == amount.to_integral_value()
    return (f"{amount:,.0f}" if whole else f"{amount:,.2f}").replace(",", NBSP).replace(".", ",")


@dataclass(frozen=True, slots=True)
class _Amount:
    """One end of a sum while it is read."""

    quantity: Quantity
    value: Decimal
    start: int
    end: int
    after: int
    multiplier: int = 1
    currency: str | None = None
    is_money: bool = False


@dataclass(frozen=True, slots=True)
class _Money:
    low: _Amount
    high: _Amount | None
    is_from: bool
    start: int

    @property
    def is_money(self) -> bool:
        return self.last.is_money or self.low.is_money

    @property
    def last(self) -> _Amount:
        return self.high or self.low

    @property
    def after(self) -> int:
        return self.last.after

    def as_sum(self) -> Sum:
        upto = self.high.value if self.high else None
        return Sum(self.low.value, upto, self.is_from and not self.high, self.last.currency or self.low.currency, self.start, self.last.end)


def _read_sum(scanned: Scanned, at: int) -> _Money | None:
    is_from = scanned.word(at) == "от"
    low = _read_amount(scanned, at + is_from)
    if low is None:
        return None
    high = _read_upper(scanned, low, is_from=is_from)
    if high:
        low = _like_its_upper(low, high)
    return _Money(low, high, is_from, scanned.pieces[at].start)


def _read_upper(scanned: Scanned, low: _Amount, *, is_from: bool) -> _Amount | None:
    """The other end of «3-5 тысяч», «от 5000 до 7000 руб», «3 000 … 5 000»."""
    at = low.after
    link = scanned.word(at)
    if link == "до" or link in _DASHES or link == "…":
        at += 1
        if link in _DASHES and scanned.word(at) == "х":
            at += 1
    elif link == "." and scanned.word(at + 1) == ".":
        while scanned.word(at) == ".":
            at += 1
    else:
        return None
    high = _read_amount(scanned, at)
    if high is None or (link == "до" and not is_from and not (high.is_money or low.is_money)):
        return None
    return high if _like_its_upper(low, high).value < high.value and (high.is_money or low.is_money) else None


def _like_its_upper(low: _Amount, high: _Amount) -> _Amount:
    """«3-5 тысяч»: the lower end takes the multiplier that was said once."""
    if low.multiplier == 1 and high.multiplier > 1 and low.value < 1000 and low.quantity.value < high.quantity.value:  # noqa: PLR2004
        return replace(low, value=low.value * high.multiplier)
    return low


def _read_amount(scanned: Scanned, at: int) -> _Amount | None:
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


def _bare_multiplier(scanned: Scanned, at: int) -> _Amount | None:
    """«полтысячи», «полмиллиона», «косарь»."""
    value = _WHOLE_WORDS.get(scanned.word(at))
    if value is None:
        return None
    piece = scanned.pieces[at]
    quantity = Quantity(Decimal(value), piece.start, piece.end, at + 1)
    amount = _with_currency(scanned, _Amount(quantity, quantity.value, piece.start, piece.end, at + 1, value))
    return replace(amount, is_money=not _is_measured(scanned, amount.after))


def _multiplied(scanned: Scanned, quantity: Quantity) -> _Amount:
    amount = _Amount(quantity, quantity.value, quantity.start, quantity.end, quantity.after)
    multiplier, currency, after = _read_multiplier(scanned, quantity.after)
    if multiplier > 1:
        quantity = as_decimal(scanned, quantity)
        end = scanned.pieces[after - 1].end
        return replace(
            amount, quantity=quantity, value=quantity.value * multiplier, end=end, after=after, multiplier=multiplier, currency=currency
        )
    if not quantity.is_digits and quantity.value >= 1000:  # noqa: PLR2004 - the words themselves say «тысяч»
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


def _with_tail(scanned: Scanned, amount: _Amount) -> _Amount:
    """«22 тысячи 500» and «две тысячи 300 рублей»: what follows the thousands belongs to them."""
    if amount.multiplier != 1000 or amount.quantity.is_fraction:  # noqa: PLR2004
        return amount
    tail = read_quantity(scanned, amount.after)
    if tail is None or tail.is_fraction or tail.leans or not 1 <= tail.value < 1000:  # noqa: PLR2004
        return amount
    is_said = scanned.word(tail.after) in _CURRENCIES or (tail.value >= 100 and not _is_measured(scanned, tail.after))  # noqa: PLR2004
    if not is_said or _read_multiplier(scanned, tail.after)[0] > 1:
        return amount
    return replace(amount, value=amount.value + tail.value, end=tail.end, after=tail.after)


def _with_currency(scanned: Scanned, amount: _Amount) -> _Amount:
    currency = _CURRENCIES.get(scanned.word(amount.after))
    if currency is None or (scanned.word(amount.after) == "р" and scanned.word(amount.after + 1) in {"/", "-"}):
        return amount
    after = amount.after + 1
    amount = replace(amount, currency=currency, end=scanned.pieces[amount.after].end, after=after)
    kopecks_at = after + (scanned.word(after) == ".")
    kopecks = read_quantity(scanned, kopecks_at)
    if kopecks and kopecks.value < 100 and scanned.word(kopecks.after) in _KOPECKS:  # noqa: PLR2004
        end = scanned.pieces[kopecks.after].end
        return replace(amount, value=amount.value + kopecks.value / 100, end=end, after=kopecks.after + 1)
    return amount


def _is_money(scanned: Scanned, amount: _Amount, at: int) -> bool:
    quantity = amount.quantity
    if amount.currency:
        return not (quantity.leans and amount.multiplier == 1 and quantity.value < 1)
    if _is_measured(scanned, amount.after) or _is_named_as_number(scanned, at) or _is_part_of_a_code(scanned, amount, at):
        return False
    if amount.multiplier > 1:
        return not (scanned.word(at) in _LOOSE_THOUSANDS and amount.after == at + 1 and _is_noun(scanned, amount.after))
    return quantity.is_digits and not quantity.is_fraction and 1000 <= amount.value < 10_000_000 and not _is_year_or_model(amount)  # noqa: PLR2004


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


def _is_part_of_a_code(scanned: Scanned, amount: _Amount, at: int) -> bool:
    """Letters or digits hang on it: «RAV4000», «5W40», a card number, a passport."""
    piece = scanned.pieces[at]
    before, behind = scanned.piece(at - 1), scanned.piece(amount.after)
    if before and before.end == piece.start and (before.kind is Kind.WORD or before.text in {"/", "_", "=", "&", "+"}):
        return True
    if behind and behind.start == amount.end and (behind.kind is not Kind.SIGN or behind.text in {"/", "_"}):
        return True
    if amount.multiplier > 1 or not amount.quantity.is_digits:
        return False
    neighbours = [other for other in (before, behind) if other and other.kind is Kind.NUMBER and len(other.text) > 2]  # noqa: PLR2004
    if any(scanned.text[min(other.end, amount.end) : max(other.start, piece.start)].strip(" -\u00a0") == "" for other in neighbours):
        return True
    hangs = behind is not None and behind.text == "-" and behind.start == amount.end and scanned.is_joined(amount.after + 1)
    return hangs and scanned.pieces[amount.after + 1].kind is not Kind.NUMBER


def _is_year_or_model(amount: _Amount) -> bool:
    """2015 is a year and 2114 a LADA; a price that looks like them is round: 2000, 2150."""
    if amount.quantity.is_grouped or amount.value % 50 == 0:
        return False
    return 1950 < amount.value < 2050 or 2100 < amount.value < 2200 or 1110 < amount.value < 1120  # noqa: PLR2004


def _is_noun(scanned: Scanned, at: int) -> bool:
    piece = scanned.piece(at)
    return piece is not None and piece.kind is Kind.WORD and part_of_speech(piece.text) == "NOUN"


def _read_percent(scanned: Scanned, at: int) -> tuple[Percent | None, int]:
    low = read_quantity(scanned, at)
    if low is None:
        return None, at + 1
    high = read_quantity(scanned, low.after + 1) if scanned.word(low.after) in {*_DASHES, "до", "…"} else None
    after_low, after_high = low.after + _percent_length(scanned, low.after), high.after if high else low.after
    if high and (length := _percent_length(scanned, after_high)):
        return Percent(low.value, high.value, low.start, scanned.pieces[after_high + length - 1].end), after_high + length
    if after_low > low.after:
        return Percent(low.value, None, low.start, scanned.pieces[after_low - 1].end), after_low
    return None, max(low.after, at + 1)


def _percent_length(scanned: Scanned, at: int) -> int:
    piece = scanned.piece(at)
    if piece is None:
        return 0
    return 1 if piece.text == "%" or piece.folded in {"проц", "проц"} or (piece.kind is Kind.WORD and piece.lemma == "процент") else 0


def _spans_of_other_things(text: str) -> tuple[tuple[int, int], ...]:
    return tuple((span.start, span.end) for found in (find_phones(text), find_plates(text), find_vins(text)) for span in found) + tuple(
        _written_otherwise(text)
    )


def _written_otherwise(text: str) -> Iterator[tuple[int, int]]:
    yield from (match.span() for match in _DATE_OR_CLOCK.finditer(text))
    yield from (match.span() for match in _CHUNK.finditer(text) if "@" in match.group() or "://" in match.group() or "www." in match.group())


_DATE_OR_CLOCK = re.compile(
    r"(?<![\d.,])(?:\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})|\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{4}|\d{1,2}:\d{2}(?::\d{2})?)(?![\d])"
)
_CHUNK = re.compile(r"\S+")
_DASHES = frozenset("-–—−")
_CURRENCY_FORMS = {
    "RUB": "₽ р руб рубль рубля рублю рублем рубле рубли рублей рублям рублями рублях рублик рубликов рублика рэ рубасов rub rur rubles ruble roubles",
    "USD": "$ usd доллар доллара доллару долларом долларе доллары долларов долларам долларами бакс бакса баксов баксы dollar dollars",
    "EUR": "€ eur евро euro euros",
    "KZT": "₸ kzt тенге",
    "BYN": "byn",
}
_CURRENCIES = {form: code for code, forms in _CURRENCY_FORMS.items() for form in forms.split()}
_CURRENCY_BEFORE = frozenset("₽ $ € ₸ rub rur usd eur kzt byn".split())
_KOPECKS = frozenset("коп копейка копейки копеек копейку копейками к".split())
_THOUSAND_FORMS = "тысяча тысячи тысяч тысячу тысяче тысячей тысячью тысячам тысячами тысячах тыща тыщи тыщ тыщу тысячь тыс тыш"
_SLANG_THOUSAND = "косарь косаря косарей косари косарю косарем"
_MULTIPLIERS = {
    **dict.fromkeys(f"{_THOUSAND_FORMS} {_SLANG_THOUSAND} thousand".split(), 1000),
    **dict.fromkeys("миллион миллиона миллионов миллиону миллионом миллионы милион млн лям ляма лямов million".split(), 1_000_000),
}
_WHOLE_WORDS = {"полтысячи": 500, "полтыщи": 500, "полмиллиона": 500_000, "полляма": 500_000, "косарь": 1000, "косаря": 1000}
_LOOSE_THOUSANDS = frozenset(_THOUSAND_FORMS.split()) | {"миллион", "миллионы", "миллионов"}
_UNITS_SHORT = frozenset(
    "км км/ч л мл мм см м дм кг г гр т ч мин сек с г.в гв шт лс квт вт атм бар об мес нед дн кв кб куб v w kw km mm cm km h лошадей литр л.с min".split()
)
_UNITS = frozenset(
    "километр литр метр миллиметр сантиметр процент минута час секунда день сутки неделя месяц год лето штука элемент деталь раз человек килограмм "
    "грамм тонна оборот сила вольт ватт киловатт дюйм градус балл километраж пробег миля клиент машина автомобиль колесо точка слой звезда отзыв "
    "символ знак слово страница вмятина царапина скол куб кубик лист комплект место этаж ступень цилиндр клапан дверь класс поколение кузов модель "
    "болт гайка стакан уровень вариант просмотр подписчик лошадь мелочь извинение".split()
)
_NAMES_NUMBERS = frozenset(
    "номер n no заявка договор артикул арт код индекс дом корпус квартира кв офис инн кпп огрн бик id vin вин серия паспорт полис "
    "осаго каско гост iso модель маркировка заказ наряд заказ-наряд бронь счет билет рейс ваз lada лада газ уаз маз камаз зил год году года".split()
)


