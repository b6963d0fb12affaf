"""What code says in front of a client's first answer, for tests that look at the answer."""

from __future__ import annotations

from valera.kit.phrases import Phrases

DISCLOSED = Phrases.load("valera.chats").say("ru", "disclosure.assistant") + "\n\n"


def answer_of(text: str) -> str:
    """Without it; `tests/chats/test_disclosure.py` looks at it."""
    return text.removeprefix(DISCLOSED)
