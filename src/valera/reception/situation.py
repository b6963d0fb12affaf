"""Everything that one round of a turn is decided on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.analytics.event import EventType
from valera.reception.autonomy import Autonomy
from valera.reception.briefing.history import ToolCall, client_words, tool_calls
from valera.reception.gates import Gate, review, sources
from valera.reception.gates.evidence import Evidence
from valera.reception.gates.language import is_understood
from valera.reception.sources.written import written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valera.assistant.chain.link import Chain
    from valera.assistant.journal import Step
    from valera.billing.budget import Purse
    from valera.reception.briefing.history import Dialogue
    from valera.reception.briefing.prompt import Instructions
    from valera.reception.briefing.shop import Shop
    from valera.reception.journal import TurnJournal


@dataclass(frozen=True, slots=True)
class Situation:
    """Read in one transaction. ``over_budget``: which budget had no room for a model that costs money; ``known``: sums that stand in the
    summary of the dialogue's older part, as the gates read them; ``is_for_member``: a member has the chat and gave a hint.
    """

    chain: Chain
    purse: Purse
    over_budget: str | None
    shop: Shop
    dialogue: Dialogue
    instructions: Instructions
    journal: TurnJournal
    upto: int
    known: list[ToolCall]
    autonomy: Autonomy = Autonomy.ANSWERS
    is_for_member: bool = False

    @property
    def is_proposing(self) -> bool:
        """Whether the answer goes to a member first."""
        return self.is_for_member or self.autonomy == Autonomy.DRAFTS

    def review(self, text: str, steps: Sequence[Step]) -> tuple[str, ...]:
        """What the gates find in a draft, in sentences for the model."""
        return tuple(violation.sentence for violation in review(text, self._evidence(steps)))

    def kinds(self, draft: str) -> frozenset[Gate]:
        """Which gates hold a draft back."""
        return frozenset(violation.kind for violation in review(draft, self._evidence(self.journal.steps)))

    def sources(self, text: str) -> list[dict[str, object]]:
        """Where each sum of the answer came from, as it is kept with the message."""
        return [written(sourced) for sourced in sources(text, self._evidence(self.journal.steps))]

    def _evidence(self, steps: Sequence[Step]) -> Evidence:
        dialogue, turn_id = self.dialogue, self.journal.context.turn_id
        past = [step for of, made in dialogue.steps.items() if of != turn_id for step in made]
        if self.autonomy == Autonomy.REQUESTS:  # what was looked up before the shop chose so is named no more
            return Evidence.from_journal(
                tool_calls([*self.journal.earlier, *steps]), self.shop, client_words(dialogue.messages), earlier=[]
            )
        return Evidence.from_journal(
            tool_calls([*self.journal.earlier, *steps]),
            self.shop,
            client_words(dialogue.messages),
            earlier=[*self.known, *tool_calls(past)],
        )

    def is_understood(self, text: str) -> bool:
        """Whether the client can read it."""
        return is_understood(text, client_words(self.dialogue.messages), self.shop.locale)

    def events(self, *, ms: int) -> list[tuple[EventType, dict[str, object]]]:
        """What the owner's numbers count: the answer, and whether it named a price."""
        journal = self.journal
        common: dict[str, object] = {"chat": journal.context.chat_id, "turn": journal.context.turn_id}
        answered = (EventType.ANSWERED, {**common, "duration_ms": ms, "steps": len(journal.steps), "round": journal.round})
        found = [content for tool, _, content in tool_calls(journal.steps) if tool == "find_prices" and isinstance(content, dict)]
        is_priced = any(content.get("found") or content.get("by_class") for content in found)
        return [answered, (EventType.PRICE_NAMED, common)] if is_priced else [answered]
