"""Latin letters read as Russian: «Sergey Ivanov» is «Сергей Иванов»."""

from __future__ import annotations

import functools

_LONG = (
    ("shch", "щ"), ("sch", "щ"), ("yo", "ё"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш"), ("yu", "ю"), ("ju", "ю"),
    ("ya", "я"), ("ja", "я"), ("ye", "е"), ("ck", "к"), ("ks", "кс"), ("ph", "ф"), ("iy", "ий"), ("ii", "ий"), ("ei", "ей"), ("ai", "ай"),
)  # fmt: skip
_SHORT = dict(zip("abcdefghijklmnopqrstuvwxyz", "абкдефгхийклмнопкрстувв-йз", strict=True)) | {"x": "кс", "'": "ь", "’": "ь", "-": "-"}
_ENDINGS = (
    ("skiy", "ский"),
    ("skij", "ский"),
    ("sky", "ский"),
    ("ski", "ский"),
    ("oy", "ой"),
    ("ey", "ей"),
    ("ay", "ай"),
    ("iy", "ий"),
    ("yy", "ый"),
)
_AS_SAID = dict(
    pair.split("=")
    for pair in [
        "alexander=александр",
        "alexandr=александр",
        "alexey=алексей",
        "alexei=алексей",
        "maxim=максим",
        "artem=артем",
        "yuri=юрий",
        "dmitri=дмитрий",
        "dmitry=дмитрий",
        "dmitriy=дмитрий",
        "vasily=василий",
        "grigory=григорий",
        "anatoly=анатолий",
        "vitaly=виталий",
        "evgeny=евгений",
        "evgeniy=евгений",
        "tatyana=татьяна",
        "tatiana=татьяна",
        "natalia=наталья",
        "natalya=наталья",
        "julia=юлия",
        "yulia=юлия",
        "sofia=софия",
        "maria=мария",
        "mariya=мария",
        "igor=игорь",
        "alexandra=александра",
        "ilya=илья",
        "petr=петр",
        "pyotr=петр",
        "fedor=федор",
        "victor=виктор",
        "ksenia=ксения",
        "valery=валерий",
        "gennady=геннадий",
        "arkady=аркадий",
        "olga=ольга",
        "sergei=сергей",
        "yury=юрий",
        "georgy=георгий",
        "andrei=андрей",
        "nikolai=николай",
        "mikhail=михаил",
        "anastasia=анастасия",
        "daria=дарья",
        "darya=дарья",
        "elena=елена",
        "kirill=кирилл",
        "philipp=филипп",
        "lubov=любовь",
        "sofya=софья",
        "ildar=ильдар",
        "yuliya=юлия",
        "lyubov=любовь",
        "ilnur=ильнур",
        "kristina=кристина",
        "ekaterina=екатерина",
        "oksana=оксана",
    ]
)


@functools.lru_cache(maxsize=4096)
def cyrillic(word: str) -> str:
    """How it would be read; a guess."""
    rest = word.lower()
    if rest in _AS_SAID:
        return _AS_SAID[rest]
    tail = ""
    for latin, russian in _ENDINGS:
        if rest.endswith(latin):
            rest, tail = rest.removesuffix(latin), russian
            break
    written = ""
    while rest:
        long = next((pair for pair in _LONG if rest.startswith(pair[0])), None)
        if long:
            written, rest = written + long[1], rest[len(long[0]) :]
        else:
            written, rest = written + _SHORT.get(rest[0], rest[0]), rest[1:]
    return written + tail
