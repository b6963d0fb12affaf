"""How far a word is somebody's name: first name, patronymic, surname, by the dictionary and by its ending."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from valera.russian.morphology import fold, is_known, parses

STRONG = 0.25
_CASES = frozenset({"nomn", "gent", "datv", "accs", "ablt", "loct"})
_PATRONYMIC = re.compile(r"(?:[оеё]вич|[оеё]вн|ьич|ыч|иничн|ичн|инишн)(?:а|у|ем|ом|е|ой|ою|ы)?$")
_SURNAME = re.compile(
    r"(?:[оеё]в|[иы]н|ск|цк|енк|чук|нюк|люк|рюк|щук|дзе|швили|[яа]н|берг|штейн|ман|[ыи]х|ко|ая|ий|ой|ич|ук|юк|ец|ель|як|ак|ик|енок)"
    r"(?:а|у|ым|ом|ем|е|ой|ою|ий|ая|ую|ого|ому|им|о)?$"
)
_CERTAIN = re.compile(r"(?:[оеё]в|[иы]н|ск|цк)(?:а|у|ым|ом|ой|ую|ого|ому|ий|ая|ых|ыми)?$")
_NEVER = frozenset(
    [
        "да",
        "нет",
        "ну",
        "вот",
        "или",
        "если",
        "для",
        "под",
        "при",
        "это",
        "как",
        "что",
        "где",
        "когда",
        "кто",
        "мне",
        "нам",
        "вам",
        "вас",
        "нас",
        "они",
        "она",
        "оно",
        "мой",
        "моя",
        "мое",
        "наш",
        "ваш",
        "ваша",
        "свой",
        "также",
        "также",
        "здравствуйте",
        "привет",
        "добрый",
        "день",
        "вечер",
        "утро",
        "спасибо",
        "пожалуйста",
        "алло",
        "доброго",
        "суток",
        "машина",
        "авто",
        "бампер",
        "мастер",
        "клиент",
        "январь",
        "февраль",
        "март",
        "апрель",
        "май",
        "июнь",
        "июль",
        "август",
        "сентябрь",
        "октябрь",
        "ноябрь",
        "декабрь",
        "понедельник",
        "вторник",
        "среда",
        "четверг",
        "пятница",
        "суббота",
        "воскресенье",
        "мая",
        "марта",
        "августа",
        "завтра",
        "сегодня",
        "послезавтра",
        "рублей",
        "рубля",
        "руб",
        "час",
        "часа",
        "часов",
        "цена",
        "стоимость",
    ]
)


@dataclass(frozen=True, slots=True)
class NameWord:
    """Shares of its readings, 0..1. ``cases``: number, case and gender of those that are names; ``lemma``: of the likeliest of them."""

    name: float
    patronymic: float
    surname: float
    is_known: bool
    is_never: bool
    looks_like_surname: bool
    """By its ending; ``ends_as_surname``: and hardly otherwise, though it may be a word as well (Лапина, Хвостиков)."""
    ends_as_surname: bool
    part: str
    lemma: str
    cases: frozenset[str]

    @property
    def is_unknown(self) -> bool:
        return not self.is_known and not self.is_never

    @property
    def may_be_surname(self) -> bool:
        return not self.is_never and (self.surname > 0 or (self.looks_like_surname and not self.is_known) or self.is_unknown)

    def agrees(self, other: NameWord) -> bool:
        return bool(self.cases & other.cases)


def look_at(word: str) -> NameWord:
    return _look_at(fold(word))


@functools.lru_cache(maxsize=20_000)
def _look_at(folded: str) -> NameWord:
    if "-" in folded:
        return _doubled(folded)
    readings = parses(folded)
    known = is_known(folded)
    shares = {"Name": 0.0, "Patr": 0.0, "Surn": 0.0}
    cases: set[str] = set()
    best, lemma = 0.0, folded
    for reading in readings:
        grammemes: frozenset[str] = reading.tag.grammemes
        kind = next((kind for kind in shares if kind in grammemes), None)
        if kind is None or (not known and kind == "Name" and len(readings) > 1):
            continue
        shares[kind] += reading.score
        genders = {"masc", "femn"} & grammemes or {"masc", "femn"}
        cases |= {f"{gender} {case}" for case in _CASES & grammemes if "plur" not in grammemes for gender in genders}
        if reading.score > best:
            best, lemma = reading.score, f"{reading.normal_form.replace('ё', 'е')}/{'/'.join(sorted(genders))}"
    if not known and _PATRONYMIC.search(folded) and len(folded) > 5:
        shares["Patr"] = 1.0
    part = str(readings[0].tag.POS or "") if readings else ""
    return NameWord(
        shares["Name"],
        shares["Patr"],
        shares["Surn"],
        known,
        folded in _NEVER,
        bool(len(folded) > 3 and _SURNAME.search(folded)),
        bool(len(folded) > 4 and _CERTAIN.search(folded) and part in ("NOUN", "ADJF", "ADJS", "")),
        part,
        lemma,
        frozenset(cases),
    )


def _doubled(folded: str) -> NameWord:
    """«Петрова-Водкина», «Анна-Мария»: what its last part is, if every part may be a name."""
    parts = [_look_at(part) for part in folded.split("-") if part]
    last = parts[-1] if parts else _look_at("")
    if not parts or not all(part.name > 0 or part.may_be_surname or part.ends_as_surname for part in parts):
        return NameWord(
            0, 0, 0, is_known=True, is_never=True, looks_like_surname=False, ends_as_surname=False, part="", lemma=folded, cases=frozenset()
        )
    return NameWord(
        last.name,
        0,
        max(part.surname for part in parts),
        last.is_known,
        is_never=False,
        looks_like_surname=last.looks_like_surname,
        ends_as_surname=last.ends_as_surname,
        part=last.part,
        lemma=folded,
        cases=last.cases,
    )
