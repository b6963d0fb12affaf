"""What was committed in a turn is said in code's own words: the client hears of it whatever the model wrote, or the gates left of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.assistant.journal import StepKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valera.assistant.journal import Step


def with_confirmations(text: str, steps: Sequence[Step]) -> str:
    """The reply, and behind it each confirmation that it does not hold word for word; numbers in it, which the gates have compared with the
    row, may be written otherwise. Of one kind the last counts.
    """
    said: dict[str, str] = {}
    for step in steps:
        if step.kind != StepKind.TOOL or step.content["outcome"] != "done":
            continue
        committed = step.content["content"].get("committed")
        if isinstance(committed, dict) and committed.get("text"):
            said[str(committed.get("kind"))] = str(committed["text"])
    words = _words(text)
    return "\n\n".join([text, *(sentence for sentence in said.values() if _words(sentence) not in words)])


def _words(text: str) -> str:
    return " ".join("".join(letter if letter.isalpha() else " " for letter in text.lower()).split())
