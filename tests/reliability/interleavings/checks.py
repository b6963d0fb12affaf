"""After a schedule: whatever is still open is carried to its end, then the promises are looked at. A finding is a sentence."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from tests.reliability.interleavings.parts import SAID, intake_of, sender_of, turns_of
from valera.backoffice.verify import verify

if TYPE_CHECKING:
    from tests.reliability.interleavings.play import Play
    from tests.reliability.interleavings.scene import Scene

LEFT_OVER = """
    select 'mailbox ' || peer_id as what from mailboxes where due_at is not null
    union all select 'update ' || update_id from telegram_updates where done_at is null
    union all select 'turn ' || id || ' ' || state from turns where state in ('waiting', 'running')
    union all select 'delivery ' || id || ' ' || state from deliveries where state in ('ready', 'sending')"""

UNANSWERED = """
    select m.id, m.content, t.state from messages m join chats c on (c.account_id, c.id) = (m.account_id, m.chat_id)
      left join turns t on (t.account_id, t.id) = (m.account_id, m.turn_id)
     where m.role = 'user' and c.status = 'assistant' and not exists (
           select from deliveries d where (d.account_id, d.turn_id) = (m.account_id, m.turn_id) and d.state = 'sent')
       and not exists (select from messages h where h.account_id = m.account_id and h.chat_id = m.chat_id and h.id > m.id
           and h.role = 'manager')"""

# What code says to a press is said to whoever pressed, also while a person answers.
BY_WORKERS = "select d.text from deliveries d join turns t on (t.account_id, t.id) = (d.account_id, d.turn_id) where t.fence > 0"

# A repeat of an unsure send may come late: what counts for the order is when a text came first.
DELIVERIES = "select chat_id, text, unsure, state from deliveries where id <> all($1::bigint[]) order by id"


async def drain(scene: Scene) -> None:
    """What a living worker does sooner or later; leases of those who gave up are over."""
    intake, turns = intake_of(scene, scene.house), turns_of(scene, scene.house, [])
    office = sender_of(scene, scene.house, scene.wire(await scene.database("house")))
    for _ in range(10):
        await scene.prompter.execute(
            "update mailboxes set leased_until = null where leased_until is not null;"
            " update turns set leased_until = now() - interval '1 ms' where state = 'running';"
            " update deliveries set leased_until = now() - interval '1 ms' where state = 'sending';"
            " update deliveries set due_at = now() where state = 'ready'"
        )
        if not await scene.prompter.fetchval(f"select exists ({LEFT_OVER})"):
            return
        for claim in await intake.claim(100):
            await intake.take_in(claim)
        for turn in await turns.claim(worker=99, limit=100):
            await turns.run_turn(turn)
        for delivery in await office.claim(worker=99, limit=100):
            await office.deliver(delivery)


async def look(scene: Scene, play: Play) -> list[str]:
    found = [f"{actor.name}: {type(actor.error).__name__}: {actor.error}" for actor in play.actors.values() if actor.error is not None]
    found += [f"{actor.name} never ended" for actor in play.actors.values() if not actor.is_done]
    if found:
        return found
    await drain(scene)
    found += [f"left over: {row['what']}" for row in await scene.prompter.fetch(LEFT_OVER)]
    found += [f"«{row['content']}» was never answered (turn {row['state']})" for row in await scene.prompter.fetch(UNANSWERED)]
    found += await _sends(scene)
    found += [finding.tell() for finding in await verify(scene.house) if finding.breaches]
    return found


async def _sends(scene: Scene) -> list[str]:
    """After a takeover nothing of the assistant; nothing twice but what was unsure; in the order in which it was said."""
    by_worker = {row["text"] for row in await scene.prompter.fetch(BY_WORKERS)}
    found = [
        f"«{sent.text}» was sent to a chat that a person had taken over"
        for sent in scene.sent
        if sent.was_human and sent.text in by_worker and sent.since >= scene.taken_over_at.get(sent.chat, 0)
    ]
    found += [
        f"«{text}» was answered {times} times"
        for text, times in Counter(sent.text for sent in scene.sent if SAID in sent.text).items()
        if times > 1 + await _unsure(scene, text)
    ]
    written: defaultdict[int, list[str]] = defaultdict(list)
    for row in await scene.prompter.fetch(DELIVERIES, list(scene.sent_before)):
        written[row["chat_id"]].append(row["text"])
        if row["state"] == "sent" and row["text"] not in {sent.text for sent in scene.sent}:
            found.append(f"«{row['text']}» counts as sent and never was")
    for chat_id, texts in written.items():
        order = list(dict.fromkeys(sent.text for sent in scene.sent if sent.chat == chat_id))
        if not _is_within(order, texts):
            found.append(f"sent {order}, but said {texts}")
    return found


async def _unsure(scene: Scene, text: str) -> int:
    return await scene.prompter.fetchval("select coalesce(sum(unsure), 0)::int from deliveries where text = $1", text) or 0


def _is_within(sent: list[str], written: list[str]) -> bool:
    """Whether one list is the other with some left out."""
    rest = iter(written)
    return all(text in rest for text in sent)
