from __future__ import annotations

import sqlite3
from pathlib import Path

from valera.simulator.messenger.bot import list_bots
from valera.simulator.messenger.chat import find_chat
from valera.simulator.messenger.message import list_messages
from valera.simulator.messenger.person import list_people
from valera.simulator.messenger.store import Store
from valera.simulator.messenger.updates.queue import count_pending

FIRST_VERSION = """
create table bots (id integer primary key, token text, username text, name text, next_update_id integer,
    next_message_id integer default 1,
    webhook_url text not null default '', webhook_secret text not null default '', max_connections integer not null default 40,
    allowed_updates text not null default '[]', last_error_at real, last_error text not null default '');
create table people (id integer primary key, first_name text, last_name text default '', username text, phone text,
    language text default 'ru');
create table chats (bot_id integer references bots, person_id integer references people, blocked_at real, keyboard text,
    typing_until real not null default 0, primary key (bot_id, person_id));
create table messages (bot_id integer, message_id integer, person_id integer, is_from_bot integer, sent_at real,
    edited_at real, deleted_at real, text text not null default '', entities text not null default '[]', reply_markup text,
    reply_to integer, contact text,
    primary key (bot_id, message_id), foreign key (bot_id, person_id) references chats);
create index messages_chat on messages (bot_id, person_id, message_id);
create table updates (bot_id integer references bots, update_id integer, queue integer, kind text, body text, expires_at real,
    primary key (bot_id, update_id));
create index updates_queue on updates (bot_id, queue, update_id);
create table presses (id text primary key, bot_id integer, person_id integer, message_id integer, data text,
    pressed_at real, answered_at real, answer text not null default '', is_alert integer not null default 0, foreign key (bot_id,
    person_id) references chats);
create index presses_chat on presses (bot_id, person_id, pressed_at);
create table faults (bot_id integer primary key references bots, kind text, share integer, until real);
insert into bots (id, token, username, name, next_update_id, next_message_id) values (1, '1:a', 'garage_bot', 'Гараж', 9, 3);
insert into people (id, first_name, phone) values (7, 'Анна', '+79990000101');
insert into chats (bot_id, person_id, blocked_at) values (1, 7, 5.0);
insert into messages (bot_id, message_id, person_id, is_from_bot, sent_at, text) values (1, 1, 7, 0, 1.0, 'привет'),
    (1, 2, 7, 1, 2.0, 'да');
insert into messages (bot_id, message_id, person_id, is_from_bot, sent_at, contact) values (1, 3, 7, 0, 3.0, '{"phone_number": "+7"}');
insert into updates values (1, 8, 7, 'message', '{"update_id": 8}', 99.0);
insert into presses (id, bot_id, person_id, message_id, data, pressed_at) values ('5', 1, 7, 2, 'y', 2.5);
"""


def test_file_of_the_first_version_is_taken_over_with_all_that_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "telegram.sqlite"
    with sqlite3.connect(path) as old:
        old.executescript(FIRST_VERSION)
    old.close()
    for _ in range(2):  # the second opening finds nothing to do
        store = Store(path)
        messages = list_messages(store, 1, 7)
        assert [(message.content.text, message.sender_id, message.is_from_bot) for message in messages] == [
            ("привет", 7, False), ("да", None, True), ("", 7, False),
        ]  # fmt: skip
        assert messages[2].content.extra == {"contact": {"phone_number": "+7"}}
        chat = find_chat(store, 1, 7)
        assert chat is not None
        assert chat.is_blocked
        assert (len(list_bots(store)), len(list_people(store)), count_pending(store, 1, now=50)) == (1, 1, 1)
        assert store.list("pragma foreign_key_check") == []
        store.close()
