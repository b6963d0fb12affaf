-- What a member does in a chat: notes, files, drafts to decide about, canned replies; who is at the desk.

-- ---- messages, turns, deliveries ------------------------------------------------------------------

-- A note is for the team alone.
alter table messages drop constraint messages_role_check;
alter table messages add constraint messages_role_check check (role in ('user', 'assistant', 'system', 'manager', 'tool', 'note'));
-- Given by the browser: what it sends twice is one message.
alter table messages add column client_key text check (length(client_key) between 8 and 64);
create unique index messages_client_key on messages (account_id, chat_id, client_key) where client_key is not null;

-- Since when somebody answers.
create index messages_system on messages (account_id, chat_id, id) where role = 'system';

-- Who runs a turn looks whether a person has taken its chat over meanwhile. (A mark on the turn's row would do as well, but a takeover holds
-- the chat and a turn that works holds its own row: they would wait for each other.)
create policy valera_queue_select on chats for select to valera_queue using (true);
grant select (account_id, id, status) on chats to valera_queue;
grant select (trigger) on turns to valera_queue;

-- One kind of turn more, whatever kinds there are by now.
do $$
declare
    kinds text := (select string_agg(distinct quote_literal(named[1]), ', ')
                     from pg_constraint c, regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') named
                    where c.conrelid = 'turns'::regclass and c.conname = 'turns_trigger_check');
begin
    alter table turns drop constraint turns_trigger_check;
    execute format('alter table turns add constraint turns_trigger_check check (trigger in (%s, %s))', kinds, '''hint''');
end $$;

-- Photos and files of a member: [{"kind", "key", "name", "media_type"}], all of one send. Their text is its caption.
alter table deliveries add column files jsonb check (jsonb_typeof(files) = 'array' and jsonb_array_length(files) between 1 and 10);
alter table deliveries drop constraint deliveries_text_check;
alter table deliveries add constraint deliveries_text_check check (text <> '' or files is not null);

create function refuse_note() returns trigger language plpgsql as $$
begin
    if (select role = 'note' from messages where (account_id, id) = (new.account_id, new.message_id)) then
        raise exception 'a note is never delivered' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger refuse_note before insert or update of message_id on deliveries
    for each row when (new.message_id is not null) execute function refuse_note();

-- ---- drafts ---------------------------------------------------------------------------------------

-- What the assistant would say and has not said. At most one is open in a chat.
create table drafts (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    id          bigint generated always as identity,
    chat_id     bigint not null,
    turn_id     bigint,                              -- that wrote it
    upto_id     bigint not null,                     -- the client's last message that it answers
    kind        text not null check (kind in ('approval', 'refused', 'hinted')),
    state       text not null default 'open' check (state in ('open', 'sent', 'edited', 'hinted', 'replaced', 'dropped')),
    text        text not null check (text <> ''),
    reason      text not null default '',            -- why a person has to look at it
    keyboard    jsonb,
    origin      jsonb not null default '{}',         -- model, tokens, cost, sources, as they are kept with a message
    hint        text check (hint <> ''),             -- what a member answered instead of sending it
    decided_by  bigint,
    created_at  timestamptz not null default now(),
    decided_at  timestamptz,
    primary key (account_id, id),
    check ((state = 'open') = (decided_at is null)),
    check ((state = 'hinted') <= (hint is not null)),
    foreign key (account_id, chat_id) references chats on delete cascade,
    foreign key (account_id, turn_id) references turns on delete set null (turn_id),
    foreign key (account_id, decided_by) references memberships (account_id, id) on delete set null (decided_by)
);
create unique index drafts_open on drafts (account_id, chat_id) where state = 'open';
create index drafts_chat on drafts (account_id, chat_id, id);

-- ---- canned replies -------------------------------------------------------------------------------

create table canned_replies (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    id          bigint generated always as identity,
    title       text not null check (length(title) between 1 and 60),
    text        text not null check (length(text) between 1 and 2000),
    updated_at  timestamptz not null default now(),
    primary key (account_id, id)
);
create unique index canned_replies_title on canned_replies (account_id, lower(title));

-- ---- who is at the desk ---------------------------------------------------------------------------

-- Worth nothing after a minute, and after a crash.
create unlogged table desk_presence (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    chat_id     bigint not null,
    member_id   bigint not null,
    seen_at     timestamptz not null,
    typing_at   timestamptz,
    primary key (account_id, chat_id, member_id),
    foreign key (account_id, chat_id) references chats on delete cascade,
    foreign key (account_id, member_id) references memberships (account_id, id) on delete cascade
);

-- ---- row-level security, grants -------------------------------------------------------------------

do $$
declare
    t    text;
    own  constant text := '(select current_setting(''app.account_id'')::bigint)';
begin
    foreach t in array array['drafts', 'canned_replies', 'desk_presence'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner on %I to valera_owner using (true) with check (true)', t);
        execute format('create policy app on %1$I to valera_app using (account_id = %2$s) with check (account_id = %2$s)', t, own);
    end loop;
end $$;
create policy valera_platform on drafts to valera_platform
    using (account_id = (select current_setting('app.account_id')::bigint))
    with check (account_id = (select current_setting('app.account_id')::bigint));
create policy valera_platform on desk_presence to valera_platform
    using (account_id = (select current_setting('app.account_id')::bigint))
    with check (account_id = (select current_setting('app.account_id')::bigint));
grant select, delete on drafts, desk_presence to valera_platform;
grant select, insert on drafts to valera_app;
grant update (state, hint, decided_by, decided_at) on drafts to valera_app;
grant select, insert, update, delete on canned_replies, desk_presence to valera_app;
grant delete on dialogue_outcomes to valera_app;     -- a close that is undone

call live_on('drafts', 'old is distinct from new', 'chat-:chat_id');
