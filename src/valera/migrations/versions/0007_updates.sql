-- What updates beside plain messages mean: files that come with a message, edits, /reset, commands per bot.

-- A file that a client sent. Telegram's link to it lives an hour, so it is fetched at once; `storage_key` is where it lies, or will. Rows of
-- one shop with the same file_unique_id may share a key.
create table attachments (
    account_id      bigint not null default current_setting('app.account_id')::bigint,
    id              bigint generated always as identity,
    chat_id         bigint not null,
    message_id      bigint not null,
    bot_id          bigint not null,                     -- whose file_id it is: another bot cannot fetch it
    kind            text not null,
    file_id         text not null,
    file_unique_id  text not null,                       -- the same for all bots, and for all who send the same file
    storage_key     text not null check (storage_key ~ '^[0-9]+/[A-Za-z0-9_-]{16,64}$'),
    state           text not null default 'waiting' check (state in ('waiting', 'stored', 'refused', 'failed')),
    error           text,
    mime_type       text,                                -- by content, whatever it is called
    size            bigint,
    sha256          bytea check (length(sha256) = 32),
    due_at          timestamptz not null default now(),
    attempts        int not null default 0,
    fence           bigint not null default 0,
    worker          int,
    leased_until    timestamptz,
    created_at      timestamptz not null default now(),
    stored_at       timestamptz,
    primary key (account_id, id),
    check (state <> 'stored' or (mime_type is not null and size is not null and sha256 is not null and stored_at is not null)),
    foreign key (account_id, chat_id) references chats on delete cascade,
    foreign key (account_id, message_id) references messages on delete cascade,
    foreign key (account_id, bot_id) references bots
);
create index attachments_due on attachments (account_id, due_at) where state = 'waiting';
create index attachments_message on attachments (account_id, message_id);
create index attachments_chat on attachments (account_id, chat_id);
create index attachments_file on attachments (account_id, file_unique_id) where state = 'stored';
create index attachments_key on attachments (account_id, storage_key);

alter table attachments enable row level security;
alter table attachments force row level security;
create policy owner on attachments to valera_owner using (true) with check (true);
create policy app on attachments to valera_app
    using (account_id = (select current_setting('app.account_id')::bigint))
    with check (account_id = (select current_setting('app.account_id')::bigint));
grant select, insert, update, delete on attachments to valera_app;

grant select (account_id, id, state, due_at, fence, worker, leased_until, attempts),
      update (fence, worker, leased_until, attempts) on attachments to valera_queue;
create policy valera_queue_select on attachments for select to valera_queue using (true);
create policy valera_queue_update on attachments for update to valera_queue using (true) with check (true);

-- Files of earlier messages are fetched, too, as far as Telegram still has them.
insert into attachments (account_id, chat_id, message_id, bot_id, kind, file_id, file_unique_id, storage_key)
select m.account_id, m.chat_id, m.id, m.bot_id, file ->> 'kind', file ->> 'file_id', coalesce(file ->> 'file_unique_id', ''),
       m.account_id || '/' || replace(gen_random_uuid()::text, '-', '')
  from messages m cross join jsonb_array_elements(m.attachments) file
 where file ->> 'file_id' is not null and m.bot_id is not null;

-- A message that is being answered was edited: what the model read is not what stands there.
alter table turns add column is_stale boolean not null default false;
grant update (is_stale) on turns to valera_app;

-- /reset: the assistant is shown only what came after this message. The messages themselves stay.
alter table chats add column history_after bigint not null default 0;

-- Which list of commands Telegram shows for the bot: published again when it is another one.
alter table bots add column commands_version text;
