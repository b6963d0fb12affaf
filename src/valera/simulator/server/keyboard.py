"""Reply markups: what Telegram demands of inline keyboards, reply keyboards and their removal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from valera.simulator.server.refusal import bad_request

if TYPE_CHECKING:
    from valera.simulator.server.parameters import Parameters

MAX_BUTTONS = 100
MAX_DATA_BYTES = 64
_STYLES = frozenset({None, "danger", "success", "primary"})
_SCHEMES = frozenset({"http", "https", "tg", "ton"})


class InlineButton(msgspec.Struct, omit_defaults=True):
    """https://core.telegram.org/bots/api#inlinekeyboardbutton, as far as it is simulated."""

    text: str
    callback_data: str | None = None
    url: str | None = None
    style: str | None = None
    icon_custom_emoji_id: str | None = None


class InlineKeyboard(msgspec.Struct):
    inline_keyboard: list[list[InlineButton]]


class ReplyButton(msgspec.Struct, omit_defaults=True):
    """https://core.telegram.org/bots/api#keyboardbutton, as far as it is simulated."""

    text: str
    request_contact: bool = False
    request_location: bool = False
    style: str | None = None
    icon_custom_emoji_id: str | None = None


class ReplyKeyboard(msgspec.Struct, omit_defaults=True):
    keyboard: list[list[ReplyButton | str]]
    resize_keyboard: bool = False
    one_time_keyboard: bool = False
    is_persistent: bool = False
    selective: bool = False
    input_field_placeholder: str | None = None


class RemoveKeyboard(msgspec.Struct, omit_defaults=True):
    remove_keyboard: bool
    selective: bool = False


class ForceReply(msgspec.Struct, omit_defaults=True):
    force_reply: bool
    selective: bool = False
    input_field_placeholder: str | None = None


Markup = InlineKeyboard | ReplyKeyboard | RemoveKeyboard | ForceReply

_KINDS: dict[str, type[Markup]] = {
    "inline_keyboard": InlineKeyboard,
    "keyboard": ReplyKeyboard,
    "remove_keyboard": RemoveKeyboard,
    "force_reply": ForceReply,
}


def read_markup(parameters: Parameters) -> Markup | None:
    """The markup of a message to send. Raises Refusal 400."""
    given = parameters.parsed("reply_markup", dict[str, Any])
    if not given:
        return None
    kind = next((kind for key, kind in _KINDS.items() if key in given), None)
    if kind is None:
        raise bad_request("object expected as reply markup")
    try:
        markup = msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        raise bad_request(f"can't parse reply keyboard markup JSON object: {error}") from None
    match markup:
        case InlineKeyboard():
            return _checked_inline(markup)
        case ReplyKeyboard():
            return _checked_reply(markup)
        case _:
            return markup


def read_inline_markup(parameters: Parameters) -> InlineKeyboard | None:
    """The markup of a message to edit: inline or none."""
    markup = read_markup(parameters)
    if markup is None or isinstance(markup, InlineKeyboard):
        return markup
    raise bad_request("inline keyboard expected")


def _checked_inline(markup: InlineKeyboard) -> InlineKeyboard | None:
    rows = [row for row in markup.inline_keyboard if row]
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    for row in rows:
        for button in row:
            _check_inline_button(button)
    return InlineKeyboard(rows) if rows else None


def _check_inline_button(button: InlineButton) -> None:
    if not button.text.strip():
        raise bad_request("can't parse inline keyboard button: button text must be non-empty")
    if button.style not in _STYLES:
        raise bad_request("can't parse inline keyboard button: invalid button style specified")
    if (button.callback_data is None) == (button.url is None):
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if button.callback_data is not None and not 1 <= len(button.callback_data.encode()) <= MAX_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if button.url is not None and (urlsplit(button.url).scheme not in _SCHEMES or not urlsplit(button.url).netloc):
        raise bad_request(f"inline keyboard button URL '{button.url}' is invalid: wrong HTTP URL")


def _checked_reply(markup: ReplyKeyboard) -> ReplyKeyboard:
    rows = [[ReplyButton(button) if isinstance(button, str) else button for button in row] for row in markup.keyboard if row]
    if not rows:
        raise bad_request("reply keyboard must be non-empty")
    for row in rows:
        for button in row:
            if not button.text.strip():
                raise bad_request("can't parse keyboard button: button text must be non-empty")
            if button.request_contact and button.request_location:
                raise bad_request("can't parse keyboard button: only one request is allowed")
            if button.style not in _STYLES:
                raise bad_request("can't parse keyboard button: invalid button style specified")
    return msgspec.structs.replace(markup, keyboard=rows)
