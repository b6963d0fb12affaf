-- What clients were told, how long things are kept, and how one person is taken out of everything.

-- What was said to a client about the assistant and about the shop's policy, in which version: said again when there is another one.
create table disclosures (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    client_id   bigint not null,
    kind        text not null check (kind in ('assistant', 'policy')),
    version     text not null check (version <> ''),
    message_id  bigint,                                  -- the message that said it
    told_at     timestamptz not null default now(),
    primary key (account_id, client_id, kind, version),
    foreign key (account_id, client_id) references clients on delete cascade,
    foreign key (account_id, message_id) references messages on delete set null (message_id)
);

-- What is left of a person who was erased: when, for whom, why, and how many rows of which table. Nothing that tells who it was.
create table erasures (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    id          bigint generated always as identity,
    client_id   bigint not null,                         -- the number that the client had; nobody has it again
    asked_by    text not null check (asked_by <> ''),
    reason      text not null check (reason <> ''),
    counts      jsonb not null,                          -- table → rows
    files_left  text[] not null default '{}',            -- storage keys that are still to be deleted
    erased_at   timestamptz not null default now(),
    primary key (account_id, id)
);

do $$
declare
    t    text;
    own  constant text := '(select current_setting(''app.account_id'')::bigint)';
begin
    foreach t in array array['disclosures', 'erasures'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner on %I to valera_owner using (true) with check (true)', t);
        execute format('create policy app on %I to valera_app using (account_id = %s) with check (account_id = %s)', t, own, own);
    end loop;
end $$;
grant select, insert, update (message_id, told_at) on disclosures to valera_app;
grant select on erasures to valera_app;

-- ---- anonymous bookings -------------------------------------------------------------------------

-- A booking whose client was erased stays with its number, time, bay and state; the message that confirmed it is gone.
alter table bookings add column erased_at timestamptz;
alter table booking_events add column erased_at timestamptz;
do $$
declare
    named text := (select conname from pg_constraint where conrelid = 'booking_events'::regclass and contype = 'c'
                      and pg_get_constraintdef(oid) like '%message_id%');
begin
    execute format('alter table booking_events drop constraint %I', named);
end $$;
alter table booking_events add constraint booking_events_confirmed_by_client
    check (actor <> 'client' or message_id is not null or erased_at is not null);

-- ---- the operator's role: erasing, in one shop at a time ----------------------------------------

do $$
declare
    t    text;
    own  constant text := '(account_id = (select current_setting(''app.account_id'')::bigint))';
begin
    foreach t in array array['clients', 'vehicles', 'chats', 'messages', 'attachments', 'turns', 'turn_steps', 'deliveries', 'summaries',
                             'client_spending', 'slot_offers', 'proposals', 'disclosures', 'telegram_updates', 'telegram_update_conflicts',
                             'quarantined_updates', 'mailboxes', 'notices', 'bookings', 'booking_events', 'analytics_events', 'erasures',
                             'price_items'] loop
        execute format('create policy valera_platform on %I to valera_platform using %s with check %s', t, own, own);
        execute format('grant select on %I to valera_platform', t);
        if t not in ('booking_events', 'analytics_events', 'erasures', 'price_items') then
            execute format('grant delete on %I to valera_platform', t);
        end if;
    end loop;
end $$;
-- A row is locked with the right to update some column of it.
grant update (unreachable_at) on clients to valera_platform;
grant update (leased_until) on turns to valera_platform;
grant update (status) on chats to valera_platform;
grant update (leased_until) on mailboxes to valera_platform;
grant update (chat_id, client_id, vehicle_id, service_type, description, photos, quote, erased_at) on bookings to valera_platform;
grant update (message_id, turn_id, details, erased_at) on booking_events to valera_platform;
grant update (properties) on analytics_events to valera_platform;
grant insert (client_id, asked_by, reason, counts, files_left), update (files_left) on erasures to valera_platform;

-- A person is deleted where no shop refers to them: foreign keys refuse it elsewhere.
grant select (telegram_id), delete on telegram_users to valera_platform;
create policy valera_platform on telegram_users to valera_platform using (true);

-- ---- retention ----------------------------------------------------------------------------------

-- Raw updates: seven days. `valera verify` asks about six.
drop policy valera_queue_delete on telegram_updates;
drop policy valera_queue_delete on telegram_update_conflicts;
create policy valera_queue_delete on telegram_updates for delete to valera_queue using (done_at < now() - interval '7 days');
create policy valera_queue_delete on telegram_update_conflicts for delete to valera_queue using (done_at < now() - interval '7 days');
