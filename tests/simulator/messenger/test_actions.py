"""What people do, and what the bot hears of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulator.conftest import Bench
from valera.kit.errors import Forbidden, Invalid, NotFound
from valera.simulator.messenger.actions import media, membership, pressing, writing
from valera.simulator.messenger.actions.media import Item
from valera.simulator.messenger.actions.sending import GroupIsClosed
from valera.simulator.messenger.files.medium import MediumKind, Upload
from valera.simulator.messenger.group import GroupKind, find_group
from valera.simulator.messenger.message import list_messages


def told(bench: Bench) -> list[dict[str, Any]]:
    return [json.loads(body) for body in bench.updates()]


def photo(caption: str = "", **given: Any) -> Item:
    return Item(Upload(MediumKind.PHOTO, **given), caption)


def test_edit_is_told_and_marked(bench: Bench) -> None:
    person = bench.people[0]
    sent = writing.write(bench.telegram, bench.bot, person, "Камри")
    writing.edit(bench.telegram, bench.bot, person, sent.message_id, "Камри 2019")
    edited = told(bench)[1]["edited_message"]
    assert (edited["text"], edited["message_id"]) == ("Камри 2019", sent.message_id)
    assert edited["edit_date"]


def test_only_own_fresh_messages_can_be_edited(bench: Bench) -> None:
    person = bench.people[0]
    own = writing.write(bench.telegram, bench.bot, person, "моё").message_id
    bots = bench.call("sendMessage", chat_id=person.id, text="не моё")["message_id"]
    forwarded = writing.forward(bench.telegram, bench.bot, person, "чужое", author="Сосед").message_id
    sticker = media.send_media(bench.telegram, bench.bot, person, [Item(Upload(MediumKind.STICKER))])[0].message_id
    for message_id in (bots, forwarded, sticker):
        with pytest.raises(Forbidden):
            writing.edit(bench.telegram, bench.bot, person, message_id, "новое")
    with pytest.raises(NotFound):
        writing.edit(bench.telegram, bench.bot, bench.people[1], own, "новое")
    bench.wait(48 * 3600 + 1)
    with pytest.raises(Forbidden):
        writing.edit(bench.telegram, bench.bot, person, own, "новое")


def test_deleting_for_oneself_tells_the_bot_nothing(bench: Bench) -> None:
    person = bench.people[0]
    sent = writing.write(bench.telegram, bench.bot, person, "лишнее")
    writing.delete_for_oneself(bench.telegram, bench.bot, person, sent.message_id)
    assert list_messages(bench.telegram.store, bench.bot.id, person.id) == []
    assert len(told(bench)) == 1
    answer = bench.call("sendMessage", chat_id=person.id, text="?", reply_parameters={"message_id": sent.message_id})
    assert answer["reply_to_message"]["text"] == "лишнее"


def test_album_is_as_many_updates_with_one_group_id(bench: Bench) -> None:
    sent = media.send_media(bench.telegram, bench.bot, bench.people[0], [photo("вмятина"), photo(), photo()])
    messages = [update["message"] for update in told(bench)]
    assert [message["message_id"] for message in messages] == [one.message_id for one in sent]
    assert [message.get("caption") for message in messages] == ["вмятина", None, None]
    assert len({message["media_group_id"] for message in messages}) == 1
    assert all("text" not in message for message in messages)


@pytest.mark.parametrize(
    "items",
    [
        [],
        [photo()] * 11,
        [photo(), Item(Upload(MediumKind.VOICE))],
        [photo(), Item(Upload(MediumKind.DOCUMENT))],
        [photo("я" * 1025)],
        [Item(Upload(MediumKind.STICKER), "подпись")],
        [photo(body=b"GIF89a")],
        [photo(size=0)],
    ],
    ids=["none", "eleven", "voice", "mixed", "long caption", "sticker with caption", "no picture", "no size"],
)
def test_media_that_the_app_would_not_send_are_refused(bench: Bench, items: list[Item]) -> None:
    with pytest.raises(Invalid):
        media.send_media(bench.telegram, bench.bot, bench.people[0], items)
    assert told(bench) == []


def test_video_and_photo_make_an_album(bench: Bench) -> None:
    assert len(media.send_media(bench.telegram, bench.bot, bench.people[0], [photo(), Item(Upload(MediumKind.VIDEO))])) == 2


def test_own_contact_names_its_owner_and_a_foreign_one_may_not(bench: Bench) -> None:
    person = bench.people[0]
    media.share_contact(bench.telegram, bench.bot, person)
    media.share_foreign_contact(bench.telegram, bench.bot, person, phone_number="+79990000999", first_name="Сосед")
    own, foreign = (update["message"]["contact"] for update in told(bench))
    assert (own["user_id"], own["phone_number"]) == (person.id, person.phone)
    assert "user_id" not in foreign


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("/start utm_vk", ["bot_command"]),
        ("смотри 😀 https://e.org/a?b=1, @garage_bot и a@b.ru", ["url", "mention", "email"]),
        ("путь /opt/x и 5/7", []),
    ],
)
def test_app_finds_commands_links_and_names(bench: Bench, text: str, kinds: list[str]) -> None:
    writing.write(bench.telegram, bench.bot, bench.people[0], text)
    message = told(bench)[0]["message"]
    entities = message.get("entities", [])
    assert [entity["type"] for entity in entities] == kinds
    units = text.encode("utf-16-le")
    for entity in entities:
        said = units[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2].decode("utf-16-le")
        assert said == said.strip(" ,")


@pytest.mark.parametrize("payload", ["a b", "я", "x" * 65])
def test_start_link_takes_what_telegram_takes(bench: Bench, payload: str) -> None:
    with pytest.raises(Invalid):
        writing.start(bench.telegram, bench.bot, bench.people[0], payload)
    writing.start(bench.telegram, bench.bot, bench.people[0], "utm_vk-1")
    assert told(bench)[0]["message"]["text"] == "/start utm_vk-1"


def test_bot_in_a_group_hears_what_is_for_it(bench: Bench) -> None:
    anna, dmitry = bench.people[:2]
    group = membership.open_group(bench.telegram, bench.bot, anna, "Водители")
    said = [
        writing.write(bench.telegram, bench.bot, dmitry, text, to=group).update_id is not None
        for text in ("кто красит?", "/help", "а ты, @Garage_Bot?")
    ]
    mine = bench.call("sendMessage", chat_id=group.id, text="мы")
    answered = writing.write(bench.telegram, bench.bot, dmitry, "сколько?", reply_to=mine["message_id"], to=group)
    assert (said, answered.update_id is not None) == ([False, True, True], True)
    kinds = [next(key for key in update if key != "update_id") for update in told(bench)]
    assert kinds == ["my_chat_member", "message", "message", "message", "message"]


def test_group_that_became_a_supergroup_is_closed(bench: Bench) -> None:
    anna = bench.people[0]
    group = membership.open_group(bench.telegram, bench.bot, anna, "Водители")
    supergroup = membership.migrate(bench.telegram, bench.bot, anna, group)
    said = [update["message"] for update in told(bench) if "message" in update][1:]
    assert [(message["chat"]["id"], message.get("migrate_to_chat_id"), message.get("migrate_from_chat_id")) for message in said] == [
        (group.id, supergroup.id, None),
        (supergroup.id, None, group.id),
    ]
    old = find_group(bench.telegram.store, bench.bot.id, group.id)
    assert old is not None
    with pytest.raises(GroupIsClosed):
        writing.write(bench.telegram, bench.bot, anna, "ау", to=old)


def test_channel_post_is_told_without_an_author(bench: Bench) -> None:
    channel = membership.open_group(bench.telegram, bench.bot, bench.people[0], "Новости", kind=GroupKind.CHANNEL)
    membership.post_in_channel(bench.telegram, bench.bot, channel, "Скидка")
    post = told(bench)[-1]["channel_post"]
    assert (post["sender_chat"]["id"], "from" in post) == (channel.id, False)


def test_reaction_is_told_only_to_who_asked(bench: Bench) -> None:
    person = bench.people[0]
    message_id = writing.write(bench.telegram, bench.bot, person, "раз").message_id
    assert pressing.react(bench.telegram, bench.bot, person, message_id=message_id, emoji="👍") is None
    bench.call("setWebhook", url="http://127.0.0.1:9/", allowed_updates=["message_reaction"])
    assert pressing.react(bench.telegram, bench.bot, person, message_id=message_id, emoji="👍") is not None


def test_draft_can_be_stopped_if_the_bot_allows(bench: Bench) -> None:
    person = bench.people[0]
    writing.write(bench.telegram, bench.bot, person, "/start")
    bench.call("sendMessageDraft", chat_id=person.id, draft_id=1, text="пишу")
    with pytest.raises(NotFound):
        pressing.stop_draft(bench.telegram, bench.bot, person)
    bench.call("sendMessageDraft", chat_id=person.id, draft_id=1, text="пишу", can_stop=True)
    pressing.stop_draft(bench.telegram, bench.bot, person)
    assert told(bench)[-1]["stopped_message_generation"]["draft_id"] == 1
