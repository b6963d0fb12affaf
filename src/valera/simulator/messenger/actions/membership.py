"""Blocking and unblocking the bot; groups and channels that it is put into, taken out of, and that grow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from valera.kit.errors import Conflict, Invalid
from valera.simulator.messenger.actions.sending import Sent
from valera.simulator.messenger.actions.writing import typed
from valera.simulator.messenger.chat import begin_chat, find_chat, set_blocked
from valera.simulator.messenger.group import Group, GroupKind, find_group, insert_group, set_migrated, set_status
from valera.simulator.messenger.message import Content, insert_message

if TYPE_CHECKING:
    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.group import Peer
    from valera.simulator.messenger.person import Person
    from valera.simulator.messenger.telegram import Telegram

_RIGHTS = (
    "can_be_edited", "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_promote_members",
    "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories", "can_send_welcome_messages",
)  # fmt: skip


def block(telegram: Telegram, bot: Bot, person: Person) -> None:
    _set_blocked(telegram, bot, person, is_blocked=True)


def unblock(telegram: Telegram, bot: Bot, person: Person) -> None:
    _set_blocked(telegram, bot, person, is_blocked=False)


def open_group(
    telegram: Telegram, bot: Bot, person: Person, title: str, *, kind: GroupKind = GroupKind.GROUP, as_admin: bool = False
) -> Group:
    """A group or channel with the bot in it; in a channel it is always an administrator."""
    status = "administrator" if as_admin or kind is GroupKind.CHANNEL else "member"
    with telegram.store.transaction():
        group = insert_group(telegram.store, bot.id, title, kind, status=status)
        begin_chat(telegram.store, bot.id, group.id)
        _tell_membership(telegram, bot, group, person, old="left", new=status)
        if kind is not GroupKind.CHANNEL:
            _say_of_itself(telegram, bot, group, person, {"new_chat_members": [bot.to_user()]})
    telegram.wake(bot.id)
    return group


def throw_out(telegram: Telegram, bot: Bot, person: Person, group: Group) -> None:
    """The bot is removed from the group and cannot write there any more."""
    if not group.has_bot:
        raise Conflict("The bot is not in this group.")
    with telegram.store.transaction():
        set_status(telegram.store, group, "kicked")
        _tell_membership(telegram, bot, group, person, old=group.status, new="kicked")
    telegram.wake(bot.id)


def migrate(telegram: Telegram, bot: Bot, person: Person, group: Group) -> Group:
    """A group becomes a supergroup of another id; who writes to the old one is told the new one."""
    if group.kind is not GroupKind.GROUP or group.migrated_to is not None:
        raise Conflict("Only a group that has not become a supergroup can become one.")
    with telegram.store.transaction():
        supergroup = insert_group(telegram.store, bot.id, group.title, GroupKind.SUPERGROUP, status=group.status)
        begin_chat(telegram.store, bot.id, supergroup.id)
        _say_of_itself(telegram, bot, group, person, {"migrate_to_chat_id": supergroup.id})
        _say_of_itself(telegram, bot, supergroup, person, {"migrate_from_chat_id": group.id})
        set_migrated(telegram.store, group, supergroup)
    telegram.wake(bot.id)
    return supergroup


def post_in_channel(telegram: Telegram, bot: Bot, channel: Group, text: str) -> Sent:
    if channel.kind is not GroupKind.CHANNEL:
        raise Invalid("Only a channel has posts.")
    with telegram.store.transaction():
        content = typed(telegram, bot, channel.id, text)
        message = insert_message(telegram.store, bot, channel.id, content, now=telegram.now())
        update_id = telegram.tell_bot(bot, "channel_post", telegram.rendered(message, bot), by=channel.id) if channel.has_bot else None
    telegram.wake(bot.id)
    return Sent(message.message_id, update_id)


def _set_blocked(telegram: Telegram, bot: Bot, person: Person, *, is_blocked: bool) -> None:
    chat = find_chat(telegram.store, bot.id, person.id)
    if chat is None or chat.is_blocked == is_blocked:
        return
    old, new = ("member", "kicked") if is_blocked else ("kicked", "member")
    with telegram.store.transaction():
        set_blocked(telegram.store, chat, at=telegram.now() if is_blocked else None)
        _tell_membership(telegram, bot, person, person, old=old, new=new)
    telegram.wake(bot.id)
    telegram.tell_watchers(bot, person.id, "blocked", {"is_blocked": is_blocked})


def _tell_membership(telegram: Telegram, bot: Bot, peer: Peer, by: Person, *, old: str, new: str) -> None:
    change = {
        "chat": peer.to_chat(),
        "from": by.to_user(),
        "date": int(telegram.now()),
        "old_chat_member": _member(bot, old),
        "new_chat_member": _member(bot, new),
    }
    telegram.tell_bot(bot, "my_chat_member", change, by=by.id)


def _member(bot: Bot, status: str) -> dict[str, Any]:
    described: dict[str, Any] = {"user": bot.to_user(), "status": status}
    if status == "kicked":
        described["until_date"] = 0
    if status == "administrator":
        described |= dict.fromkeys(_RIGHTS, False) | {"can_manage_chat": True, "is_anonymous": False}
    return described


def _say_of_itself(telegram: Telegram, bot: Bot, group: Group, person: Person, what: dict[str, Any]) -> None:
    """A service message: every bot of the group is told, whatever its rights."""
    current = find_group(telegram.store, bot.id, group.id)
    assert current is not None, "it was written in this transaction"
    message = insert_message(telegram.store, bot, group.id, Content(extra=what), sender_id=person.id, now=telegram.now())
    if current.has_bot:
        telegram.tell_bot(bot, "message", telegram.rendered(message, bot), by=group.id)
