-- What the simulated Telegram remembers. Times are seconds since 1970 (Telegram's own unit), JSON is kept as text.
-- A chat's id is the person's, or a negative number: a group, supergroup or channel.
create table if not exists bots (
    id                integer primary key,
    token             text not null unique,
    username          text not null unique collate nocase,
    name              text not null,
    next_update_id    integer not null,
    next_message_id   integer not null default 1,
    webhook_url       text not null default '',
    webhook_secret    text not null default '',
    max_connections   integer not null default 40,
    allowed_updates   text not null default '[]',     -- [] means Telegram's default set
    last_error_at     real,
    last_error        text not null default '',
    logged_out_until  real                            -- after logOut the bot is gone for ten minutes
);

create table if not exists people (
    id          integer primary key,
    first_name  text not null,
    last_name   text not null default '',
    username    text,
    phone       text not null,
    language    text not null default 'ru'
);

-- Groups, supergroups and channels; each has one bot at most.
create table if not exists groups (
    id           integer primary key,
    bot_id       integer not null references bots,
    title        text not null,
    kind         text not null,                       -- group, supergroup, channel
    status       text not null,                       -- the bot's: member, administrator, left, kicked
    migrated_to  integer
);

-- A person who wrote to a bot (Telegram lets no bot write first), or a group that it is in.
create table if not exists chats (
    bot_id        integer not null references bots,
    chat_id       integer not null,
    blocked_at    real,
    keyboard      text,                               -- the reply keyboard that stands under the text field
    typing_until  real not null default 0,
    action        text not null default 'typing',
    primary key (bot_id, chat_id)
);

create table if not exists messages (
    bot_id        integer not null,
    message_id    integer not null,                   -- one sequence a bot, as in Telegram's private chats
    chat_id       integer not null,
    sender_id     integer,                            -- the person; null: the bot, or the channel itself
    is_from_bot   integer not null,
    sent_at       real not null,
    edited_at     real,
    deleted_at    real,
    hidden_at     real,                               -- the person deleted it for himself: the bot is told nothing
    text          text not null default '',           -- or the caption of what is in extra
    entities      text not null default '[]',
    reply_markup  text,
    reply_to      integer,
    extra         text not null default '{}',         -- further fields of Telegram's Message: photo, contact, media_group_id …
    primary key (bot_id, message_id),
    foreign key (bot_id, chat_id) references chats
);
create index if not exists messages_chat on messages (bot_id, chat_id, message_id);

-- Acknowledged ones stay as long as waiting ones, to be repeated on demand. One queue is delivered strictly in order.
create table if not exists updates (
    bot_id           integer not null references bots,
    update_id        integer not null,
    queue            integer not null,
    kind             text not null,
    body             text not null,
    expires_at       real not null,
    acknowledged_at  real,
    ready_at         real not null default 0,         -- later than now: held back, so that others overtake it
    is_stray         integer not null default 0,      -- getUpdates tells it once, whatever the offset: a repeat, or held back
    repeats          integer not null default 0,      -- how often a webhook got it again
    primary key (bot_id, update_id)
);
create index if not exists updates_waiting on updates (bot_id, queue, update_id) where acknowledged_at is null;

-- Updates that arrive twice or out of order, on purpose. A bot without a row gets each once, in Telegram's order.
create table if not exists disorders (
    bot_id        integer primary key references bots,
    repeat_share  integer not null,                   -- percent of the updates
    hold_seconds  real not null                       -- each is held back for a random time up to this
);

create table if not exists presses (
    id           text primary key,
    bot_id       integer not null,
    chat_id      integer not null,
    person_id    integer not null,
    message_id   integer not null,
    data         text not null,
    pressed_at   real not null,
    answered_at  real,
    answer       text not null default '',
    is_alert     integer not null default 0,
    foreign key (bot_id, chat_id) references chats
);
create index if not exists presses_chat on presses (bot_id, chat_id, pressed_at);

-- The preview of a message that the bot is still writing: one a chat, gone after half a minute.
create table if not exists drafts (
    bot_id     integer not null,
    chat_id    integer not null,
    draft_id   integer not null,
    text       text not null,                         -- empty: "Thinking…"
    entities   text not null,
    can_stop   integer not null,
    expires_at real not null,
    primary key (bot_id, chat_id),
    foreign key (bot_id, chat_id) references chats
);

-- What happens to a bot's calls instead of their being answered. A bot without a row is answered.
create table if not exists faults (
    bot_id  integer primary key references bots,
    kind    text not null,
    share   integer not null,                         -- percent of the calls
    until   real,                                     -- null: until it is switched off
    calls   text not null default 'all'               -- which of them: all, sending, updates, files
);

-- Contents once, whoever sent them; names for each bot. A file too large to be downloaded has no contents here.
create table if not exists contents (
    unique_id  text primary key,
    body       blob not null
);

create table if not exists files (
    bot_id      integer not null references bots,
    file_id     text not null,
    unique_id   text not null,
    content_id  text references contents,
    size        integer not null,
    path        text not null,
    path_until  real not null default 0,              -- a path is good for an hour after getFile
    primary key (bot_id, file_id),
    unique (bot_id, path)
);

-- setMyCommands, setMyName and the like: by what, for whom, in which language.
create table if not exists profiles (
    bot_id    integer not null references bots,
    field     text not null,                          -- commands, name, description, short_description, menu_button
    scope     text not null default '',
    language  text not null default '',
    given     text not null,                          -- JSON
    primary key (bot_id, field, scope, language)
);
