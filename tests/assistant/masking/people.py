# ruff: noqa: E501  (lists of names and spellings)
"""Made-up phones, plates, VINs, addresses and names in the spellings that people use, with sentences around them. Always the same."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from valera.assistant.masking.found import Kind
from valera.russian.latin import in_latin
from valera.russian.numbers import number_words

Spelling = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Planted:
    """``text[start:end]`` is what must not be readable any more."""

    kind: Kind
    spelling: int
    text: str
    start: int
    end: int

    @property
    def value(self) -> str:
        return self.text[self.start : self.end]


FRAMES = (
    "{}", "Здравствуйте! {}", "Добрый день, {} жду ответа", "{}, спасибо", "Сколько стоит покрасить бампер на Камри? {}", "запишите {} на завтра в 11",
    "У меня Лада Гранта 2114, {} цена до 20 000 ₽?", "{}\nкапот и две двери, пробег 150 000 км", "бампер 18 000, крыло 20 000. {}", "вот {} если что",
)  # fmt: skip
LEADS = {
    Kind.PHONE: ("мой телефон {}", "{}", "перезвоните {}", "номер {}", "тел.: {}", "звоните на {}", "мой номер {}", "телефон для связи {}"),
    Kind.PLATE: ("госномер {}", "номер {}", "машина {}", "{}", "приеду на {}", "гос. номер {}"),
    Kind.VIN: ("VIN {}", "вин {}", "{}", "вин-код: {}", "vin: {}", "номер кузова {}"),
    Kind.EMAIL: ("почта {}", "{}", "пришлите на {}", "мой e-mail: {}", "мейл {}"),
    Kind.NAME: ("меня зовут {}", "{}", "это {}", "ФИО: {}", "запишите на {}", "я {}", "клиент {}", "моё имя {}"),
}

MEN = [
    "Иван",
    "Сергей",
    "Алексей",
    "Дмитрий",
    "Андрей",
    "Михаил",
    "Николай",
    "Павел",
    "Роман",
    "Артём",
    "Максим",
    "Илья",
    "Кирилл",
    "Олег",
    "Виктор",
    "Юрий",
    "Игорь",
    "Антон",
    "Денис",
    "Руслан",
    "Тимур",
    "Рустам",
    "Ильдар",
    "Магомед",
    "Армен",
    "Георгий",
    "Лев",
    "Пётр",
    "Фёдор",
    "Вадим",
]
WOMEN = [
    "Анна",
    "Мария",
    "Елена",
    "Ольга",
    "Татьяна",
    "Наталья",
    "Ирина",
    "Светлана",
    "Екатерина",
    "Юлия",
    "Анастасия",
    "Дарья",
    "Виктория",
    "Марина",
    "Людмила",
    "Галина",
    "Вера",
    "Надежда",
    "Любовь",
    "Алина",
    "Гульнара",
    "Айгуль",
    "Лейла",
    "Ксения",
    "Полина",
    "Софья",
    "Евгения",
    "Валентина",
    "Оксана",
    "Диана",
]
SURNAMES = [
    "Иванов",
    "Петров",
    "Сидоров",
    "Смирнов",
    "Кузнецов",
    "Попов",
    "Васильев",
    "Соколов",
    "Михайлов",
    "Новиков",
    "Фёдоров",
    "Морозов",
    "Волков",
    "Алексеев",
    "Лебедев",
    "Семёнов",
    "Егоров",
    "Павлов",
    "Козлов",
    "Степанов",
    "Николаев",
    "Орлов",
    "Андреев",
    "Макаров",
    "Никитин",
    "Захаров",
    "Зайцев",
    "Соловьёв",
    "Борисов",
    "Яковлев",
    "Григорьев",
    "Воробьёв",
    "Хайруллин",
    "Магомедов",
    "Ахметов",
    "Сафин",
    "Гусейнов",
    "Куликов",
    "Баранов",
    "Жуков",
    "Ершов",
    "Пономарёв",
    "Зимин",
    "Хвостиков",
    "Брюквин",
    "Заболотин",
    "Мухин",
    "Бабкин",
    "Лапин",
    "Гусев",
]
EVEN = [
    "Шевченко",
    "Бондаренко",
    "Коваленко",
    "Ткачук",
    "Кравчук",
    "Цой",
    "Ким",
    "Гаспарян",
    "Петросян",
    "Саакян",
    "Мкртчян",
    "Гогоберидзе",
    "Джугашвили",
    "Черных",
    "Седых",
    "Мороз",
    "Гончар",
    "Шмидт",
    "Вебер",
    "Мельник",
]
SKI = ["Островск", "Вишневск", "Покровск", "Раевск", "Белинск", "Троицк", "Высоцк", "Невск"]
FATHERS = [
    "Иван",
    "Сергей",
    "Алексей",
    "Дмитрий",
    "Андрей",
    "Михаил",
    "Николай",
    "Павел",
    "Роман",
    "Максим",
    "Олег",
    "Виктор",
    "Юрий",
    "Игорь",
    "Антон",
    "Денис",
    "Руслан",
    "Рустам",
    "Магомед",
    "Владимир",
    "Александр",
    "Анатолий",
]


def plant(seed: int = 20261122, each: int = 12) -> list[Planted]:
    """Every kind in every spelling, ``each`` times."""
    dice = random.Random(seed)
    makers: dict[Kind, tuple[Callable[[random.Random], str], tuple[Spelling, ...]]] = {
        Kind.PHONE: (_phone, PHONES),
        Kind.PLATE: (_plate, PLATES),
        Kind.VIN: (_vin, VINS),
        Kind.EMAIL: (_mailbox, EMAILS),
    }
    planted = [
        _frame(dice, kind, number, spell(make(dice)))
        for kind, (make, spellings) in makers.items()
        for number, spell in enumerate(spellings)
        for _ in range(each)
    ]
    return planted + [_frame(dice, Kind.NAME, number, name) for _ in range(each) for number, name in enumerate(_names(dice))]


def _frame(dice: random.Random, kind: Kind, spelling: int, value: str) -> Planted:
    text = dice.choice(FRAMES).format(dice.choice(LEADS[kind]).format("\x00"))
    start = text.index("\x00")
    return Planted(kind, spelling, text.replace("\x00", value), start, start + len(value))


# ---- phones: ten digits -------------------------------------------------------------------------


def _phone(dice: random.Random) -> str:
    return f"9{dice.randrange(100):02}{dice.randrange(10_000_000):07}"


def _cut(*lengths: int) -> Callable[[str], list[str]]:
    def cut(digits: str) -> list[str]:
        places = [sum(lengths[:at]) for at in range(len(lengths) + 1)]
        return [digits[start:end] for start, end in itertools.pairwise(places)]

    return cut


def _shape(pattern: str) -> Spelling:
    """``#`` is the next digit."""

    def spell(digits: str) -> str:
        rest = iter(digits)
        return "".join(next(rest) if sign == "#" else sign for sign in pattern)

    return spell


def _said(number: str) -> str:
    """«ноль семь», «сто двадцать три»."""
    zeros = len(number) - len(number.lstrip("0")) if number.strip("0") else len(number) - 1
    return " ".join([*["ноль"] * zeros, number_words(int(number))])


def _spoken(lead: str, *lengths: int, between: str = " ") -> Spelling:
    return lambda digits: between.join(filter(None, [lead, *map(_said, _cut(*lengths)(digits))]))


PHONES: tuple[Spelling, ...] = (
    *map(
        _shape,
        (
            "+7##########", "8##########", "7##########", "##########", "+7 ### ### ## ##", "8 ### ### ## ##", "8 (###) ###-##-##", "+7 (###) ### ## ##",
            "+7(###)###-##-##", "8-###-###-##-##", "8.###.###.##.##", "+7-###-###-##-##", "8(###)#######", "8 ### #######", "### ### ## ##", "###-###-##-##",
            "(###) ###-##-##", "8\u00a0###\u00a0###\u00a0##\u00a0##", "8 ###\n### ## ##", "+7 ### ###\n##-##", "8—###—###—##—##", "8 ### ## ## ###",
            "8 ### ### ####", "8-#-#-#-#-#-#-#-#-#-#", "+7_###_###_##_##", "8/###/###-##-##", "+7 ###.###.##.##", "8 # # # # # # # # # #", "###.###.####",
            "８##########", "+ 7 ( ### ) ### - ## - ##",
        ),
    ),
    _spoken("восемь", 3, 3, 2, 2), _spoken("плюс семь", 3, 3, 2, 2), _spoken("восемь", *[1] * 10), _spoken("", 3, 3, 2, 2), _spoken("", *[1] * 10),
    _spoken("Восемь", 3, 3, 2, 2, between=", "), _spoken("восемь", 3, 3, 2, 2, between="\n"), _spoken("8", 3, 3, 2, 2),
    lambda digits: f"8 {_said(digits[:3])} {digits[3:6]} {digits[6:8]} {digits[8:]}",
    lambda digits: f"восемь {digits[:3]} {_said(digits[3:6])} {digits[6:8]} {_said(digits[8:])}",
)  # fmt: skip

# ---- plates: letter, three digits, two letters, region ------------------------------------------

_CYRILLIC, _LOOKALIKE = "АВЕКМНОРСТУХ", str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")


def _plate(dice: random.Random) -> str:
    letters = [dice.choice(_CYRILLIC) for _ in range(3)]
    region = dice.choice(["77", "99", "777", "197", "50", "16", "116", "69", "02", "78", "178", "23", "161"])
    return f"{letters[0]}{dice.randrange(1, 1000):03}{letters[1]}{letters[2]}{region}"


PLATES: tuple[Spelling, ...] = (
    lambda p: p,
    lambda p: p.translate(_LOOKALIKE),
    lambda p: p.lower(),
    lambda p: p.translate(_LOOKALIKE).lower(),
    lambda p: f"{p[0]} {p[1:4]} {p[4:6]} {p[6:]}",
    lambda p: f"{p[0]} {p[1:4]} {p[4:6]} {p[6:]}".translate(_LOOKALIKE),
    lambda p: f"{p[0]}{p[1:4]}{p[4:6]} {p[6:]}",
    lambda p: f"{p[0]}{p[1:4]}{p[4:6]} {p[6:]}".lower(),
    lambda p: f"{p[0]}-{p[1:4]}-{p[4:6]}-{p[6:]}",
    lambda p: f"{p[0]}{p[1:4]}{p[4:6]}/{p[6:]}",
    lambda p: p[:6],
    lambda p: p[:6].lower(),
    lambda p: f"{p[0]} {p[1:4]} {p[4:6]}",
    lambda p: f"{p}RUS",
    lambda p: f"{p[0]}{p[1:4]}{p[4:6]}\n{p[6:]}",
    lambda p: f"{p[:6]} ({p[6:]})",
    lambda p: f"{p[:6].lower()} {p[6:]} регион",
    lambda p: f"{p[0]}{p[4]}{p[1:4]}{p[6:]}",
    lambda p: f"{p[0]}{p[4]} {p[1:4]} {p[6:]}" if f"{p[0]}{p[4]}" not in {"ТО", "НА", "НЕ", "КМ", "СМ"} else f"{p[0]}{p[4]}{p[1:4]}{p[6:]}",
    lambda p: f"{p[1:4]}7{p[4:6]}{p[6:]}",
    lambda p: f"{p[0]}{p[4]}{p[1:4]}{p[5]}{p[6:]}",
    lambda p: f"{p[0]}{p[4]}{p[1:4]}5{p[6:]}",
)  # fmt: skip

# ---- VINs ---------------------------------------------------------------------------------------

_VIN_SIGNS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


def _vin(dice: random.Random) -> str:
    maker = dice.choice(["XTA", "WBA", "JTN", "Z94", "X7L", "XW8", "WVW", "KMH", "5YJ", "1FA", "VF1", "SAL"])
    return maker + "".join(dice.choice(_VIN_SIGNS) for _ in range(10)) + f"{dice.randrange(10_000):04}"


VINS: tuple[Spelling, ...] = (
    lambda v: v,
    lambda v: v.lower(),
    lambda v: v.translate(str.maketrans("ABEKMHOPCTYX", _CYRILLIC)),
    lambda v: f"{v[:3]} {v[3:9]} {v[9:]}",
    lambda v: f"{v[:3]}-{v[3:9]}-{v[9:]}",
    lambda v: f"{v[:4]} {v[4:8]} {v[8:12]} {v[12:]}",
    lambda v: f"{v[:3]} {v[3:8]} {v[8]} {v[9:]}",
    lambda v: f"{v[:9]}\n{v[9:]}",
    lambda v: v.translate(str.maketrans("ABEKMHOPCTYX", _CYRILLIC)).lower(),
    lambda v: v.replace("0", "O"),
)

# ---- e-mails ------------------------------------------------------------------------------------


def _mailbox(dice: random.Random) -> str:
    first, last = dice.choice(MEN + WOMEN), dice.choice(SURNAMES)
    local = dice.choice(["{}.{}", "{}_{}", "{}{}", "{}-{}", "{}{}1987", "{}.{}77"]).format(in_latin(first), in_latin(last))
    return f"{local}@{dice.choice(['mail.ru', 'yandex.ru', 'gmail.com', 'bk.ru', 'inbox.ru', 'corp.tver.ru', 'ya.ru', 'list.ru'])}"


def _talked(address: str, *, at: str = " собака ", dot: str = " точка ") -> str:
    return address.replace("_", " нижнее подчёркивание ").replace("-", " тире ").replace("@", at).replace(".", dot)


EMAILS: tuple[Spelling, ...] = (
    lambda e: e,
    lambda e: e.upper(),
    lambda e: e.title(),
    lambda e: e.replace("@", " @ "),
    lambda e: e.replace("@", "@ "),
    lambda e: e.replace("@", " собака "),
    lambda e: e.replace("@", "(at)"),
    lambda e: e.replace("@", " [at] "),
    _talked,
    lambda e: _talked(e, dot=" dot ", at=" at "),
    lambda e: _talked(e).replace("mail", "мейл").replace("yandex", "яндекс").replace("ru", "ру"),
    lambda e: e.replace("@", " собачка ").replace(".", " . "),
    lambda e: e.replace(".", " точка "),
    lambda e: e.replace("@", "(собака)"),
)  # fmt: skip

# ---- names --------------------------------------------------------------------------------------


def _names(dice: random.Random) -> Iterator[str]:
    """One name in every spelling."""
    man = dice.random() < 0.5
    first = dice.choice(MEN if man else WOMEN)
    last = dice.choice(SURNAMES)
    other = dice.choice([*EVEN, *(stem + ("ий" if man else "ая") for stem in SKI)])
    surname = last if man else last + "а"
    father = _patronymic(dice.choice(FATHERS), man=man)
    yield f"{first} {surname}"
    yield f"{surname} {first}"
    yield f"{surname} {first} {father}"
    yield f"{first} {father} {surname}"
    yield f"{first} {father}"
    yield f"{surname} {first[0]}.{father[0]}."
    yield f"{surname} {first[0]}. {father[0]}."
    yield f"{first[0]}.{father[0]}. {surname}"
    yield f"{first[0]}. {surname}"
    yield f"{surname} {first} {father}".upper()
    yield f"{surname} {first} {father}".lower()
    yield f"{first} {father}".lower()
    yield f"{first} {father} {surname}".lower()
    yield f"{first} {other}"
    yield f"{other} {first} {father}"
    yield f"{first} {father} {other}"
    yield f"{first}\n{surname}"
    yield f"{in_latin(first).title()} {in_latin(surname).title()}"
    yield f"{_genitive(first, man=man)} {last + ('а' if man else 'ой')}"
    yield f"{last + ('у' if man else 'ой')} {_dative(first, man=man)}"
    yield f"{surname}, {first} {father}"
    yield f"{first} {surname}".upper()
    yield f"{surname}-{dice.choice(SURNAMES) + ('' if man else 'а')} {first}"
    yield f"{surname} {first[0]}.{father[0]}"


def _patronymic(father: str, *, man: bool) -> str:
    stem = (father[:-1] + "е" if father[-2] != "и" else father[:-2] + "ье") if father.endswith("й") else father + "о"
    return stem + ("вич" if man else "вна")


def _genitive(first: str, *, man: bool) -> str:
    if first == "Любовь":
        return "Любови"
    if first in ("Лев", "Пётр", "Павел"):
        return {"Лев": "Льва", "Пётр": "Петра", "Павел": "Павла"}[first]
    if first.endswith("ия"):
        return first[:-1] + "и"
    if first[-1] in "ая":
        return first[:-1] + ("и" if first[-1] == "я" or first[-2] in "гкх" else "ы")
    return first[:-1] + "я" if first[-1] in "йь" and man else first + ("а" if man else "")


def _dative(first: str, *, man: bool) -> str:
    if first == "Любовь":
        return "Любови"
    if first in ("Лев", "Пётр", "Павел"):
        return {"Лев": "Льву", "Пётр": "Петру", "Павел": "Павлу"}[first]
    if first.endswith("ия"):
        return first[:-1] + "и"
    if first[-1] in "ая":
        return first[:-1] + "е"
    return first[:-1] + "ю" if first[-1] in "йь" and man else first + ("у" if man else "")
