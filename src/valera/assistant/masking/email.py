"""E-mail addresses, written and spoken: «ivan.petrov@mail.ru», «иван точка петров собака яндекс точка ру»."""

from __future__ import annotations

import re

from valera.assistant.masking.found import Found, Kind

_WORD = r"[^\W_]{1,40}"
_SAID_DOT = r"\s?[(\[]\s?(?:dot|точка|тчк)\s?[)\]]\s?|\s(?:точка|тчк|дот|dot)\s"
_DOT = rf"(?:\s?\.\s?|{_SAID_DOT})"
_SAID_LINE = r"\s(?:нижн\w{1,5}\s)?(?:подч[её]рк\w{1,10}|под[её]рк\w{1,10}|тире|дефис|минус|андер\w{0,6}|underscore|dash)\s"
_JOIN = rf"(?:\.|\s\.\s|{_SAID_DOT}|\s?[_+\-]\s?|{_SAID_LINE})"
_LETTERS = r"(?:(?<![^\W_])[^\W_]\s){2,12}[^\W_]{1,40}"
_LOCAL = rf"(?:{_LETTERS}|{_WORD})(?:{_JOIN}{_WORD}){{0,6}}"
_AT = r"(?:\s?@\s?|\s?[(\[<{]\s?(?:at|собак\w{1,3}|эт|@|а)\s?[)\]>}]\s?|\s(?:собак[аеу]|собачк[аеу]|at|эт|ат)\s)"
_TOP = r"(?:[a-z]{2,24}|рф|ру|ком|нет|орг|рус|инфо|онлайн|москва|су|бел|укр)"
_KNOWN_TO_ALL = (
    r"(?:мейл|мэйл|маил|mail|яндекс|yandex|ya|gmail|гмейл|гмэйл|джимейл|джимэйл|рамблер|rambler|bk|бк|inbox|инбокс|list|лист|icloud|айклауд|"
    r"outlook|хотмейл|hotmail)"
)
_WRITTEN = re.compile(
    r"(?i)(?<![^\W_])[^\W_][\w.+\-]{0,63}\s?@\s?[^\W_][\w\-]{0,60}(?:\s?\.\s?[\w\-]{1,60}){0,4}?\s?\.\s?"
    r"(?:[a-z]{2,24}|рф|ру|ком|нет|орг|рус|москва|онлайн)(?:\.[a-z]{2,24})*(?![^\W_])"
)
_SPOKEN = re.compile(
    rf"(?i)(?<![^\W_]){_LOCAL}{_AT}"
    rf"(?:{_WORD}(?:(?:{_DOT}|-){_WORD}){{0,3}}{_DOT}{_TOP}|{_KNOWN_TO_ALL}\s?[., ]?\s?(?:точка\s)?{_TOP})(?![^\W_])"
)
_WORDS = ((re.compile(rf"(?i){_AT}"), "@"), (re.compile(rf"(?i){_DOT}"), "."))
_UNDER = re.compile(r"(?i)\s+(?:нижн\w+\s+)?(?:подч[её]рк\w+|под[её]рк\w+|андер\w*|underscore)\s+")
_DASH = re.compile(r"(?i)\s+(?:тире|дефис|минус|dash)\s+")


def find_emails(text: str) -> list[Found]:
    """``text`` is plain."""
    lowered = text.lower()
    if "@" not in text and not any(
        sign in lowered for sign in ("собак", "собач", " at ", "(at", "[at", "{at", "<at", " эт ", "(эт", " ат ")
    ):
        return []
    found: list[Found] = []
    for pattern in (_WRITTEN, _SPOKEN):
        for match in pattern.finditer(text):
            if not any(one.start < match.end() and match.start() < one.end for one in found):
                found.append(Found(Kind.EMAIL, match.start(), match.end(), _address(match.group()), _value(match.group())))
    return found


def _address(written: str) -> str:
    for pattern, sign in _WORDS:
        written = pattern.sub(sign, written)
    return re.sub(r"\s+", "", _DASH.sub("-", _UNDER.sub("_", written))).lower()


def _value(written: str) -> str:
    """An address with words in it comes back as it was said: nobody knows how «яндекс» is written."""
    address = _address(written)
    return address if address.isascii() else written
