-- Tables of the main path. Every shop table carries account_id in its keys: row-level security does not guard foreign keys.

create extension if not exists btree_gist;   -- trusted: the database's owner may create it

-- ---- people and shops ---------------------------------------------------------------------------

-- What Telegram says about a person; shared by shops and closed to valera_app.
create table telegram_users (
    telegram_id  bigint primary key,
    username     text,
    first_name   text not null default '',
    last_name    text,
    language     text,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now()
);

create table accounts (
    id                 bigint generated always as identity primary key,
    slug               text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    name               text not null check (name <> ''),
    subscription_tier  text not null default 'starter' check (subscription_tier in ('starter', 'professional', 'enterprise')),
    settings           jsonb not null default '{}',
    time_zone          text not null default 'Europe/Moscow',
    locale             text not null default 'ru',
    currency           text not null default 'RUB',
    owner_id           bigint,                 -- memberships.id
    data_key           bytea not null,         -- wrapped by the master key
    created_at         timestamptz not null default now()
);

create table memberships (
    account_id        bigint not null default current_setting('app.account_id')::bigint references accounts,
    id                bigint generated always as identity,
    telegram_user_id  bigint references telegram_users,
    name              text not null,
    role              text not null check (role in ('admin', 'support')),
    created_at        timestamptz not null default now(),
    primary key (account_id, id),
    unique (account_id, telegram_user_id)
);
alter table accounts add foreign key (id, owner_id) references memberships (account_id, id);

create table bots (
    account_id           bigint not null default current_setting('app.account_id')::bigint references accounts,
    id                   bigint generated always as identity,
    telegram_id          bigint not null unique,     -- one bot serves one shop
    username             text not null,
    token                bytea not null,             -- sealed
    webhook_key          text not null unique check (length(webhook_key) >= 22),   -- random: unique by itself
    webhook_secret_hash  bytea not null check (length(webhook_secret_hash) = 32),
    delivery             text not null default 'webhook' check (delivery in ('webhook', 'polling')),
    state                text not null default 'active' check (state in ('active', 'paused')),
    created_at           timestamptz not null default now(),
    primary key (account_id, id)
);

create table prompts (
    account_id    bigint not null default current_setting('app.account_id')::bigint references accounts,
    id            bigint generated always as identity,
    version       int not null check (version > 0),
    text          text not null,
    author_id     bigint,
    published_at  timestamptz,
    created_at    timestamptz not null default now(),
    primary key (account_id, id),
    unique (account_id, version),
    foreign key (account_id, author_id) references memberships (account_id, id)
);

-- What the shop says of itself and the bot may repeat: address, phone, directions, guarantee …
create table facts (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    topic       text not null check (topic <> ''),
    text        text not null,
    primary key (account_id, topic)
);

-- ---- clients and their chats --------------------------------------------------------------------

create table clients (
    account_id        bigint not null default current_setting('app.account_id')::bigint references accounts,
    id                bigint generated always as identity,
    telegram_user_id  bigint references telegram_users,
    name              text not null default '',
    phone             text,                          -- E.164
    source            text,
    consent_at        timestamptz,
    unreachable_at    timestamptz,                   -- blocked the bot; null: reachable
    created_at        timestamptz not null default now(),
    primary key (account_id, id),
    unique (account_id, telegram_user_id)
);

create table vehicles (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    id          bigint generated always as identity,
    client_id   bigint not null,
    make        text not null default '',
    model       text not null default '',
    year        int check (year between 1900 and 2100),
    plate       text,
    vin         text,
    car_class   text,
    created_at  timestamptz not null default now(),
    primary key (account_id, id),
    unique (account_id, client_id, make, model),
    foreign key (account_id, client_id) references clients on delete cascade
);

create table chats (
    account_id        bigint not null default current_setting('app.account_id')::bigint references accounts,
    id                bigint generated always as identity,
    bot_id            bigint not null,
    telegram_chat_id  bigint not null,
    telegram_user_id  bigint references telegram_users,
    client_id         bigint,
    status            text not null default 'assistant' check (status in ('assistant', 'human', 'closed')),
    assignee_id       bigint,
    human_called_at   timestamptz,                   -- the client waits for a person since
    human_reason      text,
    metadata          jsonb not null default '{}',
    created_at        timestamptz not null default now(),
    last_message_at   timestamptz not null default now(),
    primary key (account_id, id),
    foreign key (account_id, bot_id) references bots,
    foreign key (account_id, client_id) references clients on delete set null (client_id),
    foreign key (account_id, assignee_id) references memberships (account_id, id) on delete set null (assignee_id)
);
create unique index chats_open on chats (account_id, bot_id, telegram_chat_id) where status <> 'closed';
create index chats_client on chats (account_id, client_id);

-- ---- the inbox ----------------------------------------------------------------------------------

-- What Telegram sent, as it sent it: bytes, so that no body can fail its neighbours. body_hash lets ingest compare without reading bodies.
create table telegram_updates (
    account_id   bigint not null default current_setting('app.account_id')::bigint,
    bot_id       bigint not null,
    update_id    bigint not null,
    seq          bigint generated always as identity,   -- order of ingest
    peer_id      bigint not null,                       -- chat, or user where there is no chat, or 0
    kind         text not null,
    body         bytea not null,
    body_hash    bytea not null,
    received_at  timestamptz not null default now(),
    done_at      timestamptz,
    primary key (account_id, bot_id, update_id),
    foreign key (account_id, bot_id) references bots
);
create index telegram_updates_waiting on telegram_updates (account_id, bot_id, peer_id, seq) where done_at is null;

-- The same id with another body: flagged and still processed (after an idle week Telegram may start its ids anew).
create table telegram_update_conflicts (
    account_id   bigint not null default current_setting('app.account_id')::bigint,
    bot_id       bigint not null,
    update_id    bigint not null,
    body_hash    bytea not null,
    seq          bigint generated always as identity,
    peer_id      bigint not null,
    kind         text not null,
    body         bytea not null,
    received_at  timestamptz not null default now(),
    done_at      timestamptz,
    primary key (account_id, bot_id, update_id, body_hash),
    foreign key (account_id, bot_id) references bots
);
create index telegram_update_conflicts_waiting on telegram_update_conflicts (account_id, bot_id, peer_id, seq) where done_at is null;

-- Authenticated bodies that are no update: kept, answered 200 (Telegram would repeat them for ever).
create table quarantined_updates (
    account_id   bigint not null default current_setting('app.account_id')::bigint,
    id           bigint generated always as identity,
    bot_id       bigint not null,
    body         bytea not null,
    reason       text not null,
    received_at  timestamptz not null default now(),
    primary key (account_id, id),
    foreign key (account_id, bot_id) references bots
);

-- marks counts what was ever put in. Release compares it: an UPDATE that waited for its row sees the row afresh, and everything else
-- with its old snapshot.
create table mailboxes (
    account_id    bigint not null default current_setting('app.account_id')::bigint,
    bot_id        bigint not null,
    peer_id       bigint not null,
    due_at        timestamptz,                   -- null: nothing to take in
    marks         bigint not null default 0,
    lease         bigint not null default 0,     -- fencing number
    leased_until  timestamptz,
    failures      int not null default 0,        -- intakes in a row that raised
    primary key (account_id, bot_id, peer_id),
    foreign key (account_id, bot_id) references bots
) with (fillfactor = 70);
create index mailboxes_due on mailboxes (due_at) where due_at is not null;

-- Button presses wait for their acknowledgement here, apart from the mailbox: Telegram forgets them after 150 s.
create table button_presses (
    account_id         bigint not null default current_setting('app.account_id')::bigint,
    bot_id             bigint not null,
    callback_query_id  text not null,
    received_at        timestamptz not null default now(),
    acknowledged_at    timestamptz,
    primary key (account_id, bot_id, callback_query_id),
    foreign key (account_id, bot_id) references bots
);
create index button_presses_waiting on button_presses (received_at) where acknowledged_at is null;

-- ---- turns, their journal, the outbox -----------------------------------------------------------

-- Worker processes, of no shop: one whose heartbeat stopped is stuck, and its turns are free.
create table workers (
    id           int primary key,
    alive_until  timestamptz not null
);

create table turns (
    account_id         bigint not null default current_setting('app.account_id')::bigint references accounts,
    id                 bigint generated always as identity,
    chat_id            bigint not null,
    state              text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'withdrawn')),
    trigger            text not null default 'message' check (trigger in ('message', 'button', 'start', 'hand_back')),
    due_at             timestamptz not null default now(),
    settle_until       timestamptz not null default now(),   -- a burst is waited for no longer than this
    round              int not null default 1,               -- restarts because the client wrote again, plus one
    attempts           int not null default 0,               -- claims
    fence              bigint not null default 0,
    worker             int,
    leased_until       timestamptz,
    started_at         timestamptz,
    finished_at        timestamptz,
    created_at         timestamptz not null default now(),
    primary key (account_id, id),
    foreign key (account_id, chat_id) references chats on delete cascade
);
create unique index turns_waiting on turns (account_id, chat_id) where state = 'waiting';
create unique index turns_running on turns (account_id, chat_id) where state = 'running';
create index turns_due on turns (due_at) where state = 'waiting';
create index turns_leased on turns (leased_until) where state = 'running';
create index turns_chat on turns (account_id, chat_id, id);

create table messages (
    account_id           bigint not null default current_setting('app.account_id')::bigint references accounts,
    id                   bigint generated always as identity,
    chat_id              bigint not null,
    role                 text not null check (role in ('user', 'assistant', 'system', 'manager', 'tool')),
    content              text not null default '',
    attachments          jsonb not null default '[]',
    llm_response_data    jsonb,                         -- model, usage, cost, milliseconds
    author_id            bigint,                        -- the member who wrote it
    bot_id               bigint,
    update_id            bigint,                        -- the update it came from
    telegram_message_id  bigint,
    turn_id              bigint,                        -- the turn that answers it, or that it came from
    edited_at            timestamptz,
    deleted_at           timestamptz,
    created_at           timestamptz not null default now(),
    primary key (account_id, id),
    check (role <> 'user' or update_id is not null),
    foreign key (account_id, chat_id) references chats on delete cascade,
    foreign key (account_id, author_id) references memberships (account_id, id) on delete set null (author_id),
    foreign key (account_id, turn_id) references turns on delete set null (turn_id)
);
create index messages_chat on messages (account_id, chat_id, id);
create index messages_unanswered on messages (account_id, chat_id, id) where role = 'user' and turn_id is null;
-- One update, one message; a conflicting update has the same id and another message.
create unique index messages_update on messages (account_id, bot_id, update_id, telegram_message_id) nulls not distinct
    where update_id is not null;

-- The journal. A model's answer is written before it is acted on; a tool's effect commits with its row.
create table turn_steps (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    turn_id     bigint not null,
    step_no     int not null,
    round       int not null,
    kind        text not null check (kind in ('model', 'tool', 'code')),
    effect_key  text,                                   -- independent of round, attempt and step number
    content     jsonb not null,
    ms          int not null default 0,
    created_at  timestamptz not null default now(),
    primary key (account_id, turn_id, step_no),
    unique (account_id, turn_id, effect_key),
    foreign key (account_id, turn_id) references turns on delete cascade
);

create table deliveries (
    account_id           bigint not null default current_setting('app.account_id')::bigint references accounts,
    id                   bigint generated always as identity,
    chat_id              bigint not null,
    bot_id               bigint not null,
    telegram_chat_id     bigint not null,
    message_id           bigint,
    turn_id              bigint,
    author_id            bigint,
    state                text not null default 'ready' check (state in ('ready', 'sending', 'sent', 'failed', 'withdrawn')),
    due_at               timestamptz not null default now(),
    fence                bigint not null default 0,
    worker               int,
    leased_until         timestamptz,
    attempts             int not null default 0,
    unsure               int not null default 0,        -- times it may have been sent without our knowing
    text                 text not null check (text <> ''),
    entities             jsonb not null default '[]',
    reply_markup         jsonb,
    reply_to             bigint,                        -- the client's message, for a send that may be a repeat
    telegram_message_id  bigint,
    error                text,
    created_at           timestamptz not null default now(),
    sent_at              timestamptz,
    primary key (account_id, id),
    check (turn_id is not null or author_id is not null),
    foreign key (account_id, chat_id) references chats on delete cascade,
    foreign key (account_id, bot_id) references bots,
    foreign key (account_id, message_id) references messages on delete set null (message_id),
    foreign key (account_id, turn_id) references turns on delete set null (turn_id),
    foreign key (account_id, author_id) references memberships (account_id, id)
);
create index deliveries_waiting on deliveries (account_id, chat_id, id) where state in ('ready', 'sending');
create index deliveries_due on deliveries (due_at) where state in ('ready', 'sending');
create index deliveries_turn on deliveries (account_id, turn_id);

-- ---- prices -------------------------------------------------------------------------------------

create table price_lists (
    account_id    bigint not null default current_setting('app.account_id')::bigint references accounts,
    id            bigint generated always as identity,
    version       int not null check (version > 0),
    source        text not null,                        -- file name
    currency      text not null default 'RUB',
    classes       jsonb not null default '[]',          -- [{"name": …, "description": …}], empty: one price for every car
    published_at  timestamptz,
    created_at    timestamptz not null default now(),
    primary key (account_id, id),
    unique (account_id, version)
);

create table price_items (
    account_id     bigint not null default current_setting('app.account_id')::bigint references accounts,
    id             bigint generated always as identity,
    price_list_id  bigint not null,
    row_no         int not null,                        -- in the source, from 1
    section        text not null default '',
    name           text not null check (name <> ''),
    prices         jsonb not null,                      -- per class: {"amount": 18000, "upto": null, "is_from": false} or null
    primary key (account_id, id),
    unique (account_id, price_list_id, row_no),
    foreign key (account_id, price_list_id) references price_lists on delete cascade
);

-- ---- bays, hours, bookings ----------------------------------------------------------------------

create table bays (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    id          bigint generated always as identity,
    name        text not null,
    is_open     boolean not null default true,
    primary key (account_id, id),
    unique (account_id, name)
);

create table opening_hours (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    weekday     int not null check (weekday between 1 and 7),      -- ISO: Monday is 1
    opens       time not null,
    closes      time not null,                                     -- 00:00 means midnight at the end of the day
    primary key (account_id, weekday, opens),
    check (closes > opens or closes = '00:00')
);

create table holidays (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    closed_on   date not null,
    name        text not null default '',
    primary key (account_id, closed_on)
);

-- How long works of a section of the price list take; a new list version does not change it.
create table service_durations (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    section     text not null,
    minutes     int not null check (minutes between 5 and 10080),
    primary key (account_id, section)
);

create table counters (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    name        text not null,
    value       bigint not null default 0,
    primary key (account_id, name)
);

create table bookings (
    account_id        bigint not null default current_setting('app.account_id')::bigint references accounts,
    id                bigint generated always as identity,
    chat_id           bigint,
    client_id         bigint,
    vehicle_id        bigint,
    number            bigint,                                      -- from counters, when it becomes real
    status            text not null default 'held' check (status in
                      ('held', 'requested', 'confirmed', 'arrived', 'in_work', 'done', 'cancelled', 'no_show', 'expired')),
    service_type      text not null default '',
    description       text not null default '',
    photos            jsonb not null default '[]',
    quote             jsonb,                                       -- what was quoted: version, rows, sums
    during            tstzrange not null check (
        not isempty(during) and lower_inc(during) and not upper_inc(during) and not lower_inf(during) and not upper_inf(during)),
    scheduled_at      timestamptz not null generated always as (lower(during)) stored,
    bay_id            bigint not null,
    hold_expires_at   timestamptz,
    created_at        timestamptz not null default now(),
    primary key (account_id, id),
    unique (account_id, number),
    check ((status in ('held', 'expired')) = (number is null)),
    check (status <> 'held' or hold_expires_at is not null),
    foreign key (account_id, chat_id) references chats on delete set null (chat_id),
    foreign key (account_id, client_id) references clients on delete set null (client_id),
    foreign key (account_id, vehicle_id) references vehicles on delete set null (vehicle_id),
    foreign key (account_id, bay_id) references bays,
    constraint bookings_no_overlap exclude using gist (account_id with =, bay_id with =, during with &&)
        where (status not in ('cancelled', 'expired', 'no_show'))
);
create index bookings_scheduled on bookings (account_id, scheduled_at);
create index bookings_client on bookings (account_id, client_id);
create index bookings_held on bookings (account_id, hold_expires_at) where status = 'held';

create table booking_events (
    account_id   bigint not null default current_setting('app.account_id')::bigint references accounts,
    id           bigint generated always as identity,
    booking_id   bigint not null,
    event        text not null check (event in ('held', 'confirmed', 'moved', 'cancelled', 'expired')),
    actor        text not null check (actor in ('client', 'assistant', 'member', 'system')),
    member_id    bigint,
    message_id   bigint,                                           -- the client's press or word that made it real
    turn_id      bigint,
    details      jsonb not null default '{}',
    created_at   timestamptz not null default now(),
    primary key (account_id, id),
    check (actor <> 'member' or member_id is not null),
    check (actor <> 'client' or message_id is not null),
    foreign key (account_id, booking_id) references bookings on delete cascade,
    foreign key (account_id, member_id) references memberships (account_id, id),
    foreign key (account_id, message_id) references messages,
    foreign key (account_id, turn_id) references turns on delete set null (turn_id)
);
create index booking_events_booking on booking_events (account_id, booking_id, id);

-- Slots that were shown to one chat; the assistant names them by their short key, never by time.
create table slot_offers (
    account_id        bigint not null default current_setting('app.account_id')::bigint references accounts,
    id                bigint generated always as identity,
    chat_id           bigint not null,
    key               text not null,                               -- short, random, meaningful in this chat only
    starts_at         timestamptz not null,
    duration_minutes  int not null check (duration_minutes > 0),
    service           text not null default '',
    expires_at        timestamptz not null,
    created_at        timestamptz not null default now(),
    primary key (account_id, id),
    unique (account_id, chat_id, key),
    foreign key (account_id, chat_id) references chats on delete cascade
);

-- What waits for the client's yes: a hold that would become a booking, a move, a cancellation.
create table proposals (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    id          bigint generated always as identity,
    chat_id     bigint not null,
    key         text not null,                                     -- in the button
    kind        text not null check (kind in ('book', 'move', 'cancel')),
    booking_id  bigint not null,
    during      tstzrange,                                         -- move: the new time, kept free while the proposal is open
    bay_id      bigint,
    state       text not null default 'open' check (state in ('open', 'accepted', 'declined', 'expired', 'superseded')),
    turn_id     bigint,
    expires_at  timestamptz not null,
    decided_at  timestamptz,
    created_at  timestamptz not null default now(),
    primary key (account_id, id),
    unique (account_id, key),
    check ((kind = 'move') = (during is not null)),
    check ((during is null) = (bay_id is null)),
    foreign key (account_id, chat_id) references chats on delete cascade,
    foreign key (account_id, booking_id) references bookings on delete cascade,
    foreign key (account_id, bay_id) references bays,
    foreign key (account_id, turn_id) references turns on delete set null (turn_id)
);
create unique index proposals_open on proposals (account_id, chat_id) where state = 'open';
create index proposals_moves on proposals (account_id, bay_id) where state = 'open' and kind = 'move';

create table analytics_events (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    id          bigint generated always as identity,
    event_type  text not null,
    properties  jsonb not null default '{}',
    created_at  timestamptz not null default now(),
    primary key (account_id, id)
);
create index analytics_events_type on analytics_events (account_id, event_type, created_at);

-- Tracking can fail; what it watches cannot fail because of it. The block is a savepoint, and all of it is one round trip.
create function track_event(event_type text, properties jsonb) returns text language plpgsql as $$
begin
    insert into analytics_events (event_type, properties) values (track_event.event_type, track_event.properties);
    return null;
exception when others then
    return sqlstate;
end $$;

-- ---- row-level security -------------------------------------------------------------------------
-- Everything, forced, and the owner by a policy of its own (FORCE binds it too). telegram_users has no policy for valera_app: closed.
do $$
declare
    t    text;
    own  constant text := '(select current_setting(''app.account_id'')::bigint)';
begin
    for t in select tablename from pg_tables where schemaname = 'public' and tablename <> 'alembic_version' loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner on %I to valera_owner using (true) with check (true)', t);
        if t not in ('telegram_users', 'accounts', 'workers') then
            execute format('create policy app on %1$I to valera_app using (account_id = %2$s) with check (account_id = %2$s)', t, own);
        end if;
    end loop;
    execute format('create policy app on accounts to valera_app using (id = %1$s) with check (id = %1$s)', own);
end $$;

-- valera_app: the shop's own rows, and of the machinery only the columns that it moves.
grant select on accounts, memberships, bots, prompts, facts, clients, vehicles, chats, telegram_updates, telegram_update_conflicts,
    quarantined_updates, mailboxes, button_presses, turns, messages, turn_steps, deliveries, price_lists, price_items, bays,
    opening_hours, holidays, service_durations, counters, bookings, booking_events, slot_offers, proposals, analytics_events to valera_app;
grant insert, update, delete on memberships, bots, prompts, facts, clients, vehicles, chats, messages, deliveries, price_lists,
    price_items, bays, opening_hours, holidays, service_durations, bookings, slot_offers, proposals to valera_app;
grant insert, update on counters to valera_app;
grant insert on turn_steps, booking_events, analytics_events, quarantined_updates to valera_app;      -- journals: written once
grant update (name, subscription_tier, settings, time_zone, locale, currency, owner_id) on accounts to valera_app;
grant update (done_at) on telegram_updates, telegram_update_conflicts to valera_app;
grant update (due_at, leased_until, failures) on mailboxes to valera_app;
grant insert, update (state, trigger, due_at, settle_until, round, attempts, leased_until, worker, finished_at) on turns to valera_app;

-- The roles that look across shops: one line, one grant, one policy. tests/architecture compares the catalogue with its allow-list.
do $$
declare
    a record;
begin
    for a in select * from (values
        ('valera_ingest',   'bots',                      'select', 'account_id, id, webhook_key, webhook_secret_hash, state'),
        ('valera_ingest',   'telegram_updates',          'select', 'account_id, bot_id, update_id, body_hash'),
        ('valera_ingest',   'telegram_updates',          'insert', 'account_id, bot_id, update_id, peer_id, kind, body, body_hash'),
        ('valera_ingest',   'telegram_update_conflicts', 'select', 'account_id, bot_id, update_id, body_hash'),
        ('valera_ingest',   'telegram_update_conflicts', 'insert', 'account_id, bot_id, update_id, body_hash, peer_id, kind, body'),
        ('valera_ingest',   'quarantined_updates',       'insert', 'account_id, bot_id, body, reason'),
        ('valera_ingest',   'button_presses',            'select', 'account_id, bot_id, callback_query_id'),
        ('valera_ingest',   'button_presses',            'insert', 'account_id, bot_id, callback_query_id'),
        ('valera_ingest',   'mailboxes',                 'select', 'account_id, bot_id, peer_id, due_at, marks'),
        ('valera_ingest',   'mailboxes',                 'insert', 'account_id, bot_id, peer_id, due_at, marks'),
        ('valera_ingest',   'mailboxes',                 'update', 'due_at, marks'),
        ('valera_queue',    'mailboxes',                 'select', 'account_id, bot_id, peer_id, due_at, marks, lease, leased_until, failures'),
        ('valera_queue',    'mailboxes',                 'update', 'lease, leased_until'),
        ('valera_queue',    'button_presses',            'select', 'account_id, bot_id, callback_query_id, received_at, acknowledged_at'),
        ('valera_queue',    'button_presses',            'update', 'acknowledged_at'),
        ('valera_queue',    'turns',                     'select', 'account_id, id, chat_id, state, due_at, fence, worker, leased_until, attempts, round, started_at'),
        ('valera_queue',    'turns',                     'update', 'state, fence, worker, leased_until, attempts, started_at'),
        ('valera_queue',    'deliveries',                'select', 'account_id, id, chat_id, bot_id, state, due_at, fence, worker, leased_until, attempts, unsure'),
        ('valera_queue',    'deliveries',                'update', 'state, fence, worker, leased_until, attempts, unsure, due_at'),
        ('valera_queue',    'workers',                   'select', 'id, alive_until'),
        ('valera_queue',    'workers',                   'insert', 'id, alive_until'),
        ('valera_queue',    'workers',                   'update', 'alive_until'),
        ('valera_queue',    'bookings',                  'select', 'account_id, id, status, hold_expires_at'),
        ('valera_identity', 'accounts',                  'select', 'id, slug, name, locale, created_at'),
        ('valera_identity', 'accounts',                  'insert', 'slug, name, subscription_tier, settings, time_zone, locale, currency, data_key'),
        ('valera_identity', 'bots',                      'select', 'account_id, id, telegram_id, username, webhook_key, delivery, state'),
        ('valera_identity', 'memberships',               'select', 'account_id, id, telegram_user_id, role'),
        ('valera_identity', 'telegram_users',            'select', 'telegram_id, username, first_name, last_name, language'),
        ('valera_identity', 'telegram_users',            'insert', 'telegram_id, username, first_name, last_name, language'),
        ('valera_identity', 'telegram_users',            'update', 'username, first_name, last_name, language, updated_at')
    ) as allowed (role, tbl, verb, columns) loop
        execute format('grant %s (%s) on %I to %I', a.verb, a.columns, a.tbl, a.role);
        execute format('create policy %I on %I for %s to %I %s %s', a.role || '_' || a.verb, a.tbl, a.verb, a.role,
            case when a.verb <> 'insert' then 'using (true)' end,
            case when a.verb <> 'select' then 'with check (true)' end);
    end loop;
end $$;
