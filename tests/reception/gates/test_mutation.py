"""True drafts that were changed in one place: a sum, the items' order, an hour, a day. Each change has to be noticed."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reception.gates.scenes import BOOKED, HELD, ONE, SLOTS, THREE, prices, row, seen
from valera.reception.gates import Gate, review
from valera.reception.gates.evidence import Evidence
from valera.russian.money.sums import format_sum
from valera.russian.numbers import number_words

PARTS = ("Бампер", "Капот", "Дверь", "Порог", "Крыша", "Крышка багажника")
AMOUNTS = st.integers(min_value=1, max_value=400).map(lambda step: step * 500)
SPELLINGS = st.sampled_from(["{0} ₽", "{0} руб.", "{0} рублей", "{1}", "{2} рублей", "**{1}**"])
FRAMES = st.sampled_from(["{name} — {sum}", "{name}: {sum}", "• {name}: {sum}", "{sum} за работу «{name}»", "Покраска, {name}: {sum}"])


def kinds(draft: str, evidence: Evidence) -> set[Gate]:
    return {violation.kind for violation in review(draft, evidence)}


def spelled(amount: int, pattern: str) -> str:
    return pattern.format(amount, format_sum(Decimal(amount)), number_words(amount))


@given(amount=AMOUNTS, pattern=SPELLINGS, frame=FRAMES, part=st.sampled_from(PARTS))
def test_true_sum_passes_in_any_spelling(amount: int, pattern: str, frame: str, part: str) -> None:
    evidence = seen(("find_prices", {}, prices(row(part, amount))))
    assert kinds(frame.format(name=part, sum=spelled(amount, pattern)), evidence) == set()


@given(amount=AMOUNTS, other=AMOUNTS, pattern=SPELLINGS, frame=FRAMES, part=st.sampled_from(PARTS))
def test_changed_sum_is_noticed_in_any_spelling(amount: int, other: int, pattern: str, frame: str, part: str) -> None:
    evidence = seen(("find_prices", {}, prices(row(part, amount))))
    draft = frame.format(name=part, sum=spelled(other, pattern))
    assert (Gate.SUM in kinds(draft, evidence)) == (amount != other)


@given(amounts=st.lists(AMOUNTS, min_size=3, max_size=3, unique=True), order=st.permutations(range(3)), pattern=SPELLINGS)
def test_swapped_items_are_noticed(amounts: list[int], order: list[int], pattern: str) -> None:
    rows = [row(part, amount) for part, amount in zip(PARTS, amounts, strict=False)]
    evidence = seen(("find_prices", {}, prices(*rows, total=sum(amounts))))
    pairs = [f"{PARTS[at].lower()} — {spelled(amounts[to], pattern)}" for at, to in enumerate(order)]
    assert (Gate.SUM in kinds(", ".join(pairs), evidence)) == (order != [0, 1, 2])
    assert (Gate.SUM in kinds("\n".join(f"• {pair}" for pair in pairs), evidence)) == (order != [0, 1, 2])


@given(total=AMOUNTS)
def test_only_the_total_of_code_is_a_total(total: int) -> None:
    draft = f"Бампер — 20 000 ₽, капот — 25 000 ₽, итого {total} ₽."
    assert (Gate.SUM in kinds(draft, seen(THREE))) == (total != 45000)


@given(hour=st.integers(0, 23), minute=st.sampled_from([0, 15, 30, 45]), day=st.integers(1, 30))
def test_only_offered_moments_are_free(hour: int, minute: int, day: int) -> None:
    draft = f"Свободно: {day} ноября, {hour:02}:{minute:02}."
    offered = {(23, 12, 0), (23, 15, 30), (24, 10, 0)}
    assert (Gate.TIME in kinds(draft, seen(SLOTS))) == ((day, hour, minute) not in offered)


@given(hour=st.integers(0, 23), day=st.integers(23, 29))
def test_only_the_rows_own_moment_is_booked(hour: int, day: int) -> None:
    draft = f"Вы записаны на {day} ноября, {hour:02}:00."
    assert (Gate.BOOKING in kinds(draft, seen(SLOTS, HELD, shop=BOOKED))) == ((day, hour) != (23, 12))


@settings(max_examples=300)
@given(text=st.text(max_size=300))
def test_any_text_at_all_is_read(text: str) -> None:
    review(text, seen(ONE, SLOTS, HELD))
