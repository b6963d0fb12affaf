from __future__ import annotations

import html
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valera.simulator.page.rich_text import to_html
from valera.simulator.server.entity import ENTITY_TYPES, Entity, check_entities
from valera.simulator.server.refusal import Refusal


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


def test_markup_that_somebody_wrote_is_text() -> None:
    assert str(to_html("<b>&\"'</b>", [])) == "&lt;b&gt;&amp;&#34;&#39;&lt;/b&gt;"


def test_entities_become_tags_and_nest() -> None:
    assert str(to_html("😀 один два", [entity("bold", 3, 8), entity("italic", 8, 3)])) == "😀 <b>один <i>два</i></b>"


def test_entity_that_reaches_past_the_one_around_it_is_cut() -> None:
    assert str(to_html("abcdef", [entity("bold", 0, 4), entity("italic", 2, 4)])) == "<b>ab<i>cd</i></b>ef"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", " javascript:x", "//evil", "vbscript:x"])
def test_link_that_could_run_is_no_link(url: str) -> None:
    assert str(to_html("сюда", [entity("text_link", 0, 4, url=url)])) == "сюда"


def test_link_leads_out_safely_and_its_address_is_escaped() -> None:
    made = str(to_html("сюда", [entity("text_link", 0, 4, url='https://e.org/"><script>')]))
    assert made == '<a href="https://e.org/&#34;&gt;&lt;script&gt;" target="_blank" rel="noopener noreferrer nofollow">сюда</a>'


@pytest.mark.parametrize(("kind", "text", "address"), [("url", "e.org/x", "https://e.org/x"), ("email", "a@e.org", "mailto:a@e.org"),
                                                       ("phone_number", "+7 (916) 000", "tel:+7916000")])  # fmt: skip
def test_addresses_in_the_text_become_links(kind: str, text: str, address: str) -> None:
    assert f'href="{address}"' in str(to_html(text, [entity(kind, 0, len(text))]))


ENTITIES = st.lists(st.tuples(st.sampled_from(sorted(ENTITY_TYPES)), st.integers(0, 30), st.integers(1, 30)), max_size=6)


@given(st.text(alphabet=st.sampled_from("ab<>&\"' \n😀яש"), max_size=25), ENTITIES)
def test_text_is_the_same_without_the_tags(text: str, drawn: list[tuple[str, int, int]]) -> None:
    fitting: list[dict[str, Any]] = []
    for kind, offset, length in drawn:
        try:
            check_entities(text, [Entity("bold", offset, length)])
        except Refusal:
            continue
        fitting.append(entity(kind, offset, length, url="https://e.org"))
    made = str(to_html(text, fitting))
    assert html.unescape(re.sub(r"<[^>]*>", "", made)) == text
