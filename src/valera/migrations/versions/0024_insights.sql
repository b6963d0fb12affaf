-- What the overview is counted by. Each function returns the rows behind its numbers, and `figures` says to which of them a row counts:
-- a number is how many rows bear its name, the list behind it is those rows. docs/overview.md says what each name means.

create index dialogue_outcomes_began on dialogue_outcomes (account_id, began_at);
create index booking_events_made on booking_events (account_id, created_at) where event in ('requested', 'confirmed');
-- Only turns of models that cost something: the main path of a shop without them writes nothing here.
create index turns_charged on turns (account_id, charged_on) where charged_on is not null;

-- ---- dialogues ------------------------------------------------------------------------------------

-- Those that began in [since, until): what is settled is one dialogue each, and what a chat has said since is one that goes on. What was
-- done belongs to the dialogue after whose beginning it was done, until the chat's next one. `opened`: when the shop was open.
-- Joined by hash, whatever is expected: a plan made for a usual shop would walk through each event of the largest one for each dialogue.
create function overview_dialogues(since timestamptz, until timestamptz, opened tstzmultirange)
returns table (
    chat_id bigint, message_id bigint, began_at timestamptz, source text, outcome text, outcome_message_id bigint,
    price_named_at timestamptz, booking_id bigint, has_visited boolean, answered_by text, answer_seconds float8,
    called_at timestamptz, person_seconds float8, cost numeric, figures text[]
) language sql stable set enable_nestloop = off as $$
with told as materialized (
    select o.chat_id, o.first_message_id as message_id, o.began_at, o.outcome, o.message_id as outcome_message_id
      from dialogue_outcomes o where o.began_at >= since
    union all
    select c.id, first.id, first.created_at, null, null
      from chats c cross join lateral (
            select m.id, m.created_at from messages m
             where m.chat_id = c.id and m.role = 'user' and m.deleted_at is null
               and m.id > (select coalesce(max(o.last_message_id), 0) from dialogue_outcomes o where o.chat_id = c.id)
             order by m.id limit 1) first
     where c.last_message_at >= since and first.created_at >= since
), begun as materialized (
    select * from (select told.*, lead(told.began_at, 1, 'infinity') over (partition by told.chat_id order by told.message_id) as next_at
                     from told) in_order
     where began_at < until
), happened as materialized (
    select d.chat_id, d.message_id, min(e.created_at) filter (where e.event_type = 'price_named') as price_named_at,
           min(e.created_at) filter (where e.event_type = 'human_called') as called_at
      from analytics_events e join begun d
        on d.chat_id = case when jsonb_typeof(e.properties -> 'chat') = 'number' then (e.properties -> 'chat')::bigint end
       and e.created_at >= d.began_at and e.created_at < d.next_at
     where e.event_type in ('price_named', 'human_called') and e.created_at >= since
     group by d.chat_id, d.message_id
), made as materialized (
    select d.chat_id, d.message_id, (array_agg(b.id order by e.created_at, b.id))[1] as booking_id,
           bool_or(exists (select from booking_events came where came.booking_id = b.id and came.event = 'arrived')) as has_visited
      from booking_events e join bookings b on b.id = e.booking_id
      join begun d on d.chat_id = b.chat_id and e.created_at >= d.began_at and e.created_at < d.next_at
     where e.event in ('requested', 'confirmed') and e.created_at >= since
       and not exists (select from booking_events earlier where earlier.booking_id = e.booking_id
                          and earlier.revision < e.revision and earlier.event in ('requested', 'confirmed'))
     group by d.chat_id, d.message_id
), paid as materialized (
    select d.chat_id, d.message_id, sum(t.cost) as cost
      from turns t join begun d on d.chat_id = t.chat_id and t.created_at >= d.began_at and t.created_at < d.next_at
     where t.charged_on >= (since at time zone 'UTC')::date - 1 and t.state <> 'running'
     group by d.chat_id, d.message_id
), came as materialized (
    select c.id as chat_id, coalesce(nullif(substring(k.source from '(?:^|&)utm_source=([^&]+)'), ''), nullif(trim(k.source), ''), '') as source
      from chats c left join clients k on k.id = c.client_id
)
select d.chat_id, d.message_id, d.began_at, coalesce(f.source, ''), d.outcome, d.outcome_message_id, h.price_named_at, m.booking_id,
       coalesce(m.has_visited, false), said.answered_by, said.answer_seconds, h.called_at, said.person_seconds, p.cost,
       array_remove(array[
           'dialogues',
           case when h.price_named_at is not null then 'priced' end,
           case when m.booking_id is not null then 'booked' end,
           case when m.has_visited then 'visited' end,
           'outcome:' || coalesce(d.outcome, 'open'),
           'answer:' || coalesce(said.answered_by, 'nobody'),
           'answer:' || coalesce(said.answered_by, 'nobody') || ':' || said.hours,
           case when h.called_at is not null then 'called' end,
           case when h.called_at is not null then 'called:' || said.hours end,
           case when said.person_seconds is not null then 'helped' end,
           case when said.person_seconds is not null then 'helped:' || said.hours end
       ], null)
  from begun d
  left join happened h on (h.chat_id, h.message_id) = (d.chat_id, d.message_id)
  left join made m on (m.chat_id, m.message_id) = (d.chat_id, d.message_id)
  left join paid p on (p.chat_id, p.message_id) = (d.chat_id, d.message_id)
  left join came f on f.chat_id = d.chat_id
 cross join lateral (
    select case when opened @> d.began_at then 'inside' else 'outside' end as hours,
           answer.role as answered_by, extract(epoch from answer.created_at - d.began_at)::float8 as answer_seconds,
           case when h.called_at is not null then (
                select extract(epoch from w.created_at - h.called_at)::float8 from messages w
                 where w.chat_id = d.chat_id and w.id > d.message_id and w.role = 'manager' and w.deleted_at is null
                   and w.created_at >= h.called_at and w.created_at < d.next_at
                 order by w.id limit 1) end as person_seconds
      from (select 1) once left join lateral (
            select w.role, w.created_at from messages w
             where w.chat_id = d.chat_id and w.id > d.message_id and w.role in ('assistant', 'manager') and w.deleted_at is null
             order by w.id limit 1) answer on answer.created_at < d.next_at) said
$$;

-- ---- bookings -------------------------------------------------------------------------------------

-- Those that were made in [since, until), and those whose time is in it. `at`: what is over by then and still merely confirmed was forgotten.
create function overview_bookings(since timestamptz, until timestamptz, at timestamptz)
returns table (booking_id bigint, made_at timestamptz, made_by text, starts_at timestamptz, status text, figures text[])
language sql stable set enable_nestloop = off as $$
with made as materialized (
    select e.booking_id, e.created_at as made_at, case when e.actor = 'member' then 'team' else 'assistant' end as made_by
      from booking_events e
     where e.event in ('requested', 'confirmed') and e.created_at >= since and e.created_at < until
       and not exists (select from booking_events earlier where earlier.booking_id = e.booking_id
                          and earlier.revision < e.revision and earlier.event in ('requested', 'confirmed'))
), due as materialized (
    select b.id as booking_id,
           case when b.status in ('arrived', 'in_work', 'done') then 'arrived' when b.status = 'no_show' then 'missed'
                when b.status = 'cancelled' then 'cancelled' when upper(b.during) > at then 'expected' else 'unmarked' end as became
      from bookings b where b.scheduled_at >= since and b.scheduled_at < until and b.number is not null and b.status <> 'requested'
)
select b.id, m.made_at, m.made_by, lower(b.during), b.status,
       array_remove(array[
           case when m.booking_id is not null then 'made' end,
           'made:' || m.made_by,
           case when d.became <> 'cancelled' then 'visits' end,
           'visits:' || d.became
       ], null)
  from made m full join due d on d.booking_id = m.booking_id
  join bookings b on b.id = coalesce(m.booking_id, d.booking_id)
$$;

-- ---- who waits ------------------------------------------------------------------------------------

-- Open chats in which a client waits for a person: the assistant called one, or a member has the chat and the client's last words are open.
create function overview_waiting() returns table (chat_id bigint, waits_since timestamptz, reason text) language sql stable as $$
select c.id, least(c.human_called_at, asked.created_at), c.human_reason
  from chats c left join lateral (
        select m.created_at from messages m
         where c.status = 'human' and m.chat_id = c.id and m.role = 'user' and m.turn_id is null and m.deleted_at is null
         order by m.id limit 1) asked on true
 where c.status <> 'closed' and (c.human_called_at is not null or asked.created_at is not null)
$$;
