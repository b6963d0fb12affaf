"""Telegram's updates, as far as Valera reads them. Unknown fields and unknown kinds are ignored; the stored body keeps them.

What each kind means stands in ``update_kinds.py`` and ``content_kinds.py``.
Source: Bot API 10.3, https://core.telegram.org/bots/api#update
"""

from __future__ import annotations

import json
from typing import Annotated, Any

import msgspec

MAX_ID = 2**63 - 1

Id = Annotated[int, msgspec.Meta(ge=-MAX_ID, le=MAX_ID)]
"""As PostgreSQL can keep it; Telegram's have 52 bits."""

TELEGRAM_ITSELF = 777000
"""Telegram's own notices come from this user, who is no bot."""

MAX_FILE_NAME = 100


class User(msgspec.Struct, frozen=True):
    id: Id
    is_bot: bool = False
    first_name: str = ""
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part)


class Chat(msgspec.Struct, frozen=True):
    id: Id
    type: str = ""


class Contact(msgspec.Struct, frozen=True):
    phone_number: str
    first_name: str = ""
    user_id: Id | None = None


class File(msgspec.Struct, frozen=True):
    """Photo sizes, voices, videos, documents: what they have in common."""

    file_id: str
    file_unique_id: str = ""
    file_name: str | None = None


class Replied(msgspec.Struct, frozen=True):
    """The message that is answered."""

    message_id: Id = 0


class Message(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    message_id: Id
    chat: Chat
    date: int = 0
    sender: User | None = None
    sender_chat: Chat | None = None
    edit_date: int | None = None
    forward_origin: Any = None
    via_bot: Any = None
    reply_to_message: Replied | None = None
    external_reply: Any = None
    text: str | None = None
    caption: str | None = None
    contact: Contact | None = None
    live_photo: File | None = None
    photo: list[File] | None = None
    voice: File | None = None
    video: File | None = None
    video_note: File | None = None
    animation: File | None = None
    audio: File | None = None
    document: File | None = None
    sticker: File | None = None

    @property
    def words(self) -> str:
        return self.text or self.caption or ""

    @property
    def is_own_words(self) -> bool:
        """Text that its sender wrote here and now: no caption, nothing forwarded, quoted from elsewhere, made by a bot, or edited."""
        taken = (self.forward_origin, self.via_bot, self.external_reply, self.edit_date)
        return self.text is not None and not self.files() and all(part is None for part in taken)

    @property
    def client(self) -> User | None:
        """Who wrote it to the bot in private. None: a group, a channel, somebody who speaks for one, another bot, or Telegram itself."""
        is_private = self.chat.type == "private" and self.sender_chat is None
        return self.sender if is_private and is_person(self.sender) else None

    def files(self) -> list[tuple[str, File]]:
        """With their kinds. Of a photo its largest size, of a live photo its still; what is repeated for older bots counts once."""
        still = self.photo[-1] if self.photo else None
        if self.live_photo is not None:
            return [("live_photo", still or self.live_photo)]
        moving = self.animation
        found = {
            "photo": still,
            "voice": self.voice,
            "video": self.video,
            "video_note": self.video_note,
            "animation": moving,
            "audio": self.audio,
            "document": None if moving is not None else self.document,
            "sticker": self.sticker,
        }
        return [(kind, file) for kind, file in found.items() if file is not None]

    def attachments(self) -> list[dict[str, str]]:
        """As `messages.attachments` shows them: ``[{"kind": "photo", "file_id": …, "file_unique_id": …, "state": "waiting"}]``."""
        return [
            {"kind": kind, "file_id": file.file_id, "file_unique_id": file.file_unique_id, "state": "waiting"}
            | ({"text": file.file_name[:MAX_FILE_NAME]} if file.file_name else {})
            for kind, file in self.files()
        ]


def is_person(user: User | None) -> bool:
    return user is not None and not user.is_bot and user.id != TELEGRAM_ITSELF


class CallbackQuery(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """A button was pressed. Telegram forgets it after 150 seconds."""

    id: str
    sender: User
    message: Message | None = None
    data: str | None = None

    @property
    def client(self) -> User | None:
        """Who pressed it in private; None: in a group, or below a message that nobody knows any more."""
        is_private = self.message is not None and self.message.chat.type == "private"
        return self.sender if is_private and is_person(self.sender) else None


class ChatMember(msgspec.Struct, frozen=True):
    status: str = ""


class ChatMemberUpdated(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """In private: the person blocked (``kicked``) or unblocked (``member``) the bot. Elsewhere the bot was added, promoted or removed."""

    chat: Chat
    sender: User
    new_chat_member: ChatMember


class Update(msgspec.Struct, frozen=True):
    """What has a meaning of its own; other kinds are known by their name alone (`Envelope`)."""

    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: CallbackQuery | None = None
    my_chat_member: ChatMemberUpdated | None = None

    @property
    def client(self) -> User | None:
        """Who says something to the shop by it."""
        if (message := self.message or self.edited_message) is not None:
            return message.client
        return self.callback_query.client if self.callback_query is not None else None


_decoder = msgspec.json.Decoder(Update)


def read_update(body: bytes) -> Update | None:
    """The typed update, with what PostgreSQL cannot keep taken out of its texts; None: its fields are not Telegram's."""
    try:
        if b"\\u" not in body:
            return _decoder.decode(body)
        return msgspec.convert(_storable(json.loads(body)), Update)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _storable(node: Any) -> Any:
    """NUL cannot stand in a PostgreSQL text, a lone surrogate cannot be encoded: dropped, replaced."""
    if isinstance(node, str):
        return node.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(node, list):
        return [_storable(inner) for inner in node]
    if isinstance(node, dict):
        return {str(key): _storable(inner) for key, inner in node.items()}
    return node


# ---- the minimal parse of ingest ----------------------------------------------------------------


class _Id(msgspec.Struct, frozen=True):
    id: int


class _Inner(msgspec.Struct, frozen=True):
    chat: _Id | None = None


class _Content(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    chat: _Id | None = None
    sender: _Id | None = None
    user: _Id | None = None
    message: _Inner | None = None
    id: int | str | None = None


class Envelope(msgspec.Struct, frozen=True):
    """What ingest must know: ``peer_id`` is the chat, else the user, else 0; ``callback_query_id`` of a button press."""

    update_id: int
    kind: str
    peer_id: int
    callback_query_id: str | None


class NotAnUpdate(ValueError):
    """The body cannot be routed; the text says why."""


_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
_content = msgspec.json.Decoder(_Content)
_number = msgspec.json.Decoder(int)


def read_envelope(body: bytes) -> Envelope:
    try:
        fields = _read_fields(body)
        update_id = _number.decode(fields.pop("update_id"))
    except KeyError:
        raise NotAnUpdate("no update_id") from None
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise NotAnUpdate(f"not an update: {type(error).__name__}") from None
    kind, raw = next(iter(fields.items()), ("empty", msgspec.Raw(b"{}")))
    content = _read_content(raw)
    peer_id = _peer(content)
    if not (0 <= update_id <= MAX_ID and -MAX_ID <= peer_id <= MAX_ID):
        raise NotAnUpdate("an id is out of range")
    pressed = content.id if kind == "callback_query" and isinstance(content.id, str) else None
    return Envelope(update_id, kind.replace("\x00", "")[:64], peer_id, pressed.replace("\x00", "")[:256] if pressed else None)


def _read_fields(body: bytes) -> dict[str, msgspec.Raw]:
    """A lone surrogate, which Telegram's JSON may hold, is no reason to lose a message: such a body is read the slow way."""
    try:
        return _fields.decode(body)
    except msgspec.DecodeError:
        if b"\\u" not in body:
            raise
        return _fields.decode(msgspec.json.encode(_storable(json.loads(body))))


def _read_content(raw: msgspec.Raw) -> _Content:
    try:
        return _content.decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _Content()


def _peer(content: _Content) -> int:
    chat = content.chat or (content.message.chat if content.message else None)
    person = content.sender or content.user
    return chat.id if chat else person.id if person else 0
