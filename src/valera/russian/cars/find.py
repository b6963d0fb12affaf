"""Cars in a text: make, model and the segment that decides the class of a price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from valera.russian.cars.names import LONGEST_NAME, Name, names_like, names_of
from valera.russian.morphology import parses
from valera.russian.tokens import Token, tokens


@dataclass(frozen=True, slots=True)
class Car:
    """A car named at text[start:end]. Without a model («БМВ») nobody knows its segment."""

    make: str
    model: str | None
    segment: str | None
    start: int
    end: int


def find_car(text: str) -> Car | None:
    """The first car with a model, else the first make."""
    cars = find_cars(text)
    return next((car for car in cars if car.model), cars[0] if cars else None)


def find_cars(text: str) -> tuple[Car, ...]:
    """All cars of the text in order: «на Камри», «тойоте камри», «камрюху», «Kia Rio», «тайота»."""
    pieces = tokens(text)
    found: list[Car] = []
    at = 0
    while at < len(pieces):
        hit = _car_at(text, pieces, at)
        if hit:
            found.append(hit[0])
        at = hit[1] if hit else at + 1
    return tuple(found)


def _car_at(text: str, pieces: Sequence[Token], at: int) -> tuple[Car, int] | None:
    """The car that begins at this token, and the index behind it; the longest name wins."""
    for after in range(_reach(text, pieces, at), at, -1):
        names = _names(pieces, at, after)
        makes = {name.make: name for name in names if name.model is None}
        if makes and (hit := _with_model(text, pieces, at, after, makes)):
            return hit
        model = _alone(text, pieces, at, after, names)
        if model:
            return _with_make_behind(text, pieces, at, after, model)
        named = [make for make, name in makes.items() if not name.weak]
        if len(named) == 1:
            return Car(named[0], None, None, pieces[at].start, pieces[after - 1].end), after
    return None


def _names(pieces: Sequence[Token], at: int, after: int) -> tuple[Name, ...]:
    key = tuple(piece.folded for piece in pieces[at:after])
    return names_of(key) or (names_like(key[0]) if len(key) == 1 else ())


def _with_model(text: str, pieces: Sequence[Token], at: int, after: int, makes: dict[str, Name]) -> tuple[Car, int] | None:
    """«рено мастер», «мазда 3»: beside its make even a weak name is a model."""
    start = after + (after < len(pieces) and pieces[after].folded in _BETWEEN_MAKE_AND_MODEL)
    if start >= len(pieces) or not _is_close(text, pieces[start - 1], pieces[start]):
        return None
    for end in range(_reach(text, pieces, start), start, -1):
        models = [name for name in _names(pieces, start, end) if name.model and name.make in makes]
        if len({(name.make, name.model) for name in models}) == 1 and not _counts_something(pieces, start, end):
            return Car(models[0].make, models[0].model, models[0].segment, pieces[at].start, pieces[end - 1].end), end
    return None


def _alone(text: str, pieces: Sequence[Token], at: int, after: int, names: Sequence[Name]) -> Name | None:
    """The model that this name means without a make: one only, and no letter with a number far from it."""
    models = {(name.make, name.model): name for name in names if name.model and not name.weak}
    if len(models) != 1 or (after - at > 1 and _counts_something(pieces, after - 1, after)):
        return None
    is_letter_and_number = after - at == 2 and len(pieces[at].text) == 1 and pieces[at + 1].text.isdigit()
    is_apart = pieces[at].end != pieces[after - 1].start
    if is_letter_and_number and is_apart and text[pieces[at].end : pieces[after - 1].start] != "-":
        return None
    return next(iter(models.values()))


def _with_make_behind(text: str, pieces: Sequence[Token], at: int, after: int, model: Name) -> tuple[Car, int]:
    """«камри тойота» is one car."""
    for end in (
        range(_reach(text, pieces, after), after, -1) if after < len(pieces) and _is_close(text, pieces[after - 1], pieces[after]) else ()
    ):
        if any(name.make == model.make and name.model is None for name in _names(pieces, after, end)):
            after = end
            break
    return Car(model.make, model.model, model.segment, pieces[at].start, pieces[after - 1].end), after


def _reach(text: str, pieces: Sequence[Token], at: int) -> int:
    """The index behind the last token that may belong to the same name."""
    after = at + 1
    while after < len(pieces) and after - at < LONGEST_NAME and _is_close(text, pieces[after - 1], pieces[after]):
        after += 1
    return after


def _is_close(text: str, one: Token, other: Token) -> bool:
    gap = text[one.end : other.start]
    return len(gap) <= 3 and gap.strip(' -–\u00a0"«»') == ""


def _counts_something(pieces: Sequence[Token], start: int, end: int) -> bool:
    """«мазда 3 двери»: a small number that agrees with the noun behind it counts doors and is no model."""
    if end - start != 1 or not pieces[start].text.isdigit() or len(pieces[start].text) > 1 or end >= len(pieces):
        return False
    few = pieces[start].text in "234"
    return any(
        reading.tag.POS == "NOUN" and "gent" in reading.tag and ("sing" in reading.tag) == few for reading in parses(pieces[end].text)
    )


_BETWEEN_MAKE_AND_MODEL = frozenset({"модель", "модели", "марки", "марка"})
