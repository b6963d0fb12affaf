"""A plain yes and a plain no, and nothing else: what may stand for the button under a proposal."""

from __future__ import annotations

import re

from valera.russian.tokens import Kind, scan
from valera.russian.vocabulary import words_of

_YES = words_of("answers.yes")
_BESIDE_YES = words_of("answers.beside_yes")
_NO = frozenset(["нет", "неа", "не", "нету", "no", "nope"])
_BESIDE_NO = words_of("answers.beside_no")
_YES_SIGNS = re.compile("^[\\s!.+\U0001f44d\U0001f44c✅✔☑\ufe0f\U0001f3fb-\U0001f3ff)]+$")
_NO_SIGNS = re.compile("^[\\s!.\U0001f44e❌\ufe0f\U0001f3fb-\U0001f3ff(]+$")
_SAYS_YES = re.compile("[+\U0001f44d\U0001f44c✅✔☑]")
_SAYS_NO = re.compile("[\U0001f44e❌]")
_REPEATED = re.compile(r"(.)\1+")
LONGEST_ANSWER = 80


def is_plain_yes(text: str) -> bool:
    """«да», «да, подтверждаю», «ок», «давайте 👍». A question, a number, a wish or a condition beside it makes it False."""
    if _SAYS_YES.search(text) and _YES_SIGNS.match(text):
        return True
    return _is_plain(text, _YES_SQUEEZED, _BESIDE_YES_SQUEEZED) and not _SAYS_NO.search(text)


def is_plain_no(text: str) -> bool:
    """«нет», «не надо, спасибо», «неа». Anything more, such as another time, makes it False."""
    if _SAYS_NO.search(text) and _NO_SIGNS.match(text):
        return True
    return _is_plain(text, _NO_SQUEEZED, _BESIDE_NO_SQUEEZED) and not _SAYS_YES.search(text)


def _is_plain(text: str, core: frozenset[str], beside: frozenset[str]) -> bool:
    if len(text) > LONGEST_ANSWER or "?" in text:
        return False
    found = [token for token in scan(text) if token.kind is not Kind.SIGN]
    words = [_squeezed(token.folded) for token in found]
    return any(word in core for word in words) and all(word in core or word in beside for word in words)


def _squeezed(word: str) -> str:
    """«дааа» is «да»."""
    return _REPEATED.sub(r"\1", word)


def _all_squeezed(words: frozenset[str]) -> frozenset[str]:
    return frozenset(map(_squeezed, words))


_YES_SQUEEZED, _BESIDE_YES_SQUEEZED = _all_squeezed(_YES), _all_squeezed(_BESIDE_YES)
_NO_SQUEEZED, _BESIDE_NO_SQUEEZED = _all_squeezed(_NO), _all_squeezed(_BESIDE_NO)
