"""What a client is told before an assistant's first words: that it is one, how to call a person, where the shop's policy stands.

Code says it in front of whatever is said first, so no model has to; what was told in which version is a row of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from valera.chats import disclosure_queries as queries
from valera.kit.errors import Invalid
from valera.kit.phrases import Phrases

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

PHRASES = Phrases.load("valera.chats")

WORDING = "1"
"""Of `disclosure.assistant`. Raised when the sentence says something else: then everybody is told it once more."""

LONGEST = 500


class Told(StrEnum):
    ASSISTANT = "assistant"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Policy:
    """A shop's own page on how it handles personal data, in the version that holds now."""

    url: str
    version: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the client of a chat may still have to be told."""

    client_id: int
    locale: str
    policy_url: str | None
    policy_version: str | None
    knows_assistant: bool
    knows_policy: bool
    knew_policy: bool


@dataclass(frozen=True, slots=True)
class Disclosure:
    """``text`` stands before the message; ``told``: kinds and versions to write down with it."""

    client_id: int
    text: str
    told: tuple[tuple[Told, str], ...]

    async def note(self, tx: AccountTx, *, message_id: int) -> None:
        """In the transaction that says it."""
        await queries.insert_disclosures(
            tx,
            client_id=self.client_id,
            kinds=[kind.value for kind, _ in self.told],
            versions=[version for _, version in self.told],
            message_id=message_id,
        )


async def find_disclosure(tx: AccountTx, chat_id: int) -> Disclosure | None:
    """None: the client knows everything already."""
    standing = await queries.select_standing(tx, Standing, chat_id=chat_id, wording=WORDING)
    return None if standing is None else _due(standing)


def _due(standing: Standing) -> Disclosure | None:
    told: list[tuple[Told, str]] = []
    lines: list[str] = []
    if not standing.knows_assistant:
        told.append((Told.ASSISTANT, WORDING))
        lines.append(PHRASES.say(standing.locale, "disclosure.assistant"))
    if standing.policy_url and standing.policy_version and not standing.knows_policy:
        told.append((Told.POLICY, standing.policy_version))
        phrase = "policy_changed" if standing.knew_policy else "policy"
        lines.append(PHRASES.say(standing.locale, f"disclosure.{phrase}", url=standing.policy_url))
    return Disclosure(standing.client_id, "\n".join(lines), tuple(told)) if told else None


async def set_policy(tx: AccountTx, policy: Policy | None) -> None:
    """Told to each client with the next thing that is said. Raises Invalid."""
    if policy is not None:
        if not policy.url.startswith(("https://", "http://")) or len(policy.url) > LONGEST or len(policy.url.split()) != 1:
            raise Invalid("A policy is the address of a page: https://…", fields={"url": "format"})
        if not policy.version.strip() or len(policy.version) > LONGEST:
            raise Invalid("A policy has a version, such as the day from which it holds.", fields={"version": "empty"})
    await queries.update_policy(tx, None if policy is None else {"url": policy.url, "version": policy.version.strip()})


async def find_policy(tx: AccountTx) -> Policy | None:
    return await queries.select_policy(tx, Policy)
