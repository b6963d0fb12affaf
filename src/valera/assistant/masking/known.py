"""What is known beside the text: names that belong to this client, and what the shop itself says to everybody."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic_ai.messages import ModelRequest

from valera.assistant.masking.found import Found, Kind
from valera.assistant.masking.latin import cyrillic
from valera.assistant.masking.word import NameWord, look_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pydantic_ai.messages import ModelMessage

_KEY = "known"
_WORD = re.compile(r"[^\W\d_]+(?:[-‑'’][^\W\d_]+)*")
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Known:
    names: tuple[str, ...] = ()
    public: tuple[str, ...] = ()


def tell(request: ModelRequest, known: Known) -> ModelRequest:
    """Beside the request, not in it: no model is sent its metadata."""
    return replace(request, metadata={**(request.metadata or {}), _KEY: known})


def told(messages: Iterable[ModelMessage]) -> Known:
    """Everything that was told with any of the messages."""
    beside = [message.metadata for message in messages if isinstance(message, ModelRequest) and message.metadata]
    known = [metadata[_KEY] for metadata in beside if _KEY in metadata]
    names = dict.fromkeys(name for one in known for name in one.names if name)
    return Known(tuple(names), tuple(dict.fromkeys(text for one in known for text in one.public if text)))


def parts_of(name: str) -> list[str]:
    """Keys of the words of a name that mean nothing else: a client may call himself «Мастер»."""
    looks = [(word, _look(word)) for word in _WORD.findall(name)]
    return [look.lemma for word, look in looks if len(word) >= _SHORTEST and _is_telling(look)]


def find_known(text: str, names: Sequence[str]) -> list[Found]:
    """Names and their parts in any case and either script, written as names or as words that are nothing else."""
    keys = {part for name in names for part in parts_of(name)}
    if not keys:
        return []
    return [
        Found(Kind.NAME, start, end, key, text[start:end])
        for start, end, key in _rows(text, keys)
    ]  # fmt: skip


def _rows(text: str, keys: set[str]) -> Iterator[tuple[int, int, str]]:
    """Neighbouring words of known names as one."""
    row: list[tuple[int, int, str]] = []
    for match in _WORD.finditer(text):
        look = _look(match.group())
        is_name = look.lemma in keys and (match.group()[0].isupper() or look.name + look.surname > 0.9 or not look.is_known)
        if row and (not is_name or text[row[-1][1] : match.start()].strip(" ")):
            yield _joined(row)
            row = []
        if is_name:
            row.append((match.start(), match.end(), look.lemma))
    if row:
        yield _joined(row)


def _joined(row: list[tuple[int, int, str]]) -> tuple[int, int, str]:
    return row[0][0], row[-1][1], " ".join(sorted(key for _, _, key in row))


def _look(word: str) -> NameWord:
    return look_at(cyrillic(word) if word.isascii() else word)


def _is_telling(look: NameWord) -> bool:
    return not look.is_never and (look.name > 0 or look.surname > 0 or look.patronymic > 0 or not look.is_known)
