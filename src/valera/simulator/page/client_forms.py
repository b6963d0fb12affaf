"""What the page's forms do in a client's name."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, assert_never

import msgspec
from litestar import Response, delete, get, post, put
from litestar.datastructures import UploadFile
from litestar.params import FromPath, URLEncodedBody

from valera.kit.errors import Invalid
from valera.simulator.messenger.actions import media, membership, pressing, writing
from valera.simulator.messenger.actions.media import Item
from valera.simulator.messenger.files.medium import MediumKind, Upload
from valera.simulator.messenger.files.picture import picture_size
from valera.simulator.page.chatting import TheChat
from valera.simulator.page.place import AnyRequest

MAX_FORM = 52 << 20
LARGEST_ID = (1 << 63) - 1
MOSCOW = {"latitude": 55.7522, "longitude": 37.6156}
NEIGHBOURS_PHONE, NEIGHBOUR = "+79990000199", "Сосед"

MessageId = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_ID)]


class Written(msgspec.Struct):
    """``reply_to`` and ``edits`` are the ids of messages, 0 for none."""

    text: str
    reply_to: MessageId = 0
    edits: MessageId = 0


class Name(msgspec.Struct):
    name: str


class Payload(msgspec.Struct):
    payload: str = ""


class Button(msgspec.Struct):
    message_id: MessageId
    data: str


class What(StrEnum):
    """What the paperclip offers beside files of one's own."""

    FILES = "files"
    PHOTO = "photo"
    ALBUM = "album"
    VOICE = "voice"
    VIDEO_NOTE = "video_note"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    FOREIGN_CONTACT = "foreign_contact"


@get("/chat/{bot_id:int}/{person_id:int}/thread", sync_to_thread=False)
def get_thread(chat: TheChat) -> Response[str]:
    return chat.html()


@post("/chat/{bot_id:int}/{person_id:int}/messages", status_code=200, sync_to_thread=False)
def post_message(chat: TheChat, data: URLEncodedBody[Written]) -> Response[str]:
    if data.edits:
        writing.edit(chat.telegram, chat.bot, chat.person, data.edits, data.text)
    else:
        writing.write(chat.telegram, chat.bot, chat.person, data.text, reply_to=data.reply_to or None)
    return chat.html()


@delete("/chat/{bot_id:int}/{person_id:int}/messages/{message_id:int}", status_code=204, sync_to_thread=False)
def delete_message(chat: TheChat, message_id: FromPath[int]) -> None:
    writing.delete_for_oneself(chat.telegram, chat.bot, chat.person, message_id if 0 <= message_id <= LARGEST_ID else 0)


@post("/chat/{bot_id:int}/{person_id:int}/media", status_code=204, request_max_body_size=MAX_FORM)
async def post_media(request: AnyRequest, chat: TheChat) -> None:
    """A form of ``what``, ``text`` (the caption), ``reply_to`` and any number of ``file``."""
    form = await request.form()
    try:
        what = msgspec.convert(form.get("what", What.FILES), What, strict=False)
        reply_to = msgspec.convert(form.get("reply_to") or 0, MessageId, strict=False) or None
    except msgspec.ValidationError:
        raise Invalid("The form makes no sense.") from None
    files = [await _upload(file) for file in form.getall("file", []) if isinstance(file, UploadFile) and file.filename]
    match what:
        case What.LOCATION:
            media.send_location(chat.telegram, chat.bot, chat.person, **MOSCOW)
        case What.CONTACT:
            media.share_contact(chat.telegram, chat.bot, chat.person)
        case What.FOREIGN_CONTACT:
            media.share_foreign_contact(chat.telegram, chat.bot, chat.person, phone_number=NEIGHBOURS_PHONE, first_name=NEIGHBOUR)
        case _:
            uploads = files if what is What.FILES else _samples(what)
            items = [Item(upload, "" if number else str(form.get("text", ""))) for number, upload in enumerate(uploads)]
            media.send_media(chat.telegram, chat.bot, chat.person, items, reply_to=reply_to)


@post("/chat/{bot_id:int}/{person_id:int}/start", status_code=200, sync_to_thread=False)
def post_start(chat: TheChat, data: URLEncodedBody[Payload]) -> Response[str]:
    writing.start(chat.telegram, chat.bot, chat.person, data.payload.strip())
    return chat.html()


@post("/chat/{bot_id:int}/{person_id:int}/presses", status_code=200, sync_to_thread=False)
def post_press(chat: TheChat, data: URLEncodedBody[Button]) -> Response[str]:
    pressing.press(chat.telegram, chat.bot, chat.person, message_id=data.message_id, data=data.data)
    return chat.html()


@post("/chat/{bot_id:int}/{person_id:int}/contact", status_code=200, sync_to_thread=False)
def post_contact(chat: TheChat) -> Response[str]:
    media.share_contact(chat.telegram, chat.bot, chat.person)
    return chat.html()


@put("/chat/{bot_id:int}/{person_id:int}/block", sync_to_thread=False)
def put_block(chat: TheChat) -> Response[str]:
    membership.block(chat.telegram, chat.bot, chat.person)
    return chat.html()


@delete("/chat/{bot_id:int}/{person_id:int}/block", status_code=200, sync_to_thread=False)
def delete_block(chat: TheChat) -> Response[str]:
    membership.unblock(chat.telegram, chat.bot, chat.person)
    return chat.html()


@delete("/chat/{bot_id:int}/{person_id:int}/draft", status_code=200, sync_to_thread=False)
def delete_draft(chat: TheChat) -> Response[str]:
    """The person presses "Stop"."""
    pressing.stop_draft(chat.telegram, chat.bot, chat.person)
    return chat.html()


@delete("/chat/{bot_id:int}/{person_id:int}/scenario", status_code=204, sync_to_thread=False)
def delete_scenario(chat: TheChat) -> None:
    chat.player.stop(chat.bot.id, chat.person.id)


CLIENT_FORMS: list[Any] = [
    get_thread, post_message, delete_message, post_media, post_start, post_press, post_contact, put_block, delete_block, delete_draft,
    delete_scenario,
]  # fmt: skip


async def _upload(file: UploadFile) -> Upload:
    """A picture goes as a photo, a sound as a voice message, anything else as a file."""
    body, kind = await file.read(), file.content_type or ""
    if picture_size(body) is not None:
        return Upload(MediumKind.PHOTO, body)
    if kind.startswith("audio/"):
        return Upload(MediumKind.VOICE, body, mime_type=kind)
    return Upload(MediumKind.VIDEO if kind == "video/mp4" else MediumKind.DOCUMENT, body, file.filename or "", kind)


def _samples(what: What) -> list[Upload]:
    match what:
        case What.PHOTO:
            return [Upload(MediumKind.PHOTO)]
        case What.ALBUM:
            return [Upload(MediumKind.PHOTO, sample=number) for number in range(3)]
        case What.VOICE:
            return [Upload(MediumKind.VOICE, seconds=6)]
        case What.VIDEO_NOTE | What.DOCUMENT | What.STICKER:
            return [Upload(MediumKind(what.value))]
        case What.FILES | What.LOCATION | What.CONTACT | What.FOREIGN_CONTACT:
            return []
        case _:
            assert_never(what)
