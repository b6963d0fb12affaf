"""What is painted on a car or stamped into it: number plates of all types, and VINs; Latin and Cyrillic look-alikes are one letter."""

from __future__ import annotations

import re
from itertools import pairwise

from valera.assistant.masking.found import Found, Kind
from valera.russian.cars import find_cars
from valera.russian.numbers import read_number
from valera.russian.tokens import Kind as TokenKind
from valera.russian.tokens import scan

_CYRILLIC, _LATIN = "АВЕКМНОРСТУХ", "ABEKMHOPCTYX"
_TO_CYRILLIC = str.maketrans(_LATIN + _LATIN.lower() + _CYRILLIC.lower(), _CYRILLIC * 3)
_L = f"[{_CYRILLIC}{_LATIN}{_CYRILLIC.lower()}{_LATIN.lower()}]"
_GAP = r"[ \n]?[\-–—.,_/|*•·]?[ \n]?"
_TAIL = rf"(?:{_GAP}(?:rus|рус|RUS)(?![^\W\d_]))?"
_AREA = rf"(?:{_GAP}\(?(\d{{2,3}})\)?(?!\d)(?:\s?(?:регион|рег\.?)(?![^\W\d_]))?)"
_SHAPES = (
    re.compile(rf"(?<!\w)({_L}){_GAP}(\d{{3}}){_GAP}({_L}{_GAP}{_L}){_AREA}?{_TAIL}(?![^\W\d_])", re.IGNORECASE),  # а123вс77
    re.compile(rf"(?<!\w)({_L}{_GAP}{_L}){_GAP}(\d{{3}})(){_AREA}{_TAIL}(?!\w)", re.IGNORECASE),  # taxi: ав12377
    re.compile(rf"(?<!\w)({_L}{_GAP}{_L}){_GAP}(\d{{4}})(){_AREA}{_TAIL}(?!\w)", re.IGNORECASE),  # trailer: ав123477
    re.compile(rf"(?<!\w)()(\d{{4}}){_GAP}({_L}{_GAP}{_L}){_AREA}{_TAIL}(?!\w)", re.IGNORECASE),  # motorcycle: 1234ав77
    re.compile(rf"(?<!\w)({_L}{_GAP}{_L}){_GAP}(\d{{3}}){_GAP}({_L}){_AREA}{_TAIL}(?!\w)", re.IGNORECASE),  # transit: ав123с77
)
_WORDS = frozenset(
    [
        "КМ",
        "СМ",
        "ММ",
        "НО",
        "НА",
        "НЕ",
        "НУ",
        "ТО",
        "ТА",
        "ТЕ",
        "ТУ",
        "ОН",
        "ОТ",
        "ОНА",
        "ЕЕ",
        "ЕМ",
        "ОС",
        "АС",
        "УХ",
        "АХ",
        "ЭХ",
        "ХА",
        "ХЕ",
        "МЕ",
        "МУ",
        "НИ",
        "СО",
        "КО",
        "ВО",
        "МТ",
        "КТ",
        "ТН",
        "ТЫ",
        "ВЫ",
        "МЫ",
        "ОКТ",
        "СУ",
        "РО",
        "СТ",
        "ОМ",
        "АМ",
        "ВМ",
    ]
)
_LITTLE = frozenset(["НА", "НЕ", "ОТ", "НО"])
_WORD_OR_NUMBER = re.compile(r"\w")
_UNITS = frozenset(["КМ", "СМ", "ММ", "ТО"])
_CALLED = re.compile(
    r"(?i)(?:номер\w*|гос\W?\w*|г\s?[/.]\s?н\.?|\bгн\b|\bгрз\b|рег\.?\s?знак\w*|\bзнак\w*|машин\w+|\bавто|\b(?:при)?(?:ед|ех)\w+\sна)\W{0,3}\s?\w{0,12}\W{0,3}$"
)

_VIN_LETTERS = "A-HJ-NPR-Z"
_FOLD_VIN = str.maketrans(_CYRILLIC + _CYRILLIC.lower() + "зЗОоOoIiQqІі", _LATIN * 2 + "330000110011")
_SIGN = rf"[{_VIN_LETTERS}{_VIN_LETTERS.lower()}0-9{_CYRILLIC}{_CYRILLIC.lower()}зЗOoIiQq]"
_ONE_VIN = re.compile(rf"(?<!\w){_SIGN}{{17}}(?!\w)")
_PART = re.compile(rf"(?<!\w){_SIGN}{{1,16}}(?!\w)")
_BETWEEN = re.compile(r"[ \n]?[\-–—._/|*:]?[ \n]?")
_VIN_CALLED = re.compile(r"(?i)(?:\bv\s?i\s?n|\bвин\w*|кузов\w*|шасси)\W{0,3}(?:код\w*|номер\w*|code|№)?\W{0,4}$")
_NOT_OF_VIN = re.compile(r"(?i)vin|вин|000")
_VIN_LENGTH = 17


def find_plate_numbers(text: str) -> list[Found]:
    """``text`` is plain. In small letters with gaps only where it has a region and reads as nothing else, or is called a number."""
    found: list[Found] = []
    for source, places in ((text, None), *_spoken(text)):
        for shape in _SHAPES:
            for match in shape.finditer(source):
                start, end = match.span() if places is None else (places[match.start()], places[match.end() - 1] + 1)
                is_free = not any(one.start < end and start < one.end for one in found)
                if is_free and _is_plate(match, source):
                    found.append(_plate(match, start, end))
    return found


def _plate(match: re.Match[str], start: int, end: int) -> Found:
    before, digits, after, area = match.groups()
    before, after = (re.sub(r"[\W_]", "", letters).translate(_TO_CYRILLIC) for letters in (before, after))
    value = f"{before}{digits}{after}{area or ''}"
    return Found(Kind.PLATE, start, end, value, value)


def _is_plate(match: re.Match[str], text: str) -> bool:
    before, digits, after, area = match.groups()
    if not digits.strip("0") or (area and not area.strip("0")):
        return False
    letters = re.sub(r"[\W_]", "", before + after)
    if _CALLED.search(text[max(0, match.start() - 30) : match.start()]):
        return True
    series = re.sub(r"[\W_]", "", after if len(after) > 1 else before).upper().translate(_TO_CYRILLIC)
    is_word = series in _WORDS
    tight = not re.search(r"[\W_]", text[match.start() : match.end(3) if after else match.end(2)])
    if tight:
        return series != "ТО" or len(letters) == 3
    if letters.isupper() and not _WORD_OR_NUMBER.search(text[: match.start()] + text[match.end() :]):
        return True  # nothing else is said
    if is_word and (series in _UNITS or series in _LITTLE or text.isupper() or "\n" in match.group()):
        return letters.isupper() and len(letters) == 3 and area is not None and not text.isupper()
    return letters.isupper() or (area is not None and len(letters) == 3)


def _spoken(text: str) -> list[tuple[str, list[int]]]:
    """The text with numbers in words as digits, and where each sign of it stood: «а сто двадцать три вс семьдесят семь»."""
    pieces = scan(text)
    numbers = [number for at in range(len(pieces)) if pieces[at].kind is TokenKind.WORD and (number := read_number(pieces, at))]
    if not numbers:
        return []
    rewritten, places, reached = "", list[int](), 0
    for number in numbers:
        if number.start < reached or number.value > 999:
            continue
        rewritten += text[reached : number.start]
        places += range(reached, number.start)
        digits = str(number.value)
        rewritten += digits
        places += [number.start] * (len(digits) - 1) + [number.end - 1]
        reached = number.end
    return [(rewritten + text[reached:], [*places, *range(reached, len(text))])]


def find_vin_numbers(text: str) -> list[Found]:
    """``text`` is plain. In one piece with a letter and a digit; in several where it is called a VIN or reads as nothing else."""
    found = [_vin(match.group(), match.start(), match.end()) for match in _ONE_VIN.finditer(text) if _is_mixed(match.group())]
    parts = [
        part
        for part in _PART.finditer(text)
        if not _NOT_OF_VIN.fullmatch(part.group()) and not any(one.start <= part.start() < one.end for one in found)
    ]
    rows = [parts[at : at + count] for at in range(len(parts)) if (count := _vin_parts(text, parts, at))]
    for row in sorted(rows, key=lambda row: (-len(row[0].group()) // 3, row[0].start())):
        start, end = row[0].start(), row[-1].end()
        if not any(one.start < end and start < one.end for one in found):
            found.append(_vin(text[start:end], start, end))
    return found


def _vin(written: str, start: int, end: int) -> Found:
    value = re.sub(r"[\W_]", "", written).translate(_FOLD_VIN).upper()
    return Found(Kind.VIN, start, end, value, value)


def _is_mixed(written: str) -> bool:
    return any(map(str.isdigit, written)) and not all(map(str.isdigit, written))


def _vin_parts(text: str, parts: list[re.Match[str]], at: int) -> int:
    """How many pieces from this one on make seventeen signs."""
    total = 0
    for count, (part, before) in enumerate(zip(parts[at:], [None, *parts[at:]], strict=False), start=1):
        if before is not None and not _BETWEEN.fullmatch(text[before.end() : part.start()]):
            return 0
        total += len(part.group())
        if total >= _VIN_LENGTH:
            return count if total == _VIN_LENGTH and _reads_as_vin(text, parts[at : at + count]) else 0
    return 0


def _reads_as_vin(text: str, parts: list[re.Match[str]]) -> bool:
    written = "".join(part.group() for part in parts)
    if not _is_mixed(written):
        return False
    if _VIN_CALLED.search(text[max(0, parts[0].start() - 24) : parts[0].start()]):
        return True
    edges = {edge for part in parts for edge in part.span()}
    start = parts[0].start()
    named = (car for car in find_cars(text[start : parts[-1].end()]) if {car.start + start, car.end + start} <= edges)
    if sum(map(str.isdigit, written)) < 3 or any(named):
        return False
    singles = all(len(part.group()) == 1 for part in parts)
    has_word = any(part.group().isalpha() and not part.group().isupper() for part in parts) and not singles
    has_mixed = any(_is_mixed(part.group()) for part in parts)
    is_even = all(after.start() - before.end() == parts[1].start() - parts[0].end() for before, after in pairwise(parts))
    return not has_word and (singles or has_mixed or is_even) and parts[0].group()[0].isalnum()
