"""An answer that the client cannot read is asked for again once, then the next model is."""

from __future__ import annotations

import pytest

from tests.assistant.rehearsal import MemoryJournal, Player, asked, chain, respond
from valera.assistant.errors import WrongLanguage

ENGLISH, RUSSIAN = "sure, we can paint it tomorrow", "Да, покрасим завтра."


def is_russian(text: str) -> bool:
    return text != ENGLISH


async def test_it_is_asked_for_again_once() -> None:
    model = Player("a", [ENGLISH, RUSSIAN])

    reply = await respond(chain(model, Player("b", ["нет"])), MemoryJournal(), is_understood=is_russian)(asked())

    assert reply.text == RUSSIAN
    assert "language in which the client writes" in repr(model.told[1])


async def test_then_the_next_answers_and_sees_no_drafts() -> None:
    second = Player("b", [RUSSIAN])

    reply = await respond(chain(Player("a", [ENGLISH]), second), MemoryJournal(), is_understood=is_russian)(asked())

    assert reply.text == RUSSIAN
    assert ENGLISH not in repr(second.told)
    assert "language" not in repr(second.told)


async def test_the_next_has_one_repair_of_its_own() -> None:
    second = Player("b", [ENGLISH, RUSSIAN])

    reply = await respond(chain(Player("a", [ENGLISH]), second), MemoryJournal(), is_understood=is_russian)(asked())

    assert reply.text == RUSSIAN


async def test_without_a_next_it_is_an_error() -> None:
    with pytest.raises(WrongLanguage):
        await respond(chain(Player("a", [ENGLISH])), MemoryJournal(), is_understood=is_russian)(asked())


async def test_after_a_crash_the_drafts_are_read_again_and_nobody_is_asked_twice() -> None:
    journal = MemoryJournal()
    first = Player("a", [ENGLISH])
    with pytest.raises(RuntimeError):
        await respond(chain(first, Player("b", [RuntimeError("the process dies here")])), journal, is_understood=is_russian)(asked())
    second = Player("b", [RUSSIAN])

    reply = await respond(chain(first, second), journal.after_a_crash(), is_understood=is_russian)(asked())

    assert reply.text == RUSSIAN
    assert len(first.told) == 2
    assert ENGLISH not in repr(second.told)
