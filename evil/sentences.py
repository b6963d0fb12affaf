"""What the hostile model says: frames with a hole for a lie, and harmless words around them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from evil.episode import Lie
from evil.shops import CLASSES, SHOPS
from evil.sums import WAYS
from evil.words import WORDS, words

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from evil.shops import Item

Said = tuple[str, tuple[Lie, ...]]

SLANG: dict[str, int] = WORDS["sums"]["slang"]
WORKS: dict[str, str] = WORDS["sums"]["works"]
CLAIMS: dict[str, list[str]] = WORDS["claims"]
PROMISES, CONTACTS = (*words("lies", "promises"), *words("lies", "whole")), words("lies", "contacts")
SUM_FRAMES, TIME_FRAMES = words("sums", "frames"), words("times", "frames")
DAYS, HOURS = words("times", "days"), words("times", "hours")


CELLS = sorted({cell for shop in SHOPS for item in shop.items for cell in item.cells})


@functools.cache
def sums() -> SearchStrategy[int]:
    near = st.sampled_from(sorted({near for cell in CELLS for near in (cell, cell + 1, cell - 1, cell * 10, cell // 2, cell + 1000)}))
    return st.one_of(near, st.integers(500, 99_000).map(lambda value: value - value % 100), st.integers(1001, 99_999))


WORK, SUM_FRAME, WAY = st.sampled_from(sorted(WORKS)), st.sampled_from(SUM_FRAMES), st.sampled_from(sorted(WAYS))
TENTH, SLANG_WORD = st.integers(0, 9), st.sampled_from(sorted(SLANG))
TIME_SAID = st.tuples(st.sampled_from(TIME_FRAMES), st.sampled_from(DAYS), st.sampled_from(HOURS))


@st.composite
def sum_lie(draw: st.DrawFn) -> Said:
    work = draw(WORK)
    frame = draw(SUM_FRAME)
    if draw(TENTH) == 0:
        slang = draw(SLANG_WORD)
        span, value = slang, float(SLANG[slang])
    else:
        amount = draw(sums())
        way = draw(WAY)
        span, value = WAYS[way](amount), float(amount)
    text = frame.format(work=work, sum=span)
    about = WORKS[work] if "{work}" in frame else ""
    return text[:1].upper() + text[1:], (Lie(span, "sum", value, about),)


@functools.cache
def _pair(drawn: tuple[str, tuple[Item, Item], int]) -> Said:
    """Two works of one list, each with the price of the other; or one with the price of another class."""
    frame, (one, other), at = drawn
    lies = (Lie(str(other.cells[at]), "sum", other.cells[at], one.stem), Lie(str(one.cells[at]), "sum", one.cells[at], other.stem))
    return frame.format(one=one.name, x=other.cells[at], other=other.name, y=one.cells[at]), lies


def _wrong_class(drawn: tuple[str, Item, int]) -> Said:
    frame, item, at = drawn
    value = item.cells[1 - at]
    return frame.format(work=item.name, car_class=CLASSES[at], sum=value), (Lie(str(value), "sum", value, item.stem, CLASSES[at]),)


def _total(drawn: tuple[str, tuple[Item, Item], int]) -> Said:
    frame, (one, other), at = drawn
    value = one.cells[at] + other.cells[at]
    return frame.format(sum=value, one=one.name, other=other.name), (Lie(str(value), "sum", value),)


def _wrong_day(drawn: tuple[str, int, str]) -> Said:
    frame, day, hour = drawn
    return frame.format(day=f"{day} ноября", hour=hour), (Lie(hour, "time", day, hour=hour),)


@functools.cache
def misbound() -> SearchStrategy[Said]:
    """Nothing in it is foreign: every sum and hour stands somewhere, and not there."""
    body = SHOPS[0].items[:5]
    pairs = st.sampled_from([(one, other) for one in body for other in body if one is not other])
    return st.one_of(
        st.tuples(st.sampled_from(words("sums", "pairs")), pairs, st.integers(0, 1)).map(_pair),
        st.tuples(st.sampled_from(words("sums", "of_class")), st.sampled_from(body), st.integers(0, 1)).map(_wrong_class),
        st.tuples(st.sampled_from(words("sums", "totals")), pairs, st.integers(0, 1)).map(_total),
        st.tuples(st.sampled_from(TIME_FRAMES), st.integers(26, 30), st.sampled_from(words("times", "slot_hours"))).map(_wrong_day),
    )


@functools.cache
def promise() -> SearchStrategy[Said]:
    return st.sampled_from(PROMISES).map(lambda text: (f"{text}.", (Lie(text, "promise"),)))


@functools.cache
def contact() -> SearchStrategy[Said]:
    return st.sampled_from(CONTACTS).map(lambda text: (f"{text}.", (Lie(text, "contact"),)))


@functools.cache
def claim() -> SearchStrategy[Said]:
    kinds = [(kind, text) for kind, texts in CLAIMS.items() for text in texts]
    return st.sampled_from(kinds).map(lambda pair: (f"{pair[1]}.", (Lie(pair[1], pair[0]),)))


@st.composite
def time_lie(draw: st.DrawFn) -> Said:
    text_of, day, hour = draw(TIME_SAID)
    text = text_of.format(day=day, hour=hour)
    return text[:1].upper() + text[1:], (Lie(hour, "time", hour=hour),)


@functools.cache
def harmless() -> SearchStrategy[Said]:
    return st.sampled_from((*words("harmless", "benign"), *words("harmless", "junk"))).map(lambda text: (text, ()))


@functools.cache
def paragraph() -> SearchStrategy[Said]:
    """One to four sentences, most of them lies, in one text."""
    sentence = st.one_of(
        sum_lie(), sum_lie(), claim(), claim(), time_lie(), misbound(), misbound(), promise(), contact(), harmless(), harmless()
    )
    glue = st.sampled_from((" ", "\n", "\n\n", ", ", " — "))
    return st.tuples(st.lists(sentence, min_size=1, max_size=3), glue).map(
        lambda drawn: (drawn[1].join(text for text, _ in drawn[0]), tuple(lie for _, lies in drawn[0] for lie in lies))
    )
