"""Names of people: first name with patronymic or surname in any case, order and script, initials, and whatever is introduced as a name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.assistant.masking.found import Found, Kind
from valera.assistant.masking.latin import cyrillic
from valera.assistant.masking.word import STRONG, NameWord, look_at
from valera.russian.cars import find_cars
from valera.russian.morphology import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WORD = re.compile(r"[^\W\d_]+(?:[-‑'’][^\W\d_]+)*")
_BESIDE = re.compile(r"[ \t]{1,3}|[ \t]?\n[ \t]?")
_LONGEST = 4
_INITIALS = re.compile(
    r"(?<![\w.])(?P<one>[А-ЯЁA-Z]\.\s?(?:[А-ЯЁA-Z]\.)?)\s?(?P<after>[А-ЯЁA-Z][а-яёa-z]{2,}(?:-[А-ЯЁ][а-яё]+)?|[А-ЯЁ]{3,})(?![\w])"
    r"|(?<!\w)(?P<before>[А-ЯЁA-Z][а-яёa-z]{2,}(?:-[А-ЯЁ][а-яё]+)?|[А-ЯЁ]{3,}),?\s(?P<two>[А-ЯЁA-Z]\.(?:\s?[А-ЯЁA-Z]\.?)?|[А-ЯЁ]{2}(?!\w))(?!\w)"
    r"|(?<!\w)(?P<small>[а-яё]{3,})\s(?:[а-яё]\.\s?[а-яё]\.)(?!\w)"
)
_CALLED = re.compile(
    r"(?i)(?<!\w)(?:зовут|звать|зови(?:те)?|(?:мо[её]|мое|сво[её])\s+имя|имя(?:\s+и\s+фамилия)?|ф\.?\s?и\.?\s?о\.?|фамилия(?:,?\s+имя(?:,?\s+отчество)?)?|"
    r"отчество|(?:на|под)\s+(?:имя|именем|фамили[юей]+)|my\s+name\s+is|(?:full\s+|sur)name\s*:|представл\w+|представиться|записан[аы]?\s+как|"
    r"запиши(?:те)?(?:\s+меня)?\s+как)\s*(?:(?:меня|мо[яе]|моё|клиента|будет|пусть|просто|мой|это)\s+){0,2}[:\-–—=,.]?\s*[«\"(]?"
)
_MAY_BE = re.compile(
    r"(?i)(?<!\w)(?:это|я|вас\s+беспокоит|говорит|с\s+уважением|контактное\s+лицо|контакт|клиент|владел\w+|собственник\w*|водител\w+|получатель|хозя\w+|"
    r"запиши(?:те)?(?:\s+меня)?\s+на|запись\s+на|спросить|спросите|подойд[её]т|приед[её]т|привез[её]т|заказчик|гражданин|гр\.|мастер|директор|менеджер|"
    r"муж\w*|жен\w|сын\w*|брат\w*|подпись)\s*[:\-–—,.]?\s*"
)
_HONORIFIC = re.compile(r"(?i)(?:господин\w*|госпож\w+|товарищ\w*|г-н\w*|г-ж\w+|mr\.?|mrs\.?|ms\.?)\s+$")
_ROADS = re.compile(
    r"(?i)(?:ул\.?|улиц\w+|проспект\w*|пр-?т\.?|просп\.?|пер\.?|переул\w+|шоссе|бульвар\w*|наб(?:ережн\w+)?\.?|площад\w+|им\.?|имени|метро|м\.)\s*$"
)
_TURKIC = frozenset(["оглы", "кызы", "улы", "оглу", "угли", "уулу"])


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int
    is_beside: bool
    """Only spaces stand between it and the word before."""
    starts_sentence: bool
    look: NameWord

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def is_shouted(self) -> bool:
        return len(self.text) > 1 and self.text.isupper()

    @property
    def is_patronymic(self) -> bool:
        return self.look.patronymic > 0 or fold(self.text) in _TURKIC


def find_names(text: str, beside: Sequence[tuple[int, int]] = ()) -> list[Found]:
    """``text`` is plain. ``beside``: where phones and addresses stand; a first name next to one is whose it is."""
    words = list(_words(text))
    spans = [*_full(text, words), *_introduced(text, words), *_with_initials(text), *_signed(text, words, beside)]
    if not spans:
        return []
    cars = [(car.start, car.end) for car in find_cars(text)]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: span[0] - span[1]):
        is_car = any(first < end and start < last for first, last in cars) and not _has_patronymic(words, start, end)
        if (
            not is_car
            and not any(first < end and start < last for first, last in kept)
            and not _ROADS.search(text[max(0, start - 12) : start])
        ):
            kept.append((start, end))
    return [Found(Kind.NAME, start, end, key_of(text[start:end]), " ".join(text[start:end].split())) for start, end in sorted(kept)]


def key_of(name: str) -> str:
    """The same for a name in another case or order."""
    return " ".join(sorted(look_at(word).lemma for word in _WORD.findall(name)))


def _words(text: str) -> Iterator[_Word]:
    reached = 0
    for match in _WORD.finditer(text):
        between = text[reached : match.start()]
        written = match.group()
        read = cyrillic(written) if written.isascii() else written
        starts = reached == 0 or any(sign in between for sign in ".!?\n")
        yield _Word(written, match.start(), match.end(), bool(_BESIDE.fullmatch(between)) and reached > 0, starts, look_at(read))
        reached = match.end()


def _full(text: str, words: Sequence[_Word]) -> Iterator[tuple[int, int]]:
    """The longest row of words that is somebody's name."""
    at = 0
    while at < len(words):
        length = next((length for length in range(_LONGEST, 0, -1) if _is_full(words[at : at + length], length)), 0)
        if length:
            has_surname_before = at > 0 and length > 1 and _is_surname_before(text, words[at - 1], words[at])
            yield words[at - has_surname_before].start, words[at + length - 1].end
        at += length or 1


def _is_surname_before(text: str, before: _Word, first: _Word) -> bool:
    """«Козлов, Андрей Михайлович»."""
    look = before.look
    is_surname = look.surname > 0 or look.ends_as_surname or (look.is_unknown and look.looks_like_surname)
    return text[before.end : first.start] == ", " and before.is_capital and first.is_capital and is_surname and not look.is_never


def _is_full(row: Sequence[_Word], length: int) -> bool:
    if len(row) < length or not all(word.is_beside for word in row[1:]):
        return False
    patronymics = sum(word.is_patronymic for word in row)
    if length == 1:
        return (
            bool(patronymics)
            and row[0].look.patronymic >= STRONG
            and not row[0].text.isascii()
            and (row[0].is_capital or not row[0].look.is_known)
        )
    if patronymics == 1:
        return all(word.is_patronymic or _stands_beside_patronymic(word) for word in row)
    if length != 2 or patronymics:
        return False
    first, second = row
    return _is_pair(first, second) or _is_pair(second, first, surname_first=True)


def _stands_beside_patronymic(word: _Word) -> bool:
    look = word.look
    if look.is_never:
        return False
    return (
        look.name > 0
        or look.surname > 0
        or look.is_unknown
        or look.ends_as_surname
        or (word.is_capital and not word.starts_sentence and look.part in ("NOUN", "ADJF"))
    )


def _is_pair(first: _Word, last: _Word, *, surname_first: bool = False) -> bool:
    """First name and surname, each as it may be written."""
    if first.look.is_never or last.look.is_never or first.text.isascii() != last.text.isascii():
        return False
    if first.text.isascii():
        return first.is_capital and last.is_capital and _is_latin_pair(first, last)
    if not first.look.name:
        return False
    if first.is_capital and last.is_capital:
        return _is_written_pair(first, last, surname_first=surname_first)
    return not first.is_capital and _is_small_pair(first, last)


def _is_latin_pair(first: _Word, last: _Word) -> bool:
    name, surname = first.look, last.look
    is_name = (name.name >= STRONG and name.is_known) or (surname.is_known and surname.surname >= STRONG and len(first.text) > 2)
    return is_name and surname.looks_like_surname and (surname.may_be_surname or surname.ends_as_surname)


def _is_written_pair(first: _Word, last: _Word, *, surname_first: bool) -> bool:
    """With capitals a word that is no name else may be a surname: «Анна Кузнец»."""
    name, surname = first.look, last.look
    if surname.surname > 0 or (surname.may_be_surname and (name.name >= STRONG or surname.looks_like_surname)):
        return name.name >= STRONG or surname.surname >= STRONG or not surname.is_known
    if name.name < STRONG:
        return False
    return surname.ends_as_surname or (not first.is_shouted and not surname_first and surname.part in ("NOUN", "ADJF") and not surname.name)


def _is_small_pair(first: _Word, last: _Word) -> bool:
    """In small letters both must be names above all, and agree."""
    name, surname = first.look, last.look
    if last.is_capital:
        return name.name >= STRONG and surname.surname >= STRONG
    is_sure = name.name >= STRONG and (surname.surname >= STRONG or (surname.looks_like_surname and not surname.is_known))
    return is_sure and (not surname.is_known or name.agrees(surname))


def _introduced(text: str, words: Sequence[_Word]) -> Iterator[tuple[int, int]]:
    """«меня зовут …», «ФИО: …», whatever the words are; «это …», «на …» where they are a name."""
    for match in _CALLED.finditer(text):
        at = next((at for at, word in enumerate(words) if word.start >= match.end()), len(words))
        if at < len(words) and words[at].start == match.end():
            count = _called(words, at)
            if count:
                yield words[at].start, words[at + count - 1].end
    for match in [*_MAY_BE.finditer(text), *_HONORIFIC.finditer(text)]:
        word = next((word for word in words if word.start == match.end()), None)
        if word is not None and _is_first_name(word):
            yield word.start, word.end


def _called(words: Sequence[_Word], at: int) -> int:
    count = 0
    for place, word in enumerate(words[at : at + 3]):
        look = word.look
        if place and not word.is_beside:
            break
        is_name = look.name > 0 or look.surname >= STRONG or word.is_patronymic or (look.may_be_surname and (not place or word.is_capital))
        is_named = word.is_capital and not word.is_shouted and not look.is_never and look.part in ("NOUN", "ADJF", "")
        if look.is_never or len(word.text) < 2 or not (is_name or is_named):
            break
        count += 1
    return count


def _is_first_name(word: _Word) -> bool:
    look = word.look
    return look.is_known and not look.is_never and not word.text.isascii() and look.name >= (STRONG if word.is_capital else 0.9)


def _with_initials(text: str) -> Iterator[tuple[int, int]]:
    for match in _INITIALS.finditer(text):
        written = match["after"] or match["before"] or match["small"]
        look = look_at(cyrillic(written) if written.isascii() else written)
        initials = match["one"] or match["two"] or "и.и."
        two = sum(letter.isalpha() for letter in initials) > 1
        if match["small"] or (match["two"] and "." not in initials):
            is_name = look.surname >= STRONG
        else:
            is_name = not look.is_never and (
                look.surname > 0 or look.is_unknown or look.ends_as_surname or (two and look.looks_like_surname)
            )
        if is_name and not (written.isascii() and not look.looks_like_surname):
            yield match.span()


def _signed(text: str, words: Sequence[_Word], beside: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """A first name that is the whole message or its last line, or stands next to a phone or an address."""
    for place, word in enumerate(words):
        if not _is_first_name(word):
            continue
        line_start, line_end = text.rfind("\n", 0, word.start) + 1, text.find("\n", word.end)
        line = text[line_start : line_end if line_end >= 0 else len(text)]
        is_alone = not re.sub(r"\W", "", line.replace(word.text, "", 1)) and (len(words) == 1 or place == len(words) - 1)
        is_beside = any(
            _is_near(text[end : word.start]) if end <= word.start else _is_near(text[word.end : start]) for start, end in beside
        )
        if is_alone or is_beside:
            yield word.start, word.end


def _is_near(between: str) -> bool:
    return len(between) <= 4 and not any(map(str.isalnum, between))


def _has_patronymic(words: Sequence[_Word], start: int, end: int) -> bool:
    return any(word.is_patronymic for word in words if start <= word.start < end)
