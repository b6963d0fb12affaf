"""Who may look on while an answer is in the making."""

from __future__ import annotations

from typing import Protocol


class Watcher(Protocol):
    """Told what happens, at once and in order; must neither wait nor fail."""

    @property
    def wants_text(self) -> bool:
        """Whether an answer is to be written piece by piece for it."""
        ...

    def calls(self, tool: str) -> None:
        """The tool of this name is being used."""
        ...

    def writes(self, text: str) -> None:
        """As much of the answer as is written and may be shown; each time from its beginning."""
        ...
