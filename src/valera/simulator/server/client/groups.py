"""Groups and channels that a bot is in: opened, written in, grown, and left."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import delete, get, post
from litestar.params import JSONBody

from valera.simulator.messenger.actions import membership, pressing, writing
from valera.simulator.messenger.actions.pressing import Pressed
from valera.simulator.messenger.actions.sending import Sent
from valera.simulator.messenger.group import Group, GroupKind, list_groups
from valera.simulator.messenger.message import list_messages
from valera.simulator.server.client.chats import Button, Written
from valera.simulator.server.provided import TheBot, TheGroup, ThePerson, TheTelegram

GROUP = "/bots/{bot_id:int}/groups/{group_id:int}"
MEMBER = f"{GROUP}/people/{{person_id:int}}"


class Opened(msgspec.Struct):
    title: str
    kind: GroupKind = GroupKind.GROUP
    as_admin: bool = False


@get("/bots/{bot_id:int}/groups", sync_to_thread=False)
def get_groups(telegram: TheTelegram, bot: TheBot) -> list[Group]:
    return list_groups(telegram.store, bot.id)


@post("/bots/{bot_id:int}/people/{person_id:int}/groups", sync_to_thread=False)
def post_group(telegram: TheTelegram, bot: TheBot, whom: ThePerson, data: JSONBody[Opened]) -> Group:
    """The person opens a group or channel and puts the bot into it."""
    return membership.open_group(telegram, bot, whom, data.title, kind=data.kind, as_admin=data.as_admin)


@get(f"{GROUP}/messages", sync_to_thread=False)
def get_messages(telegram: TheTelegram, bot: TheBot, group: TheGroup) -> dict[str, Any]:
    return {"messages": [telegram.rendered(message, bot) for message in list_messages(telegram.store, bot.id, group.id)]}


@post(f"{MEMBER}/messages", sync_to_thread=False)
def post_message(telegram: TheTelegram, bot: TheBot, group: TheGroup, whom: ThePerson, data: JSONBody[Written]) -> Sent:
    """``update_id`` is null for what the bot does not get to see: it is no administrator, and was not spoken to."""
    return writing.write(telegram, bot, whom, data.text, reply_to=data.reply_to, to=group)


@post(f"{MEMBER}/presses", sync_to_thread=False)
def post_press(telegram: TheTelegram, bot: TheBot, group: TheGroup, whom: ThePerson, data: JSONBody[Button]) -> Pressed:
    return pressing.press(telegram, bot, whom, message_id=data.message_id, data=data.data, within=group)


@post(f"{MEMBER}/migration", sync_to_thread=False)
def post_migration(telegram: TheTelegram, bot: TheBot, group: TheGroup, whom: ThePerson) -> Group:
    """The group becomes a supergroup, which is returned."""
    return membership.migrate(telegram, bot, whom, group)


@delete(f"{MEMBER}/bot", sync_to_thread=False)
def delete_bot(telegram: TheTelegram, bot: TheBot, group: TheGroup, whom: ThePerson) -> None:
    """The person throws the bot out."""
    membership.throw_out(telegram, bot, whom, group)


@post(f"{GROUP}/posts", sync_to_thread=False)
def post_post(telegram: TheTelegram, bot: TheBot, group: TheGroup, data: JSONBody[Written]) -> Sent:
    """The channel itself says something."""
    return membership.post_in_channel(telegram, bot, group, data.text)


GROUPS = [get_groups, post_group, get_messages, post_message, post_press, post_migration, delete_bot, post_post]
