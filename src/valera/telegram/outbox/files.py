"""Sending photos and files of a member: one alone, or several as an album."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valera.kit.secrets import Secret
    from valera.telegram.api.client import BotApi


async def send_files(
    bot_api: BotApi, token: Secret, message: dict[str, Any], files: Sequence[dict[str, str]], bodies: Sequence[bytes]
) -> int:
    """``message``: chat, caption and the like, as for one file. Returns Telegram's id of the first message."""
    if len(files) == 1:
        [file], [body] = files, bodies
        return await bot_api.send_file(token, message, kind=file["kind"], name=file["name"], media_type=file["media_type"], body=body)
    group = {key: value for key, value in message.items() if key not in {"caption", "caption_entities", "reply_markup"}}
    group["media"] = _media(files, message)
    parts = [(file["name"], file["media_type"], body) for file, body in zip(files, bodies, strict=True)]
    return await bot_api.send_media_group(token, group, parts)


def _media(files: Sequence[dict[str, str]], message: dict[str, Any]) -> list[dict[str, Any]]:
    """The files come beside it under the names ``file0``, ``file1`` …; the first bears the caption of all."""
    media: list[dict[str, Any]] = [{"type": file["kind"], "media": f"attach://file{at}"} for at, file in enumerate(files)]
    media[0] |= {key: message[key] for key in ("caption", "caption_entities") if key in message}
    return media
