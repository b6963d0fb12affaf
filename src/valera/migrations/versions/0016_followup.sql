-- Call-backs, the waitlist, outcomes of dialogues.

-- ---- call-backs -----------------------------------------------------------------------------------

-- A client wants to be telephoned. At most one request is open for a client: asking again changes it.
create table callbacks (
    account_id    bigint not null default current_setting('app.account_id')::bigint references accounts,
    id            bigint generated always as identity,
    client_id     bigint not null,
    chat_id       bigint,
    turn_id       bigint,                            -- in which it was asked for, or changed last
    phone         text not null check (phone ~ '^\+[0-9]{8,15}$'),
    wish          text not null default '',          -- the client's own words about the time
    reason        text not null default '',
    due_at        timestamptz not null,              -- nobody calls earlier
    attempts      int not null default 0,            -- calls that nobody answered
    escalated_at  timestamptz,                       -- the team was told that this one is overdue
    outcome       text check (outcome in ('reached', 'no_answer', 'not_needed', 'booked')),
    closed_at     timestamptz,
    closed_by     bigint,                            -- null: at the command line
    created_at    timestamptz not null default now(),
    primary key (account_id, id),
    check ((outcome is null) = (closed_at is null)),
    foreign key (account_id, client_id) references clients on delete cascade,
    foreign key (account_id, chat_id) references chats on delete set null (chat_id),
    foreign key (account_id, turn_id) references turns on delete set null (turn_id),
    foreign key (account_id, closed_by) references memberships (account_id, id) on delete set null (closed_by)
);
create unique index callbacks_open on callbacks (account_id, client_id) where outcome is null;
create index callbacks_chat on callbacks (account_id, chat_id, created_at);

-- ---- the waitlist ---------------------------------------------------------------------------------

-- A wish that could not be met, in the order of its coming: any start in [from, until) that also meets the rest of it.
create table waitlist (
    account_id        bigint not null default current_setting('app.account_id')::bigint references accounts,
    id                bigint generated always as identity,
    client_id         bigint not null,
    chat_id           bigint not null,
    turn_id           bigint,
    service           text not null default '',
    duration_minutes  int not null check (duration_minutes > 0),
    wish_from         timestamptz not null,
    wish_until        timestamptz not null,
    wish              jsonb not null,                -- all of it, as russian/time read it
    state             text not null default 'waiting' check (state in ('waiting', 'booked', 'left', 'expired')),
    booking_id        bigint,
    created_at        timestamptz not null default now(),
    ended_at          timestamptz,
    primary key (account_id, id),
    check (wish_from < wish_until),
    check ((state = 'waiting') = (ended_at is null)),
    foreign key (account_id, client_id) references clients on delete cascade,
    foreign key (account_id, chat_id) references chats on delete cascade,
    foreign key (account_id, turn_id) references turns on delete set null (turn_id),
    foreign key (account_id, booking_id) references bookings on delete set null (booking_id)
);
create index waitlist_waiting on waitlist (account_id, id) where state = 'waiting';
create index waitlist_chat on waitlist (account_id, chat_id, created_at);

-- A freed time shown to one who waits. It reserves nothing: whoever says yes first has it. While it is open, nobody else on the list is
-- offered any of that time.
create table waitlist_offers (
    account_id  bigint not null default current_setting('app.account_id')::bigint,
    id          bigint generated always as identity,
    entry_id    bigint not null,
    key         text not null,                       -- in the buttons
    during      tstzrange not null check (not isempty(during) and not lower_inf(during) and not upper_inf(during)),
    state       text not null default 'open' check (state in ('open', 'taken', 'skipped', 'expired', 'gone')),
    expires_at  timestamptz not null,
    turn_id     bigint,                              -- that said it
    created_at  timestamptz not null default now(),
    decided_at  timestamptz,
    primary key (account_id, id),
    unique (account_id, key),
    check ((state = 'open') = (decided_at is null)),
    foreign key (account_id, entry_id) references waitlist on delete cascade,
    foreign key (account_id, turn_id) references turns on delete set null (turn_id),
    constraint waitlist_offers_one_at_a_time exclude using gist (account_id with =, during with &&) where (state = 'open')
);
create index waitlist_offers_entry on waitlist_offers (account_id, entry_id);
create unique index waitlist_offers_open on waitlist_offers (account_id, entry_id) where state = 'open';

-- ---- outcomes of dialogues ------------------------------------------------------------------------

-- How a dialogue ended: one row for each stretch of a chat between two silences of 24 hours.
create table dialogue_outcomes (
    account_id        bigint not null default current_setting('app.account_id')::bigint references accounts,
    id                bigint generated always as identity,
    chat_id           bigint not null,
    first_message_id  bigint not null,               -- of the stretch
    last_message_id   bigint not null,
    outcome           text not null check (outcome in ('booked', 'moved', 'cancelled', 'callback', 'waitlist', 'human', 'price_too_high',
                      'no_slot', 'out_of_profile', 'price_only', 'answered', 'silent', 'spam', 'other')),
    message_id        bigint,                        -- the line that shows it
    began_at          timestamptz not null,
    ended_at          timestamptz not null,
    decided_at        timestamptz not null default now(),
    primary key (account_id, id),
    unique (account_id, chat_id, first_message_id),
    check (first_message_id <= last_message_id),
    foreign key (account_id, chat_id) references chats on delete cascade,
    foreign key (account_id, message_id) references messages on delete set null (message_id)
);
create index dialogue_outcomes_ended on dialogue_outcomes (account_id, ended_at);

-- A dialogue that begins, and one that begins anew after a day, is looked at a day later. The five minutes keep a message that comes at
-- that very moment from falling between this condition and the job's own look.
create function jobs.dialogue_begun() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform jobs.put(new.account_id, 'dialogue_silent', now() + interval '24 hours 5 minutes',
                     new.id || ':' || extract(epoch from date_trunc('minute', now()))::bigint, jsonb_build_object('chat', new.id));
    return null;
end $$;
create trigger dialogue_begun after insert on chats for each row execute function jobs.dialogue_begun();
create trigger dialogue_begun_anew after update of last_message_at on chats
    for each row when (old.last_message_at < now() - interval '24 hours') execute function jobs.dialogue_begun();
revoke all on function jobs.dialogue_begun() from public;
grant execute on function jobs.dialogue_begun() to valera_owner;

-- Dialogues that were there before.
select jobs.put(account_id, 'dialogue_silent', now() + interval '5 minutes', id || ':0', jsonb_build_object('chat', id)) from chats;

-- ---- row-level security, grants -------------------------------------------------------------------

do $$
declare
    t    text;
    own  constant text := '(select current_setting(''app.account_id'')::bigint)';
begin
    foreach t in array array['callbacks', 'waitlist', 'waitlist_offers', 'dialogue_outcomes'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner on %I to valera_owner using (true) with check (true)', t);
        execute format('create policy app on %1$I to valera_app using (account_id = %2$s) with check (account_id = %2$s)', t, own);
        execute format('create policy valera_platform on %1$I to valera_platform using (account_id = %2$s) with check (account_id = %2$s)',
                       t, own);
        execute format('grant select, delete on %I to valera_platform', t);
    end loop;
end $$;
grant select, insert on callbacks, waitlist, waitlist_offers, dialogue_outcomes to valera_app;
grant update (chat_id, turn_id, phone, wish, reason, due_at, attempts, escalated_at, outcome, closed_at, closed_by) on callbacks to valera_app;
grant update (state, booking_id, ended_at) on waitlist to valera_app;
grant update (state, turn_id, decided_at) on waitlist_offers to valera_app;

-- ---- notices --------------------------------------------------------------------------------------

-- Four kinds more, whatever kinds there are by now.
do $$
declare
    kinds text := (select string_agg(distinct quote_literal(named[1]), ', ')
                     from pg_constraint c, regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') named
                    where c.conrelid = 'notices'::regclass and c.conname = 'notices_kind_check');
begin
    alter table notices drop constraint notices_kind_check;
    execute format('alter table notices add constraint notices_kind_check check (kind in (%s, %s))', kinds,
                   '''callback_requested'', ''callback_due'', ''callback_overdue'', ''waitlist_by_person''');
end $$;
