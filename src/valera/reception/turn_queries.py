"""Statements of turns: claims, leases and fences, what a round reads, the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from valera.kit.db import AccountTx, QueueTx, execute, many, maybe, value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime, timedelta
    from decimal import Decimal

    from valera.analytics.event import EventType
    from valera.assistant.journal import Step
    from valera.kit.portions import Portions

Row = TypeVar("Row")


async def claim_turns(tx: QueueTx, row: type[Row], *, worker: int, limit: int, lease: timedelta, portions: Portions) -> list[Row]:
    """Waiting turns that are due in chats where none runs, fairly between shops as `claim_mailboxes` says; and first, when it is not only
    asked for the latest, running ones whose lease is over.
    """
    return await many(
        tx,
        row,
        "with recursive shop as ("
        "  (select account_id, due_at from turns where state = 'waiting' and due_at >= coalesce(now() - $7::interval, '-infinity')"
        "    order by account_id, due_at limit 1)"
        "  union all"
        "  select next.account_id, next.due_at from shop cross join lateral ("
        "    select account_id, due_at from turns t where t.state = 'waiting'"
        "       and t.account_id > shop.account_id and t.due_at >= coalesce(now() - $7::interval, '-infinity')"
        "     order by t.account_id, t.due_at limit 1) next"
        "), served as materialized ("
        "  select account_id, coalesce(busy, 0) as busy"
        "    from shop left join unnest($4::bigint[], $5::bigint[]) as b (account_id, busy) using (account_id)"
        "   where due_at <= now() and coalesce(busy, 0) < $6 order by 2, due_at limit $2"
        "), due as ("
        "  select t.*, served.busy + row_number() over (partition by t.account_id order by t.due_at) as place"
        "    from served cross join lateral ("
        "      select account_id, id, due_at from turns t where t.account_id = served.account_id and t.state = 'waiting'"
        "         and t.due_at between coalesce(now() - $7::interval, '-infinity') and now()"
        "         and (select r.id from turns r where (r.account_id, r.chat_id) = (t.account_id, t.chat_id) and r.state = 'running'"
        "               limit 1) is null"
        "       order by t.account_id, t.due_at limit least($6 - served.busy, (select 4 * $2::bigint / count(*) from served))"
        "         for update skip locked) t"
        "), left_behind as ("
        "  select account_id, id, due_at, 0 as place from turns where $7::interval is null and state = 'running' and leased_until < now()"
        "   order by due_at limit $2 for update skip locked"
        ") update turns t set state = 'running', fence = t.fence + 1, worker = $1, attempts = t.attempts + 1,"
        "         started_at = coalesce(t.started_at, clock_timestamp()), leased_until = clock_timestamp() + $3::interval"
        "    from (select account_id, id from (table due union all table left_behind) found order by place, due_at limit $2) due"
        "   where (t.account_id, t.id) = (due.account_id, due.id)"
        "   returning t.account_id, t.id, t.chat_id, t.fence, t.attempts, t.failures, t.round",
        worker,
        limit,
        lease,
        portions.accounts,
        portions.counts,
        portions.most,
        portions.lately,
    )


async def extend_leases(tx: QueueTx, *, worker: int, turn_ids: list[int], lease: timedelta) -> None:
    """Of the turns that this worker is working on, once half of it is over: a short turn is never touched. One that the worker gave up
    by an error is found again when its lease ends.
    """
    await execute(
        tx,
        "update turns set leased_until = clock_timestamp() + $3::interval"
        " where state = 'running' and worker = $1 and id = any($2::bigint[])"
        "   and leased_until between now() and clock_timestamp() + $3::interval / 2",
        worker,
        turn_ids,
        lease,
    )


async def select_taken(tx: QueueTx, turn_ids: list[int]) -> list[int]:
    """Of these running turns, those whose chat a person has taken over or closed; a turn for a member's hint goes on."""
    return await value(
        tx,
        "select coalesce(array_agg(t.id), '{}') from turns t join chats c on (c.account_id, c.id) = (t.account_id, t.chat_id)"
        " where t.id = any ($1::bigint[]) and t.state = 'running' and t.trigger <> 'hint' and c.status <> 'assistant'",
        turn_ids,
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
    """Turns of a worker that is stuck (its heartbeat stopped) or dead (its advisory lock is gone, and it has missed two beats: a lock
    alone may be lost with its connection) are free at once. It cannot write when it wakes: their fence has moved on.
    """
    return await execute(
        tx,
        "update turns t set leased_until = now() - interval '1 ms'"
        " where t.state = 'running' and t.leased_until >= now() and t.worker is not null and not exists ("
        "     select from workers w where w.id = t.worker and w.alive_until > now() and (w.alive_until > now() + interval '1 second'"
        "         or exists (select from pg_locks where locktype = 'advisory' and classid = 1 and objsubid = 2 and granted"
        "              and objid::bigint = w.id and database = (select oid from pg_database where datname = current_database()))))",
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
    """The turn, its chat and what a reply may lean on that stands in few rows: the shop, its prompt and facts, this client and their
    latest car. Read without a lock: nothing is written on the strength of it.
    """
    return await maybe(
        tx,
        row,
        "select t.round, h.id as chat_id, h.client_id, h.status, h.human_called_at is not null as is_human_called,"
        "  a.name, a.time_zone, a.locale,"
        "  (select coalesce(jsonb_object_agg(f.topic, f.text), '{}') from facts f) as facts,"
        "  coalesce(p.text, '') as prompt, coalesce(p.version, 0) as prompt_version, a.settings -> 'budgets' as budgets,"
        "  a.settings ->> 'autonomy' as autonomy, t.trigger, a.settings -> 'tone' as tone,"
        "  (select jsonb_build_array(l.id, l.version) from price_lists l where l.published_at is not null"
        "    order by l.version desc limit 1) as price_list,"
        "  (select coalesce(jsonb_agg(jsonb_build_array(o.weekday, o.opens, o.closes) order by o.weekday, o.opens), '[]')"
        "     from opening_hours o) as hours,"
        "  exists (select from proposals p where p.chat_id = h.id and p.state = 'open') as has_proposal,"
        "  exists (select from bookings b where b.client_id = h.client_id) as has_bookings,"
        "  c.name as client_name, c.phone is not null as is_phone_known,"
        "  coalesce(concat_ws(' ', nullif(v.make, ''), nullif(v.model, '')), '') as car,"
        "  (select jsonb_build_object('from_id', s.from_id, 'upto_id', s.upto_id, 'messages', s.messages, 'first_at', s.first_at,"
        "          'last_at', s.last_at, 'content', s.content)"
        "     from summaries s where s.chat_id = h.id and s.upto_id > h.history_after order by s.upto_id desc limit 1) as summary"
        " from turns t join chats h on h.id = t.chat_id join accounts a on a.id = h.account_id join clients c on c.id = h.client_id"
        " left join lateral (select make, model from vehicles where client_id = c.id order by created_at desc, id desc limit 1) v on true"
        " left join lateral (select text, version from prompts where published_at is not null"
        "                     order by published_at desc, version desc limit 1) p on true"
        " where t.id = $1 and t.fence = $2 and t.state = 'running'",
        turn_id,
        fence,
    )


async def finish_turn(
    tx: AccountTx,
    *,
    turn_id: int,
    state: str,
    upto_message_id: int = 0,
    steps: Sequence[Step] = (),
    events: Sequence[tuple[EventType, dict[str, Any]]] = (),
    charged_on: date | None = None,
    input_tokens: int = 0,
    output_tokens: int = 0,
    cost: Decimal | None = None,
) -> list[str | None]:
    """``upto_message_id``: the last client message that this turn knew of; all up to it are answered by it. ``steps``: its last answers.
    ``events`` are tracked, each in a savepoint; returned is the SQLSTATE of each that failed. What was reserved for the turn is free.
    """
    return await value(
        tx,
        "with finished as (update turns set state = $2, finished_at = clock_timestamp(), leased_until = null, reserved = 0,"
        "                         charged_on = coalesce(charged_on, $12), input_tokens = $13, output_tokens = $14, cost = $15"
        "                   where id = $1 returning chat_id),"
        " written as (insert into turn_steps (turn_id, step_no, round, kind, effect_key, content, ms)"
        "             select $1, s.* from unnest($4::int[], $5::int[], $6::text[], $7::text[], $8::jsonb[], $9::int[]) s),"
        " answered as (update messages m set turn_id = $1"
        "               where m.chat_id = (select chat_id from finished) and m.role = 'user' and m.turn_id is null and m.id <= $3)"
        " select array(select track_event(e.event_type, e.properties)"
        "                from unnest($10::text[], $11::jsonb[]) e (event_type, properties))",
        turn_id,
        state,
        upto_message_id,
        *_step_columns(steps),
        [event.value for event, _ in events],
        [properties for _, properties in events],
        charged_on,
        input_tokens,
        output_tokens,
        cost,
    )


async def hold_to_finish(tx: AccountTx, row: type[Row], *, turn_id: int, fence: int) -> Row | None:
    """Takes the turn and its chat: from here to the commit nobody takes over and nobody else speaks. ``last``: the newest open message;
    ``is_stale``: one of them was edited since the round began.
    """
    return await maybe(
        tx,
        row,
        "select t.round, t.is_stale, c.id as chat_id, c.client_id, c.status, (select max(m.id) from messages m"
        "    where m.chat_id = c.id and m.role = 'user' and m.turn_id is null) as last"
        "  from turns t join chats c on c.id = t.chat_id"
        " where t.id = $1 and t.fence = $2 and t.state = 'running' for no key update of t, c",
        turn_id,
        fence,
    )


async def restart_turn(tx: AccountTx, turn_id: int, *, steps: Sequence[Step]) -> None:
    """The next round answers the new messages too: the turn that waits for them is not needed."""
    await insert_steps(tx, steps)
    await execute(
        tx,
        "with restarted as (update turns set round = round + 1, is_stale = false where id = $1 returning chat_id)"
        " update turns t set state = 'withdrawn', finished_at = now()"
        "  where t.chat_id = (select chat_id from restarted) and t.state = 'waiting'",
        turn_id,
    )


async def release_turn(tx: AccountTx, *, turn_id: int, fence: int, wait: timedelta, failures: int) -> None:
    """Something failed that may work later. The lease, not the state, says when: the order of the chat is kept. No worker: no heartbeat
    extends it.
    """
    await execute(
        tx,
        "update turns set leased_until = clock_timestamp() + $3::interval, worker = null, failures = $4"
        " where id = $1 and fence = $2 and state = 'running'",
        turn_id,
        fence,
        wait,
        failures,
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


async def find_heard_question(tx: AccountTx, proposal_id: int, *, chat_id: int, received_at: datetime, reply_to: int | None) -> str | None:
    """What the turn said that asked about this proposal. None: something else was said since; or the client wrote (``received_at``) before
    it was said or while it still waits to be sent; or his word answers another message (``reply_to``).
    """
    return await value(
        tx,
        "select m.content from proposals p join lateral ("
        "         select turn_id, content, created_at from messages where chat_id = $2 and role in ('assistant', 'manager')"
        "          order by id desc limit 1) m on m.turn_id = p.turn_id"
        " where p.id = $1 and m.created_at < $3"
        "   and not exists (select from deliveries d where d.turn_id = p.turn_id and d.state = 'ready' and d.due_at > $3)"
        "   and ($4::bigint is null or exists (select from deliveries d where d.turn_id = p.turn_id and d.telegram_message_id = $4))",
        proposal_id,
        chat_id,
        received_at,
        reply_to,
    )


# ---- the journal --------------------------------------------------------------------------------


async def insert_steps(tx: AccountTx, steps: Sequence[Step]) -> None:
    """Of one turn, in order."""
    await execute(
        tx,
        "insert into turn_steps (turn_id, step_no, round, kind, effect_key, content, ms)"
        " select $1, s.* from unnest($2::int[], $3::int[], $4::text[], $5::text[], $6::jsonb[], $7::int[]) s",
        steps[0].turn_id if steps else 0,
        *_step_columns(steps),
    )


def _step_columns(steps: Sequence[Step]) -> tuple[list[Any], ...]:
    return (
        [step.step_no for step in steps],
        [step.round for step in steps],
        [step.kind for step in steps],
        [step.effect_key for step in steps],
        [step.content for step in steps],
        [step.ms for step in steps],
    )


async def select_steps(tx: AccountTx, row: type[Row], turn_ids: list[int]) -> list[Row]:
    return await many(
        tx,
        row,
        "select turn_id, step_no, round, kind, effect_key, content, ms from turn_steps where turn_id = any($1::bigint[])"
        " order by turn_id, step_no",
        turn_ids,
    )
