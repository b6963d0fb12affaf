"""Words of days and hours in all their forms, slips of the keyboard included."""

from __future__ import annotations

import functools

from rapidfuzz.distance import DamerauLevenshtein

from valera.russian.morphology import is_known

SHORTEST_TYPO = 5
LONG_WORD = 9

_WEEKDAYS = (
    "понедельник понедельника понедельнику понедельником понедельнике понедельники понедельникам пн пнд",
    "вторник вторника вторнику вторником вторнике вторники вт втр фторник фторника втроник",
    "среда среды среде среду средой ср срд",
    "четверг четверга четвергу четвергом четверге чт чтв чеверг четвер",
    "пятница пятницы пятнице пятницу пятницей пт птн птница",
    "суббота субботы субботе субботу субботой сб сбт суббот",
    "воскресенье воскресенья воскресенью воскресеньем воскресение воскресения воскр вс вск",
)
_MONTHS = (
    "январь января январю январе январем янв",
    "февраль февраля февралю феврале февралем фев февр",
    "март марта марту марте мартом мар",
    "апрель апреля апрелю апреле апрелем апр",
    "май мая маю мае маем",
    "июнь июня июню июне июнем июн",
    "июль июля июлю июле июлем июл",
    "август августа августу августе августом авг",
    "сентябрь сентября сентябрю сентябре сентябрем сен сент",
    "октябрь октября октябрю октябре октябрем окт",
    "ноябрь ноября ноябрю ноябре ноябрем ноя нояб",
    "декабрь декабря декабрю декабре декабрем дек",
)
_DAYS = {
    0: "сегодня сегодняшний сегодняшнего сегодняшнюю сегодняшнее седня сення сегодне",
    1: "завтра завтрашний завтрашнего завтрашнему завтрашнее завтре завтро",
    2: "послезавтра послезавтрашний послезавтрашнего позавтра",
    3: "послепослезавтра",
    -1: "вчера вчерашний вчерашнего",
    -2: "позавчера",
}
_PARTS = {
    "morning": "утро утра утру утром утре утрам утречком утрецом утреца утречка",
    "day": "день днем дня",
    "noon": "обед обеда обеду обедом обеде обеденный обеденное",
    "evening": "вечер вечера вечеру вечером вечере вечерам вечерком вечерочком вечерок",
    "night": "ночь ночи ночью",
}


def _by_form(rows: dict[int, str] | dict[str, str]) -> dict[str, int | str]:
    return {form: key for key, forms in rows.items() for form in forms.split()}


_FORMS: dict[str, dict[str, int | str]] = {
    "weekday": _by_form(dict(enumerate(_WEEKDAYS))),
    "month": _by_form(dict(enumerate(_MONTHS, 1))),
    "day": _by_form(_DAYS),
    "part": _by_form(_PARTS),
}
_GLUED = {f"в{form}": (kind, key) for kind in ("weekday",) for form, key in _FORMS[kind].items() if len(form) > 3}
_ALL = _GLUED | {form: (kind, key) for kind, forms in _FORMS.items() for form, key in forms.items()}


def weekday_of(word: str) -> int | None:
    return _number("weekday", word)


def month_of(word: str) -> int | None:
    return _number("month", word)


def day_offset_of(word: str) -> int | None:
    """0 for «сегодня», 1 for «завтра»; −1 for «вчера»."""
    return _number("day", word)


def part_of(word: str) -> str | None:
    """morning, day, noon, evening, night."""
    kind, key = _meaning(word)
    return str(key) if kind == "part" else None


def names_time(word: str) -> bool:
    """Whether it is a day, a month or a part of the day: «чеверг» is a slip, and no verb."""
    return bool(_meaning(word)[0])


def _number(kind: str, word: str) -> int | None:
    found_kind, key = _meaning(word)
    return int(key) if found_kind == kind else None


@functools.lru_cache(maxsize=20_000)
def _meaning(word: str) -> tuple[str, int | str]:
    """What the word means; a word that no dictionary knows may be a slip of one that is meant."""
    if word in _ALL:
        return _ALL[word]
    if not SHORTEST_TYPO <= len(word) <= 20 or not "а" <= word[0] <= "я" or is_known(word):
        return "", 0
    allowed = 2 if len(word) >= LONG_WORD else 1
    near = [
        (distance, _ALL[form])
        for form in _ALL
        if len(form) >= SHORTEST_TYPO
        and form[0] == word[0]
        and (distance := DamerauLevenshtein.distance(word, form, score_cutoff=allowed)) <= allowed
    ]
    closest = {meaning for distance, meaning in near if distance == min(near)[0]}
    return closest.pop() if len(closest) == 1 else ("", 0)
