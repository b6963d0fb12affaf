"""Statements of turns: claims, leases and fences, what a round reads, the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from valera.kit.db import AccountTx, QueueTx, execute, many, maybe, one, value

if TYPE_CHECKING:
    from datetime import timedelta

Row = TypeVar("Row")


async def claim_turns(tx: QueueTx, row: type[Row], *, worker: int, limit: int, lease: timedelta) -> list[Row]:
    """Waiting turns that are due in chats where none runs, and running ones whose worker is gone."""
    return await many(
        tx,
        row,
        "update turns t set state = 'running', fence = t.fence + 1, worker = $1, attempts = t.attempts + 1,"
        "       started_at = coalesce(t.started_at, clock_timestamp()),"
        "       leased_until = clock_timestamp() + $3::interval"
        "  from (select account_id, id from turns c"
        "         where (state = 'waiting' and due_at <= now() and not exists ("
        "                   select from turns r where (r.account_id, r.chat_id) = (c.account_id, c.chat_id) and r.state = 'running'))"
        "            or (state = 'running' and leased_until < now())"
        "         order by due_at limit $2 for update skip locked) due"
        " where (t.account_id, t.id) = (due.account_id, due.id)"
        " returning t.account_id, t.id, t.chat_id, t.fence, t.attempts, t.round",
        worker,
        limit,
        lease,
    )


async def extend_leases(tx: QueueTx, *, worker: int, turn_ids: list[int], lease: timedelta) -> None:
    """Of the turns that this worker is working on; one that it gave up by an error is found again when its lease ends."""
    await execute(
        tx,
        "update turns set leased_until = clock_timestamp() + $3::interval"
        " where state = 'running' and worker = $1 and id = any($2::bigint[]) and leased_until >= now()",
        worker,
        turn_ids,
        lease,
    )


async def beat(tx: QueueTx, *, worker: int, lasts: timedelta) -> None:
    """This worker lives."""
    await execute(
        tx,
        "insert into workers (id, alive_until) values ($1, clock_timestamp() + $2::interval)"
        " on conflict (id) do update set alive_until = excluded.alive_until",
        worker,
        lasts,
    )


async def bury_dead_turns(tx: QueueTx) -> int:
    """Turns of a worker that is dead (its advisory lock is gone) or stuck (its heartbeat stopped) are free at once. It cannot write when
    it wakes: their fence has moved on.
    """
    return await execute(
        tx,
        "update turns t set leased_until = now() - interval '1 ms'"
        " where t.state = 'running' and t.leased_until >= now() and t.worker is not null and not exists ("
        "     select from workers w join pg_locks l on l.locktype = 'advisory' and l.classid = 1 and l.objsubid = 2 and l.granted"
        "        and l.objid::bigint = w.id and l.database = (select oid from pg_database where datname = current_database())"
        "      where w.id = t.worker and w.alive_until > now())",
    )


async def hold_turn(tx: AccountTx, row: type[Row], *, turn_id: int, fence: int) -> Row | None:
    """First statement of every transaction of a turn: takes the row, so nobody can take over before the commit. None: not ours."""
    return await maybe(
        tx,
        row,
        "select id, chat_id, round from turns where id = $1 and fence = $2 and state = 'running' for no key update",
        turn_id,
        fence,
    )


async def find_held_turn(tx: AccountTx, row: type[Row], *, turn_id: int, fence: int) -> Row | None:
    """The turn and its chat, read without a lock: nothing is written on the strength of it."""
    return await maybe(
        tx,
        row,
        "select t.round, c.id as chat_id, c.client_id, c.status, c.human_called_at is not null as is_human_called"
        "  from turns t join chats c on c.id = t.chat_id where t.id = $1 and t.fence = $2 and t.state = 'running'",
        turn_id,
        fence,
    )


async def select_shop(tx: AccountTx, row: type[Row], chat_id: int) -> Row:
    """What a reply may lean on that stands in one row: the shop, its prompt and facts, this client and their latest car."""
    return await one(
        tx,
        row,
        "select a.name, a.time_zone, a.locale,"
        "  (select coalesce(jsonb_object_agg(f.topic, f.text), '{}') from facts f) as facts,"
        "  (select p.text from prompts p where p.published_at is not null order by p.version desc limit 1) as prompt,"
        "  exists (select from price_lists l where l.published_at is not null) as has_prices,"
        "  (select coalesce(jsonb_agg(jsonb_build_array(o.weekday, o.opens, o.closes) order by o.weekday, o.opens), '[]')"
        "     from opening_hours o) as hours,"
        "  c.name as client_name, c.phone is not null as is_phone_known,"
        "  coalesce(concat_ws(' ', nullif(v.make, ''), nullif(v.model, '')), '') as car"
        " from accounts a join chats h on h.account_id = a.id join clients c on (c.account_id, c.id) = (h.account_id, h.client_id)"
        " left join lateral (select make, model from vehicles where client_id = c.id order by created_at desc, id desc limit 1) v on true"
        " where h.id = $1",
        chat_id,
    )


async def finish_turn(tx: AccountTx, *, turn_id: int, state: str, upto_message_id: int) -> None:
    """``upto_message_id``: the last client message that this turn knew of; all up to it are answered by it."""
    await execute(
        tx,
        "with finished as (update turns set state = $2, finished_at = clock_timestamp(), leased_until = null"
        "                   where id = $1 returning chat_id)"
        " update messages m set turn_id = $1 from finished"
        "  where m.chat_id = finished.chat_id and m.role = 'user' and m.turn_id is null and m.id <= $3",
        turn_id,
        state,
        upto_message_id,
    )


async def hold_to_finish(tx: AccountTx, row: type[Row], *, turn_id: int, fence: int) -> Row | None:
    """Takes the turn and its chat: from here to the commit nobody takes over and nobody else speaks. ``last``: the newest open message."""
    return await maybe(
        tx,
        row,
        "select t.round, c.id as chat_id, c.status, (select max(m.id) from messages m"
        "    where m.chat_id = c.id and m.role = 'user' and m.turn_id is null) as last"
        "  from turns t join chats c on c.id = t.chat_id"
        " where t.id = $1 and t.fence = $2 and t.state = 'running' for no key update of t, c",
        turn_id,
        fence,
    )


async def restart_turn(tx: AccountTx, turn_id: int) -> None:
    """The next round answers the new messages too: the turn that waits for them is not needed."""
    await execute(
        tx,
        "with restarted as (update turns set round = round + 1 where id = $1 returning chat_id)"
        " update turns t set state = 'withdrawn', finished_at = now() from restarted"
        "  where t.chat_id = restarted.chat_id and t.state = 'waiting'",
        turn_id,
    )


async def release_turn(tx: AccountTx, *, turn_id: int, fence: int, wait: timedelta) -> None:
    """Something failed that may work later. The lease, not the state, says when: the order of the chat is kept. No worker: no heartbeat
    extends it.
    """
    await execute(
        tx,
        "update turns set leased_until = clock_timestamp() + $3::interval, worker = null"
        " where id = $1 and fence = $2 and state = 'running'",
        turn_id,
        fence,
        wait,
    )


async def insert_turn_by_code(tx: AccountTx, *, chat_id: int, trigger: str) -> int:
    """A client's press or word that code alone answers: a turn that is finished as it begins."""
    return await value(
        tx,
        "with turn as (insert into turns (chat_id, state, trigger, started_at, finished_at)"
        "              values ($1, 'done', $2, clock_timestamp(), clock_timestamp()) returning id)"
        " select id from turn",
        chat_id,
        trigger,
    )


async def mark_answered(tx: AccountTx, *, message_id: int, turn_id: int) -> None:
    await execute(tx, "update messages set turn_id = $2 where id = $1", message_id, turn_id)


async def count_unanswered(tx: AccountTx, chat_id: int) -> int:
    return await value(tx, "select count(*) from messages where chat_id = $1 and role = 'user' and turn_id is null", chat_id)


async def last_unanswered(tx: AccountTx, chat_id: int) -> int | None:
    return await value(tx, "select max(id) from messages where chat_id = $1 and role = 'user' and turn_id is null", chat_id)


async def last_spoken_turn(tx: AccountTx, chat_id: int) -> int | None:
    """The turn whose words the client heard last from the shop's side."""
    return await value(
        tx,
        "select turn_id from messages where chat_id = $1 and role in ('assistant', 'manager') order by id desc limit 1",
        chat_id,
    )


async def select_proposing_turn(tx: AccountTx, proposal_id: int) -> int | None:
    return await value(tx, "select turn_id from proposals where id = $1", proposal_id)


# ---- the journal --------------------------------------------------------------------------------


async def insert_step(
    tx: AccountTx, *, turn_id: int, step_no: int, round_: int, kind: str, effect_key: str | None, content: dict[str, Any], ms: int
) -> None:
    await execute(
        tx,
        "insert into turn_steps (turn_id, step_no, round, kind, effect_key, content, ms) values ($1, $2, $3, $4, $5, $6, $7)",
        turn_id,
        step_no,
        round_,
        kind,
        effect_key,
        content,
        ms,
    )


async def insert_step_if_held(
    tx: AccountTx, *, turn_id: int, fence: int, step_no: int, round_: int, kind: str, content: dict[str, Any], ms: int
) -> bool:
    """False: the turn is not ours any more, nothing was written."""
    written = await execute(
        tx,
        "insert into turn_steps (turn_id, step_no, round, kind, content, ms)"
        " select id, $3, $4, $5, $6, $7 from turns where id = $1 and fence = $2 and state = 'running' for no key update",
        turn_id,
        fence,
        step_no,
        round_,
        kind,
        content,
        ms,
    )
    return written == 1


async def select_steps(tx: AccountTx, row: type[Row], turn_ids: list[int]) -> list[Row]:
    return await many(
        tx,
        row,
        "select turn_id, step_no, round, kind, effect_key, content, ms from turn_steps where turn_id = any($1::bigint[])"
        " order by turn_id, step_no",
        turn_ids,
    )
