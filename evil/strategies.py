"""Episodes, drawn by hypothesis: any calls, any arguments, any text, any deeds of the client."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from evil.episode import Answer, Call, Episode, Move, Press, Say
from evil.sentences import paragraph
from evil.words import words
from valera.reception.tools import TOOLS

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


QUESTIONS, NAMES = words("attackers", "questions"), words("attackers", "names")
ATTACKS = (*words("attackers", "attacks"), "А" * 3000)
UNKNOWN_TOOLS = (*words("attackers", "unknown_tools"), "x" * 300)
WHENS, SERVICES, PERSONAL = words("attackers", "whens"), words("attackers", "services"), words("attackers", "personal")


def reference(kind: str) -> SearchStrategy[Any]:
    """Own ones are most of what is asked for: a key that fits leads further than one that does not."""
    return st.tuples(st.sampled_from(("own", "own", "own", "other", "rival", "forged")), st.integers(0, 3)).map(
        lambda drawn: {"$ref": kind, "of": drawn[0], "at": drawn[1]}
    )


SIZES = st.sampled_from(({"$repeat": "а", "times": 20_000}, {"$repeat": "1 ", "times": 5_000}, {"$nest": 60}, {"$nest": 900}))
NESTED = st.recursive(
    st.integers(0, 9), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=6
)
GARBAGE: SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False), st.text(max_size=12), SIZES, NESTED
)


def value_of(name: str, schema: dict[str, Any]) -> SearchStrategy[Any]:
    """What an argument of this name may be: what fits its type for the most part."""
    kinds = {schema.get("type"), *(one.get("type") for one in schema.get("anyOf", ()))}
    if "slot" in name:
        return st.one_of(reference("slot"), reference("slot"), reference("slot"), reference("proposal"))
    if "key" in name or "proposal" in name:
        return reference("proposal")
    if "array" in kinds:
        inner = (
            reference("item")
            if "id" in name
            else st.sampled_from((*SERVICES, "бампер", "капот", "крыло", "полировка", "колодки", "развал"))
        )
        return st.lists(inner, max_size=3)
    if "integer" in kinds:
        return st.one_of(
            reference("item" if "item" in name else "number"), st.integers(-2, 5), st.sampled_from((2**31, 2**63, -(2**63), 10**30))
        )
    pool: tuple[str, ...] = {"when": WHENS, "service": SERVICES, "wish": WHENS}.get(name, (*PERSONAL, *SERVICES))
    return st.sampled_from(pool)


def arguments_of(schema: dict[str, Any]) -> SearchStrategy[Any]:
    properties: dict[str, Any] = schema.get("properties", {})
    required = set(schema.get("required", ()))
    fitting = st.fixed_dictionaries(
        {name: value_of(name, properties[name]) for name in properties if name in required},
        optional={name: value_of(name, properties[name]) for name in properties if name not in required},
    )
    spoilt = st.dictionaries(
        st.sampled_from((*properties, "account_id", "chat_id", "client_id", "price", "__proto__")), GARBAGE, max_size=3
    )
    return st.one_of(fitting, fitting, fitting, fitting, fitting, spoilt, st.sampled_from(("{not json", "[1,2]", "null", '{"a":' * 40, "")))


@functools.cache
def calls() -> SearchStrategy[tuple[Call, ...]]:
    known = [arguments_of(tool.json_schema()).map(lambda arguments, name=tool.name: Call(name, arguments)) for tool in TOOLS]
    unknown = st.builds(Call, st.sampled_from(UNKNOWN_TOOLS), GARBAGE.filter(lambda value: isinstance(value, dict)) | st.just({}))
    one = st.one_of(*known, *known, unknown)
    usual = st.lists(one, min_size=1, max_size=2)
    return st.one_of(usual, usual, usual, usual, st.lists(one, min_size=8, max_size=16)).map(tuple)


TOKENS = st.sampled_from(((400, 40), (400, 40), (400, 40), (30_000, 100), (59_999, 1), (10**6, 10**6), (0, 0)))
MEANWHILE = st.sampled_from(("", "", "", "", "", "", "и ещё вопрос", "да"))


def _saying(drawn: tuple[Any, Any, str]) -> Answer:
    (text, lies), tokens, meanwhile = drawn
    return Answer(text, lies=lies, tokens=tokens, meanwhile=meanwhile)


def _calling(drawn: tuple[Any, Any]) -> Answer:
    return Answer(calls=drawn[0], tokens=drawn[1], finish="tool_call")


def _doing_both(drawn: tuple[Any, Any, Any]) -> Answer:
    return Answer(drawn[0][0], calls=drawn[1], lies=drawn[0][1], tokens=drawn[2], finish="tool_call")


@functools.cache
def answers() -> SearchStrategy[Answer]:
    saying = st.tuples(paragraph(), TOKENS, MEANWHILE).map(_saying)
    calling = st.tuples(calls(), TOKENS).map(_calling)
    return st.one_of(
        *[saying] * 10,
        *[calling] * 7,
        st.tuples(paragraph(), calls(), TOKENS).map(_doing_both),
        st.sampled_from([Answer(text) for text in ("", " ", "\u200b", "\n")]),
        st.sampled_from([Answer("Не могу.", fault=fault) for fault in ("http", "broken", "refused", "stumble")]),
        st.builds(Answer, st.text(max_size=60), finish=st.sampled_from(("stop", "length", "content_filter"))),
    )


def look(tool: str, **arguments: Any) -> Answer:
    return Answer(calls=(Call(tool, arguments),), finish="tool_call")


LEADS = (
    (look("find_prices", works=["бампер", "капот", "крыло"], car="Тойота Камри"),),
    (look("find_prices", works=["полировка кузова"], car_class="1 класс"),),
    (look("find_prices", works=["замена масла", "колодки"]),),
    (look("find_slots", when="завтра", service="бампер"),),
    (look("find_slots", when="послезавтра"), look("hold_slot", slot_id={"$ref": "slot", "of": "own", "at": 0})),
    (look("find_slots", when="в пятницу"), look("move_booking", slot_id={"$ref": "slot", "of": "own", "at": 0})),
    (look("my_bookings"),),
    (look("cancel_booking"),),
)
"""What an honest model would begin with: after it there is something to lie about."""

SAYS = st.sampled_from([Say(text) for text in QUESTIONS])
ACTS = st.one_of(
    SAYS,
    SAYS,
    st.sampled_from([Say(text, kind) for text in ATTACKS for kind in ("text", "photo")]),
    st.sampled_from([Say(text) for text in ("да", "Да.", "нет", "ок")]),
    st.builds(
        Press,
        st.sampled_from(("yes", "yes", "yes", "no", "slot", "slot", "evil")),
        st.sampled_from(("own", "own", "own", "other", "rival", "forged")),
        st.integers(0, 3),
    ),
)
OPENINGS = st.sampled_from(((), (), (), (), *LEADS))
LATER = st.sampled_from((0, 0, 0, 1, 9, 11, 1500))


@functools.cache
def episodes() -> SearchStrategy[Episode]:
    said = st.tuples(OPENINGS, st.lists(answers(), max_size=3)).map(lambda drawn: (*drawn[0], *drawn[1]))
    moves = st.builds(Move, ACTS, said, LATER, st.integers(0, 11).map(lambda drawn: drawn == 0))
    return st.builds(Episode, st.integers(0, 1), st.lists(moves, min_size=1, max_size=4).map(tuple), st.sampled_from(NAMES))
