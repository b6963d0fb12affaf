-- What the simulated Telegram remembers. Times are seconds since 1970 (Telegram's own unit), JSON is kept as text.
create table if not exists bots (
    id               integer primary key,
    token            text not null unique,
    username         text not null unique collate nocase,
    name             text not null,
    next_update_id   integer not null,
    next_message_id  integer not null default 1,
    webhook_url      text not null default '',
    webhook_secret   text not null default '',
    max_connections  integer not null default 40,
    allowed_updates  text not null default '[]',      -- [] means Telegram's default set
    last_error_at    real,
    last_error       text not null default ''
);

create table if not exists people (
    id          integer primary key,
    first_name  text not null,
    last_name   text not null default '',
    username    text,
    phone       text not null,
    language    text not null default 'ru'
);

-- A person who wrote to a bot. Telegram lets no bot write first.
create table if not exists chats (
    bot_id        integer not null references bots,
    person_id     integer not null references people,
    blocked_at    real,
    keyboard      text,                               -- the reply keyboard that stands under the text field
    typing_until  real not null default 0,
    primary key (bot_id, person_id)
);

create table if not exists messages (
    bot_id        integer not null,
    message_id    integer not null,                   -- one sequence a bot, as in Telegram's private chats
    person_id     integer not null,
    is_from_bot   integer not null,
    sent_at       real not null,
    edited_at     real,
    deleted_at    real,
    text          text not null default '',
    entities      text not null default '[]',
    reply_markup  text,
    reply_to      integer,
    contact       text,
    primary key (bot_id, message_id),
    foreign key (bot_id, person_id) references chats
);
create index if not exists messages_chat on messages (bot_id, person_id, message_id);

-- Not yet acknowledged by the bot's webhook. One queue is delivered strictly in order.
create table if not exists updates (
    bot_id      integer not null references bots,
    update_id   integer not null,
    queue       integer not null,
    kind        text not null,
    body        text not null,
    expires_at  real not null,
    primary key (bot_id, update_id)
);
create index if not exists updates_queue on updates (bot_id, queue, update_id);

create table if not exists presses (
    id           text primary key,
    bot_id       integer not null,
    person_id    integer not null,
    message_id   integer not null,
    data         text not null,
    pressed_at   real not null,
    answered_at  real,
    answer       text not null default '',
    is_alert     integer not null default 0,
    foreign key (bot_id, person_id) references chats
);
create index if not exists presses_chat on presses (bot_id, person_id, pressed_at);

-- What happens to a bot's calls instead of their being answered. A bot without a row is answered.
create table if not exists faults (
    bot_id  integer primary key references bots,
    kind    text not null,
    share   integer not null,                         -- percent of the calls
    until   real                                      -- null: until it is switched off
);
