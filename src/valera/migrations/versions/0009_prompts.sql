-- Prompts with a history, dialogues with a summary, what answers cost, and budgets.

-- ---- prompts ------------------------------------------------------------------------------------

-- The shop's prompt is the version that was published last. A roll-back is a new version with an old text: nothing is rewritten.
alter table prompts add column note text not null default '';

-- ---- summaries ----------------------------------------------------------------------------------

-- What code put together of the older part of a dialogue, from the rows named here. The messages themselves stay where they are.
create table summaries (
    account_id  bigint not null default current_setting('app.account_id')::bigint,
    chat_id     bigint not null,
    upto_id     bigint not null,                    -- the last message that it covers, and the first
    from_id     bigint not null,
    messages    int not null check (messages > 0),
    first_at    timestamptz not null,
    last_at     timestamptz not null,
    content     jsonb not null,                     -- typed facts, each with the turn, message or booking that it comes from
    created_at  timestamptz not null default now(),
    primary key (account_id, chat_id, upto_id),
    foreign key (account_id, chat_id) references chats on delete cascade
);

-- ---- what answers cost --------------------------------------------------------------------------

-- A turn's own sums; `cost` in US dollars, null where a price was not known. `reserved` is held while it runs and never afterwards.
alter table turns
    add column reserved       numeric not null default 0 check (reserved >= 0),
    add column charged_on     date,                 -- the shop's day that it counts towards; null: it cost nothing
    add column input_tokens   int not null default 0,
    add column output_tokens  int not null default 0,
    add column cost           numeric,
    add check (reserved = 0 or state = 'running');

-- Sums of a shop's day, one row for each model that was asked.
create table usage (
    account_id     bigint not null default current_setting('app.account_id')::bigint references accounts,
    day            date not null,
    provider       text not null,
    model          text not null,
    currency       text not null,                   -- that the model is charged in
    answers        bigint not null default 0,       -- those that could not be used included
    input_tokens   bigint not null default 0,
    output_tokens  bigint not null default 0,
    cached_tokens  bigint not null default 0,       -- of the input
    unpriced       bigint not null default 0,       -- answers whose price nobody knows
    cost           numeric not null default 0,      -- US dollars
    charged        numeric not null default 0,      -- in `currency`
    primary key (account_id, day, provider, model, currency)
);

-- What budgets are compared with, in US dollars. The row is also the lock under which a turn reserves.
create table spending (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    period      text not null check (period in ('day', 'month')),
    starts_on   date not null,
    spent       numeric not null default 0,
    near_at     timestamptz,                        -- the team was told: 80 %
    over_at     timestamptz,                        -- and that it is used up
    primary key (account_id, period, starts_on)
) with (fillfactor = 70);
create table client_spending (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    client_id   bigint not null,
    day         date not null,
    spent       numeric not null default 0,
    near_at     timestamptz,
    over_at     timestamptz,
    primary key (account_id, client_id, day),
    foreign key (account_id, client_id) references clients on delete cascade
) with (fillfactor = 70);

-- Reserves `wanted` for a turn, or says which budget has no room for it: client, day, month, or lost where the turn is another worker's.
-- What is reserved stands on the running turns themselves: nothing is left of it when they end, and a dead worker's turn takes its own
-- over to the next. is_news: this budget is used up, not merely reserved, and nobody was told yet. A limit of null: none.
create function reserve_turn(
    turn bigint, its_fence bigint, client bigint, today date, wanted numeric, client_limit numeric, day_limit numeric, month_limit numeric,
    out refused text, out spent numeric, out is_news boolean, out begun text[]
) language plpgsql as $$
declare
    month_on   constant date := date_trunc('month', today)::date;
    own        numeric;
    held       numeric;    -- by the shop's other turns
    held_today numeric;
    held_here  numeric;    -- by this client's other turns
    by_month   numeric;
    by_day     numeric;
    by_client  numeric;
begin
    is_news := false;
    begun := '{}';
    select t.reserved into own from turns t where t.id = turn and t.fence = its_fence and t.state = 'running' for no key update;
    if not found then
        refused := 'lost';
        return;
    end if;
    if own > 0 and own >= wanted then
        return;    -- a turn that goes on after a crash
    end if;
    insert into spending (period, starts_on) values ('month', month_on) on conflict do nothing;
    if found then begun := begun || 'month'::text; end if;
    select s.spent into by_month from spending s where s.period = 'month' and s.starts_on = month_on for no key update;
    insert into spending (period, starts_on) values ('day', today) on conflict do nothing;
    if found then begun := begun || 'day'::text; end if;
    select s.spent into by_day from spending s where s.period = 'day' and s.starts_on = today for no key update;
    select coalesce(sum(t.reserved), 0), coalesce(sum(t.reserved) filter (where t.charged_on = today), 0),
           coalesce(sum(t.reserved) filter (where t.charged_on = today and t.chat_id in (select c.id from chats c where c.client_id = client)), 0)
      into held, held_today, held_here
      from turns t where t.state = 'running' and t.reserved > 0 and t.id <> turn;
    select coalesce(max(c.spent), 0) into by_client from client_spending c where c.client_id = client and c.day = today;
    case
        when by_month + held + wanted > month_limit then
            refused := 'month';
            spent := by_month;
            if spent + wanted > month_limit then
                update spending s set over_at = now() where s.period = 'month' and s.starts_on = month_on and s.over_at is null;
                is_news := found;
            end if;
        when by_day + held_today + wanted > day_limit then
            refused := 'day';
            spent := by_day;
            if spent + wanted > day_limit then
                update spending s set over_at = now() where s.period = 'day' and s.starts_on = today and s.over_at is null;
                is_news := found;
            end if;
        when by_client + held_here + wanted > client_limit then
            refused := 'client';
            spent := by_client;
            if spent + wanted > client_limit then
                insert into client_spending as c (client_id, day, over_at) values (client, today, now())
                    on conflict (account_id, client_id, day) do update set over_at = now() where c.over_at is null;
                is_news := found;
            end if;
        else
            update turns t set reserved = wanted, charged_on = coalesce(t.charged_on, today) where t.id = turn;
    end case;
end $$;

-- Counts what a turn used, in the transaction that ends it, after the turn's own row. Returns the budgets of which 80 % are used since.
create function settle_turn(
    turn bigint, client bigint, amount numeric, used jsonb, client_limit numeric, day_limit numeric, month_limit numeric
) returns table (scope text, spent numeric) language plpgsql as $$
declare
    today date := (select t.charged_on from turns t where t.id = turn);
begin
    insert into spending as s (period, starts_on, spent, near_at)
        values ('month', date_trunc('month', today)::date, amount, case when amount >= 0.8 * month_limit then now() end)
        on conflict (account_id, period, starts_on) do update set spent = s.spent + excluded.spent,
            near_at = coalesce(s.near_at, case when s.spent + excluded.spent >= 0.8 * month_limit then now() end);
    insert into spending as s (period, starts_on, spent, near_at)
        values ('day', today, amount, case when amount >= 0.8 * day_limit then now() end)
        on conflict (account_id, period, starts_on) do update set spent = s.spent + excluded.spent,
            near_at = coalesce(s.near_at, case when s.spent + excluded.spent >= 0.8 * day_limit then now() end);
    insert into client_spending as s (client_id, day, spent, near_at)
        values (client, today, amount, case when amount >= 0.8 * client_limit then now() end)
        on conflict (account_id, client_id, day) do update set spent = s.spent + excluded.spent,
            near_at = coalesce(s.near_at, case when s.spent + excluded.spent >= 0.8 * client_limit then now() end);
    insert into usage as u (day, provider, model, currency, answers, input_tokens, output_tokens, cached_tokens, unpriced, cost, charged)
        select today, r.provider, r.model, r.currency, r.answers, r.input_tokens, r.output_tokens, r.cached_tokens, r.unpriced, r.cost, r.charged
          from jsonb_to_recordset(used) r (provider text, model text, currency text, answers bigint, input_tokens bigint, output_tokens bigint,
                                           cached_tokens bigint, unpriced bigint, cost numeric, charged numeric)
        on conflict (account_id, day, provider, model, currency) do update set answers = u.answers + excluded.answers,
            input_tokens = u.input_tokens + excluded.input_tokens, output_tokens = u.output_tokens + excluded.output_tokens,
            cached_tokens = u.cached_tokens + excluded.cached_tokens, unpriced = u.unpriced + excluded.unpriced,
            cost = u.cost + excluded.cost, charged = u.charged + excluded.charged;
    return query
        select s.period, s.spent from spending s where s.near_at = now() and (s.period, s.starts_on) in (
            ('day', today), ('month', date_trunc('month', today)::date))
        union all
        select 'client', c.spent from client_spending c where c.near_at = now() and c.client_id = client and c.day = today;
end $$;

-- ---- row-level security, grants -----------------------------------------------------------------

do $$
declare
    t    text;
    own  constant text := '(select current_setting(''app.account_id'')::bigint)';
begin
    foreach t in array array['summaries', 'usage', 'spending', 'client_spending'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner on %I to valera_owner using (true) with check (true)', t);
        execute format('create policy app on %I to valera_app using (account_id = %s) with check (account_id = %s)', t, own, own);
    end loop;
end $$;
grant select, insert on summaries, usage, spending, client_spending to valera_app;
grant update (answers, input_tokens, output_tokens, cached_tokens, unpriced, cost, charged) on usage to valera_app;
grant update (spent, near_at, over_at) on spending, client_spending to valera_app;
grant update (reserved, charged_on, input_tokens, output_tokens, cost) on turns to valera_app;

-- ---- notices ------------------------------------------------------------------------------------

-- Four kinds more, whatever kinds there are by now.
do $$
declare
    kinds text := (select string_agg(distinct quote_literal(named[1]), ', ')
                     from pg_constraint c, regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') named
                    where c.conrelid = 'notices'::regclass and c.conname = 'notices_kind_check');
begin
    alter table notices drop constraint notices_kind_check;
    execute format('alter table notices add constraint notices_kind_check check (kind in (%s, %s))', kinds,
                   '''budget_near'', ''budget_spent'', ''client_budget_near'', ''client_budget_spent''');
end $$;
