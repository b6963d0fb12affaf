"""A scripted client: says his lines, answers what he is asked, presses buttons. He knows no more than what stands on his screen."""

from __future__ import annotations

import functools
import re
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogues.case import Case, Line
    from dialogues.telegram import Sent

QUESTIONS = Path(__file__).parent / "questions.toml"
PATIENCE = 2
"""Times that one answer is given; who is asked once more goes on with something else."""

HOUR = re.compile(r"\d:\d\d")
SENTENCE = re.compile(r"[^.?!\n]+[.?!\n]*")
ACTION = re.compile(r"\[(\w+)(?: ([^\]]+))?\]\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Action:
    """``verb``: say, press, photo, sticker, voice, contact, later, takeover, handback; ``argument``: what stood in the brackets."""

    verb: str
    texts: tuple[str, ...] = ()
    argument: str = ""

    @classmethod
    def read(cls, written: str | list[str]) -> Action:
        if isinstance(written, list):
            return cls("say", tuple(written))
        if found := ACTION.fullmatch(written):
            verb, argument, caption = found.groups()
            return cls(verb, (caption,) if caption else (), argument or "")
        return cls("say", (written,))

    @property
    def is_said(self) -> bool:
        return self.verb == "say"


@dataclass(slots=True)
class Client:
    case: Case
    lines: list[Line]
    _given: Counter[str] = field(default_factory=Counter[str])
    _confirmed: int = 0

    @classmethod
    def of(cls, case: Case) -> Client:
        return cls(case, case.lines)

    def next(self, screen: Sequence[Sent]) -> Action | None:
        """What to do now that ``screen`` has come since the last deed; None: the client has no more to say."""
        asked = questions_on(screen)
        if not (self.case.says_first and self.lines):
            for kind in asked:
                action = self._answer(kind, screen)
                if action is not None:
                    return action
        return Action.read(self.lines.pop(0).say) if self.lines else None

    def _answer(self, kind: str, screen: Sequence[Sent]) -> Action | None:
        if kind in {"confirm", "slot"} and self._confirmed >= self.case.confirms:
            return None
        if line := self._line_for(kind):
            self.lines.remove(line)
            return Action.read(line.say)
        written = self._prepared(kind)
        if written is None:
            return None
        action = Action.read(written)
        if action.verb == "press" and button_for(screen, action.argument) is None:
            return None
        self._given[kind] += 1
        self._confirmed += kind == "confirm"
        return action

    def _line_for(self, kind: str) -> Line | None:
        """A line that answers the question, if nothing but words comes before it."""
        for line in self.lines:
            if not Action.read(line.say).is_said:
                return None
            if line.gives == kind:
                return line
        return None

    def _prepared(self, kind: str) -> str | None:
        prepared = self.case.answers.get(kind)
        given = self._given[kind]
        if isinstance(prepared, list):
            return prepared[given] if given < len(prepared) else None
        limit = self.case.confirms if kind == "confirm" else PATIENCE * self.case.confirms
        return prepared if given < limit else None


def questions_on(screen: Sequence[Sent]) -> list[str]:
    """What the client is asked, buttons first."""
    titles = [button.title for sent in screen[-1:] for button in sent.buttons]
    asked = ["confirm"] if any(title.startswith("Да") for title in titles) else []
    asked += ["slot"] if any(HOUR.search(title) for title in titles) else []
    patterns = _patterns()
    sentences = [sentence.lower() for sent in screen for sentence in SENTENCE.findall(sent.text)]
    asking = [sentence for sentence in sentences if "?" in sentence or patterns["requests"].search(sentence)]
    told = [kind for kind, pattern in patterns.items() if kind != "requests" and any(pattern.search(sentence) for sentence in asking)]
    return list(dict.fromkeys([*asked, *told]))


def button_for(screen: Sequence[Sent], wanted: str) -> str | None:
    """The data of the button by its place or by a part of its title, on the last message that has any."""
    buttons = next((sent.buttons for sent in reversed(screen) if sent.buttons), ())
    if wanted.isdecimal():
        return buttons[int(wanted) - 1].data if int(wanted) <= len(buttons) else None
    return next((button.data for button in buttons if re.search(wanted, button.title, re.IGNORECASE)), None)


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    written = tomllib.loads(QUESTIONS.read_text("utf-8"))
    kinds = {question["kind"]: re.compile(question["pattern"]) for question in written["question"]}
    return {"requests": re.compile(written["requests"]), **kinds}
