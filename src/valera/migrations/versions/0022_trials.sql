-- Trying the assistant out before clients do: the prompt that is not published yet, and conversations that leave no other trace.

-- ---- the prompt that somebody works on --------------------------------------------------------------

-- One for a shop. Whoever saves says which state of it they began with.
create table prompt_drafts (
    account_id  bigint primary key default current_setting('app.account_id')::bigint references accounts,
    text        text not null,
    revision    int not null default 1,
    author_id   bigint,
    saved_at    timestamptz not null default now(),
    foreign key (account_id, author_id) references memberships (account_id, id) on delete set null (author_id)
);

-- ---- conversations --------------------------------------------------------------------------------

-- `kept`: every row that the conversation made, as they would stand in the shop's tables. They never do: see put_trial().
create table trials (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    id          bigint generated always as identity,
    member_id   bigint not null,
    has_prices  boolean not null default false,  -- the open price draft as it was when the conversation began
    revision    int not null default 0,
    kept        jsonb not null default '{}',
    touched_at  timestamptz not null default now(),
    primary key (account_id, id),
    unique (account_id, member_id),
    foreign key (account_id, member_id) references memberships (account_id, id) on delete cascade
);

-- The shop's own rows are what a turn reads and writes, in a transaction that is always rolled back. Between two of them the rows of the
-- conversation are here. All of its tables, each after those that it refers to; a test compares them with the catalogue.
create function trial_rows() returns jsonb language sql stable as $$
    with own_bots as materialized (select b.id from bots b where b.telegram_id = -current_setting('app.account_id')::bigint),
    own_chats as materialized (select c.id, c.client_id from chats c where c.bot_id in (select id from own_bots)),
    own_bookings as materialized (select b.id from bookings b where b.chat_id in (select id from own_chats)),
    own_lists as materialized (select l.id from price_lists l where l.source = 'trial:' || current_setting('app.account_id'))
    select jsonb_build_object(
        'price_lists', (select jsonb_agg(to_jsonb(t)) from price_lists t where t.id in (select id from own_lists)),
        'price_items', (select jsonb_agg(to_jsonb(t)) from price_items t where t.price_list_id in (select id from own_lists)),
        'bots', (select jsonb_agg(to_jsonb(t)) from bots t where t.id in (select id from own_bots)),
        'clients', (select jsonb_agg(to_jsonb(t)) from clients t where t.id in (select client_id from own_chats)),
        'vehicles', (select jsonb_agg(to_jsonb(t)) from vehicles t where t.client_id in (select client_id from own_chats)),
        'chats', (select jsonb_agg(to_jsonb(t)) from chats t where t.id in (select id from own_chats)),
        'turns', (select jsonb_agg(to_jsonb(t)) from turns t where t.chat_id in (select id from own_chats)),
        'messages', (select jsonb_agg(to_jsonb(t)) from messages t where t.chat_id in (select id from own_chats)),
        'turn_steps', (select jsonb_agg(to_jsonb(t)) from turn_steps t
                        where t.turn_id in (select u.id from turns u where u.chat_id in (select id from own_chats))),
        'deliveries', (select jsonb_agg(to_jsonb(t)) from deliveries t where t.chat_id in (select id from own_chats)),
        'drafts', (select jsonb_agg(to_jsonb(t)) from drafts t where t.chat_id in (select id from own_chats)),
        'summaries', (select jsonb_agg(to_jsonb(t)) from summaries t where t.chat_id in (select id from own_chats)),
        'disclosures', (select jsonb_agg(to_jsonb(t)) from disclosures t where t.client_id in (select client_id from own_chats)),
        'slot_offers', (select jsonb_agg(to_jsonb(t)) from slot_offers t where t.chat_id in (select id from own_chats)),
        'bookings', (select jsonb_agg(to_jsonb(t)) from bookings t where t.id in (select id from own_bookings)),
        'booking_events', (select jsonb_agg(to_jsonb(t) order by t.booking_id, t.revision) from booking_events t
                            where t.booking_id in (select id from own_bookings)),
        'proposals', (select jsonb_agg(to_jsonb(t)) from proposals t where t.chat_id in (select id from own_chats)),
        'callbacks', (select jsonb_agg(to_jsonb(t)) from callbacks t where t.client_id in (select client_id from own_chats)),
        'waitlist', (select jsonb_agg(to_jsonb(t)) from waitlist t where t.client_id in (select client_id from own_chats)),
        'waitlist_offers', (select jsonb_agg(to_jsonb(t)) from waitlist_offers t
                             where t.entry_id in (select w.id from waitlist w where w.client_id in (select client_id from own_chats))))
$$;

-- Rows of one table as they were, ids included. What the database works out by itself is worked out anew.
create function put_rows(tbl regclass, made jsonb) returns void language plpgsql as $$
declare
    columns constant text := (select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
                               where attrelid = tbl and attnum > 0 and not attisdropped and attgenerated = '');
begin
    execute format('insert into %1$s (%2$s) overriding system value select %2$s from jsonb_populate_recordset(null::%1$s, $1)', tbl, columns)
        using made;
end $$;

-- A booking goes through the life that its events tell, as the application's role must.
create function put_bookings(made jsonb, told jsonb) returns void language plpgsql as $$
declare
    happened  jsonb;
    booking   jsonb;
    is_real   boolean;
begin
    for happened in select t from jsonb_array_elements(told) t loop
        booking := (select b from jsonb_array_elements(made) b where b ->> 'id' = happened ->> 'booking_id');
        is_real := happened ->> 'status' not in ('held', 'expired');
        if (happened ->> 'revision')::int = 1 then
            perform put_rows('bookings', jsonb_build_array(booking || jsonb_build_object(
                'status', happened -> 'status', 'during', happened -> 'during', 'bay_id', happened -> 'bay_id',
                'number', case when is_real then booking -> 'number' end,
                'hold_expires_at', coalesce(booking ->> 'hold_expires_at', booking ->> 'created_at'))));
        else
            update bookings set status = happened ->> 'status', during = (happened ->> 'during')::tstzrange,
                                bay_id = (happened ->> 'bay_id')::bigint,
                                number = case when is_real then (booking ->> 'number')::bigint end,
                                hold_expires_at = (booking ->> 'hold_expires_at')::timestamptz
             where id = (booking ->> 'id')::bigint;
        end if;
        perform put_rows('booking_events', jsonb_build_array(happened));
    end loop;
end $$;

-- The conversation as it was, for the transaction that goes on with it and is rolled back.
create function put_trial(kept jsonb) returns void language plpgsql as $$
declare
    tbl text;
begin
    foreach tbl in array array['price_lists', 'price_items', 'bots', 'clients', 'vehicles', 'chats', 'turns', 'messages', 'turn_steps',
                               'deliveries', 'drafts', 'summaries', 'disclosures', 'slot_offers'] loop
        if jsonb_typeof(kept -> tbl) = 'array' then
            perform put_rows(tbl::regclass, kept -> tbl);
        end if;
    end loop;
    if jsonb_typeof(kept -> 'bookings') = 'array' then
        perform put_bookings(kept -> 'bookings', kept -> 'booking_events');
        insert into counters as c (name, value)
            select 'booking', max((b ->> 'number')::bigint) from jsonb_array_elements(kept -> 'bookings') b
            having max((b ->> 'number')::bigint) is not null
            on conflict (account_id, name) do update set value = greatest(c.value, excluded.value);
    end if;
    foreach tbl in array array['proposals', 'callbacks', 'waitlist', 'waitlist_offers'] loop
        if jsonb_typeof(kept -> tbl) = 'array' then
            perform put_rows(tbl::regclass, kept -> tbl);
        end if;
    end loop;
end $$;

-- ---- what it costs --------------------------------------------------------------------------------

-- Models asked by the shop itself, outside of any turn: counted like a turn's, and of no client. Returned: budgets of which 80 % are used since.
create function charge_shop(today date, amount numeric, used jsonb, day_limit numeric, month_limit numeric)
returns table (scope text, spent numeric) language plpgsql as $$
begin
    insert into spending as s (period, starts_on, spent, near_at)
        values ('month', date_trunc('month', today)::date, amount, case when amount >= 0.8 * month_limit then now() end)
        on conflict (account_id, period, starts_on) do update set spent = s.spent + excluded.spent,
            near_at = coalesce(s.near_at, case when s.spent + excluded.spent >= 0.8 * month_limit then now() end);
    insert into spending as s (period, starts_on, spent, near_at)
        values ('day', today, amount, case when amount >= 0.8 * day_limit then now() end)
        on conflict (account_id, period, starts_on) do update set spent = s.spent + excluded.spent,
            near_at = coalesce(s.near_at, case when s.spent + excluded.spent >= 0.8 * day_limit then now() end);
    insert into usage as u (day, provider, model, currency, answers, input_tokens, output_tokens, cached_tokens, unpriced, cost, charged)
        select today, r.provider, r.model, r.currency, r.answers, r.input_tokens, r.output_tokens, r.cached_tokens, r.unpriced, r.cost, r.charged
          from jsonb_to_recordset(used) r (provider text, model text, currency text, answers bigint, input_tokens bigint, output_tokens bigint,
                                           cached_tokens bigint, unpriced bigint, cost numeric, charged numeric)
        on conflict (account_id, day, provider, model, currency) do update set answers = u.answers + excluded.answers,
            input_tokens = u.input_tokens + excluded.input_tokens, output_tokens = u.output_tokens + excluded.output_tokens,
            cached_tokens = u.cached_tokens + excluded.cached_tokens, unpriced = u.unpriced + excluded.unpriced,
            cost = u.cost + excluded.cost, charged = u.charged + excluded.charged;
    return query select s.period, s.spent from spending s
        where s.near_at = now() and (s.period, s.starts_on) in (('day', today), ('month', date_trunc('month', today)::date));
end $$;

-- ---- row-level security, grants -------------------------------------------------------------------

do $$
declare
    t    text;
    own  constant text := '(select current_setting(''app.account_id'')::bigint)';
begin
    foreach t in array array['prompt_drafts', 'trials'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner on %I to valera_owner using (true) with check (true)', t);
        execute format('create policy app on %1$I to valera_app using (account_id = %2$s) with check (account_id = %2$s)', t, own);
        execute format('grant select, insert, update, delete on %I to valera_app', t);
    end loop;
end $$;
create policy valera_queue_select on trials for select to valera_queue using (true);
create policy valera_queue_delete on trials for delete to valera_queue using (touched_at < now() - interval '1 day');
grant select (ctid, touched_at), delete on trials to valera_queue;

call live_on('prompt_drafts', 'old is distinct from new', 'prompts');
call live_on_delete('prompt_drafts', 'prompts');
