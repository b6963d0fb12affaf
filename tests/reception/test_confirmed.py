"""What a turn committed is told by code, whatever the model made of it."""

from __future__ import annotations

from typing import Any

import pytest

from valera.assistant.journal import Step, StepKind
from valera.reception.confirmed import with_confirmations

CALL = "Передал сотрудникам: вам перезвонят по номеру +7 916 123-45-67."
LEFT = "Убрал вас из листа ожидания."


def step(outcome: str = "done", **committed: Any) -> Step:
    return Step(1, 1, 1, StepKind.TOOL, "key", {"tool": "request_callback", "outcome": outcome, "content": {"committed": committed}}, 0)


@pytest.mark.parametrize(
    ("reply", "steps", "said"),
    [
        ("Хорошо.", [], "Хорошо."),
        ("Хорошо.", [step(kind="call_back", text=CALL)], f"Хорошо.\n\n{CALL}"),
        (f"Готово! {CALL}", [step(kind="call_back", text=CALL)], f"Готово! {CALL}"),
        ("Передал сотрудникам: вам перезвонят по номеру 89161234567.", [step(kind="call_back", text=CALL)], None),
        ("Ок", [step(kind="call_back", text="Старое."), step(kind="call_back", text=CALL)], f"Ок\n\n{CALL}"),
        ("Ок", [step(kind="call_back", text=CALL), step(kind="waitlist_left", text=LEFT)], f"Ок\n\n{CALL}\n\n{LEFT}"),
        ("Ок", [step("failed", kind="call_back", text=CALL)], "Ок"),
        ("Ок", [step(kind="call_back")], "Ок"),
    ],
)
def test_a_committed_row_is_told_in_its_own_words(reply: str, steps: list[Step], said: str | None) -> None:
    assert with_confirmations(reply, steps) == (reply if said is None else said)
