"""What is sent beside texts: photos and albums, voice, files, stickers, a place, a phone number."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from valera.kit.errors import Invalid
from valera.simulator.messenger.actions.sending import Sent, send, send_all
from valera.simulator.messenger.actions.writing import MAX_CAPTION, typed
from valera.simulator.messenger.files.medium import MediumKind, Upload, put_medium
from valera.simulator.messenger.message import CAPTIONED, Content

if TYPE_CHECKING:
    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.group import Group
    from valera.simulator.messenger.person import Person
    from valera.simulator.messenger.telegram import Telegram

MAX_ALBUM = 10
_MIXED = frozenset({MediumKind.PHOTO, MediumKind.VIDEO})
_ALONE = frozenset({MediumKind.VOICE, MediumKind.VIDEO_NOTE, MediumKind.STICKER})
MAX_LATITUDE, MAX_LONGITUDE = 90.0, 180.0


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of what is sent."""

    upload: Upload
    caption: str = ""


def send_media(
    telegram: Telegram, bot: Bot, person: Person, items: list[Item], *, reply_to: int | None = None, to: Group | None = None
) -> list[Sent]:
    """One medium, or an album of two to ten: as many messages, and as many updates, with one ``media_group_id``."""
    _check_album(items)
    chat_id = to.id if to else person.id
    group = {"media_group_id": str(secrets.randbits(53))} if len(items) > 1 else {}
    contents: list[Content] = []
    with telegram.store.transaction():
        for item in items:
            content = typed(telegram, bot, chat_id, item.caption, reply_to=reply_to, limit=MAX_CAPTION, may_be_empty=True)
            if content.text and str(item.upload.kind) not in CAPTIONED:
                raise Invalid("Stickers and video notes have no caption.")
            contents.append(replace(content, extra=put_medium(telegram.store, bot.id, item.upload) | group))
        return send_all(telegram, bot, person, contents, to=to)


def share_contact(telegram: Telegram, bot: Bot, person: Person) -> Sent:
    """The person's own phone, as by the button with request_contact."""
    names = {"first_name": person.first_name} | ({"last_name": person.last_name} if person.last_name else {})
    return send(telegram, bot, person, Content(extra={"contact": {"phone_number": person.phone, **names, "user_id": person.id}}))


def share_foreign_contact(
    telegram: Telegram, bot: Bot, person: Person, *, phone_number: str, first_name: str, user_id: int | None = None
) -> Sent:
    """Somebody else's phone, out of the address book; ``user_id`` if that somebody is in Telegram."""
    if not phone_number.strip() or not first_name.strip():
        raise Invalid("A contact has a phone and a name.")
    contact = {"phone_number": phone_number.strip(), "first_name": first_name.strip()} | ({"user_id": user_id} if user_id else {})
    return send(telegram, bot, person, Content(extra={"contact": contact}))


def send_location(telegram: Telegram, bot: Bot, person: Person, *, latitude: float, longitude: float) -> Sent:
    if abs(latitude) > MAX_LATITUDE or abs(longitude) > MAX_LONGITUDE:
        raise Invalid("There is no such place on Earth.")
    return send(telegram, bot, person, Content(extra={"location": {"latitude": latitude, "longitude": longitude}}))


def _check_album(items: list[Item]) -> None:
    kinds = {item.upload.kind for item in items}
    if not 1 <= len(items) <= MAX_ALBUM:
        raise Invalid(f"An album has at most {MAX_ALBUM} pieces.")
    if len(items) > 1 and (kinds & _ALONE or (len(kinds) > 1 and kinds - _MIXED)):
        raise Invalid("An album is of photos and videos, of documents, or of audio files.")
