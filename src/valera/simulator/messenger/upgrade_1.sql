-- A file of the first version: private chats and texts only.
drop table if exists faults;
alter table bots add column logged_out_until real;
alter table chats rename to old_chats;
create table chats (
    bot_id integer not null references bots, chat_id integer not null, blocked_at real, keyboard text,
    typing_until real not null default 0, action text not null default 'typing', primary key (bot_id, chat_id)
);
insert into chats (bot_id, chat_id, blocked_at, keyboard, typing_until) select bot_id, person_id, blocked_at, keyboard, typing_until from old_chats;
alter table messages rename to old_messages;
create table messages (
    bot_id integer not null, message_id integer not null, chat_id integer not null, sender_id integer, is_from_bot integer not null,
    sent_at real not null, edited_at real, deleted_at real, hidden_at real, text text not null default '', entities text not null default '[]',
    reply_markup text, reply_to integer, extra text not null default '{}',
    primary key (bot_id, message_id), foreign key (bot_id, chat_id) references chats
);
insert into messages (bot_id, message_id, chat_id, sender_id, is_from_bot, sent_at, edited_at, deleted_at, text, entities, reply_markup, reply_to, extra)
select bot_id, message_id, person_id, iif(is_from_bot, null, person_id), is_from_bot, sent_at, edited_at, deleted_at, text, entities, reply_markup,
       reply_to, iif(contact is null, '{}', json_object('contact', json(contact)))
from old_messages;
alter table presses rename to old_presses;
create table presses (
    id text primary key, bot_id integer not null, chat_id integer not null, person_id integer not null, message_id integer not null,
    data text not null, pressed_at real not null, answered_at real, answer text not null default '', is_alert integer not null default 0,
    foreign key (bot_id, chat_id) references chats
);
insert into presses select id, bot_id, person_id, person_id, message_id, data, pressed_at, answered_at, answer, is_alert from old_presses;
drop table old_presses;
drop table old_messages;
drop table old_chats;
drop index if exists updates_queue;
alter table updates add column acknowledged_at real;
alter table updates add column ready_at real not null default 0;
alter table updates add column is_stray integer not null default 0;
alter table updates add column repeats integer not null default 0;
