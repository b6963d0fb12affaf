"""Segments that a class of a price list speaks of: «(малые и средние авто)», «джипы», «D-класс»."""

from __future__ import annotations

from dataclasses import dataclass

from valera.russian.tokens import Kind, Token, scan, tokens

_PASSENGER = frozenset({"small", "medium", "business", "executive", "sport"})
_BY_BEGINNING: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (beginning, frozenset(segments.split()))
    for beginnings, segments in (
        ("микроавтоб автобус фургон коммерч грузов грузопас газел бус van commercial truck", "van"),
        ("минивэн минивен компактвэн компактвен однообъем minivan", "minivan"),
        ("микролитр малолитр мал маленьк компакт городск субкомпакт миникар small compact city", "small"),
        ("средн гольф medium mid", "medium"),
        ("бизнес business", "business"),
        ("кроссов паркетн кросовер crossover", "crossover"),
        ("внедорож рамн suv offroad", "suv"),
        ("джип jeep", "suv crossover"),
        ("представ премиал премиум люкс executive premium luxury", "executive"),
        ("пикап pickup", "pickup"),
        ("спорт купе кабрио родстер sport coupe", "sport"),
        ("больш крупн крупногабарит large", "suv minivan van pickup executive"),
        ("микро мини", "small"),
    )
    for beginning in beginnings.split()
)
_PASSENGER_BEGINNINGS = ("легков", "седан", "хэтчб", "хетчб", "универсал", "passenger", "sedan")
_EURO_CLASSES = {
    "a": "small", "а": "small", "b": "small", "в": "small", "c": "medium", "с": "medium", "d": "business", "е": "business", "e": "business",
    "f": "executive", "s": "sport", "m": "minivan", "м": "minivan",
}  # fmt: skip
_EXCEPT = frozenset({"кроме", "исключая", "except"})
_CLASS_WORDS = ("класс", "сегмент", "class", "segment")
_BETWEEN_LETTERS = frozenset({",", "/", "-", "–", "и", "and", "«", "»", '"', "'", "+"})
_NOUNS = (
    "микроавтобус", "автобус", "фургон", "грузов", "грузопас", "минивэн", "минивен", "компактвэн", "компактвен", "однообъем", "малолитр",
    "микролитр", "субкомпакт", "кроссов", "паркетн", "кросовер", "внедорож", "джип", "пикап", "седан", "хэтчб", "хетчб", "универсал",
    "легков", "купе", "кабрио", "родстер", "suv", "jeep", "minivan", "sedan", "crossover", "pickup",
)  # fmt: skip
"""Beginnings of words that mean a kind of car by themselves; adjectives do so only beside a word for «car»."""
_BESIDE_CAR = ("машин", "авто", "тачк", "car")


@dataclass(frozen=True, slots=True)
class KindOfCar:
    """A kind of car named at text[start:end]."""

    segments: frozenset[str]
    start: int
    end: int


def find_kinds(text: str) -> tuple[KindOfCar, ...]:
    """Kinds of car in a client's words: «на джип», «у меня кроссовер», «большая машина»; «большая царапина» is none."""
    pieces = tokens(text)
    found: list[KindOfCar] = []
    for at, piece in enumerate(pieces):
        follows = pieces[at + 1].folded if at + 1 < len(pieces) else ""
        if (piece.folded.startswith(_NOUNS) or follows.startswith(_BESIDE_CAR)) and (segments := _segments_of(piece, pieces, at)):
            found.append(KindOfCar(segments, piece.start, piece.end))
    return tuple(found)


def segments_in(description: str) -> frozenset[str]:
    """Every segment that the words name; what stands behind «кроме» is taken away; empty when nothing is said of segments."""
    pieces = scan(description)
    named: set[str] = set()
    excluded: set[str] = set()
    is_excluding = False
    for at, piece in enumerate(pieces):
        if piece.kind is Kind.SIGN:
            is_excluding = is_excluding and piece.text not in {".", ")", ";"}
        elif piece.folded in _EXCEPT:
            is_excluding = True
        else:
            (excluded if is_excluding else named).update(_segments_of(piece, pieces, at))
    return frozenset(named - excluded)


def _segments_of(piece: Token, pieces: tuple[Token, ...], at: int) -> frozenset[str]:
    word = piece.folded
    if len(word) == 1 and word in _EURO_CLASSES and _is_class_letter(piece, pieces, at):
        return frozenset({_EURO_CLASSES[word]})
    if word.startswith(_PASSENGER_BEGINNINGS):
        return _PASSENGER
    return next((segments for beginning, segments in _BY_BEGINNING if word.startswith(beginning)), frozenset())


def _is_class_letter(piece: Token, pieces: tuple[Token, ...], at: int) -> bool:
    """A capital letter joined to the word «класс» through nothing but other letters: «A, B и C классы», «класс D»."""
    if not piece.text.isupper():
        return False
    return _meets_class(pieces, range(at + 1, len(pieces))) or _meets_class(pieces, range(at - 1, -1, -1))


def _meets_class(pieces: tuple[Token, ...], way: range) -> bool:
    for index in way:
        word = pieces[index].folded
        if word.startswith(_CLASS_WORDS):
            return True
        if word not in _BETWEEN_LETTERS and not (len(word) == 1 and word in _EURO_CLASSES):
            return False
    return False
