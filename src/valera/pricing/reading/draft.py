"""What was understood of a price list before it is published, and what was not: no row of the source is dropped in silence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from valera.kit.errors import Invalid
from valera.kit.phrases import Phrases
from valera.pricing.price_list import CarClass, Price

P = Phrases.load("valera.pricing")


class SkipReason(StrEnum):
    """Why a row became no item. ``describe`` says each in words."""

    TITLE = "title"
    NOTE = "note"
    EMPTY_SECTION = "empty_section"
    NO_PRICE = "no_price"
    ON_REQUEST = "on_request"
    UNREADABLE = "unreadable"
    NO_NAME = "no_name"
    HIDDEN = "hidden"
    NOMINAL = "nominal"
    DROPPED = "dropped"


class DoubtKind(StrEnum):
    """What somebody should look at before trusting an item."""

    NOT_A_PRICE = "not_a_price"
    AMBIGUOUS_NUMBER = "ambiguous_number"
    OUT_OF_BOUNDS = "out_of_bounds"
    REMARK = "remark"
    REVERSED = "reversed"
    FIRST_CLASS_ONLY = "first_class_only"
    OUTSIDE_CLASSES = "outside_classes"
    DATE = "date"
    FORMULA = "formula"
    NOMINAL = "nominal"
    NAME_CUT = "name_cut"
    TEN_TIMES = "ten_times"
    ONE_CLASS_OFF = "one_class_off"
    CLASS_ORDER = "class_order"
    SAME_NAME = "same_name"
    REPEATED = "repeated"
    PRICE_IN_NAME = "price_in_name"


@dataclass(frozen=True, slots=True)
class Doubt:
    """``text`` is the cell it is about, as written."""

    kind: DoubtKind
    text: str


@dataclass(frozen=True, slots=True)
class DraftRow:
    """An item to be: ``row_no`` is the number of the record in the source, from 1, as a spreadsheet counts its rows."""

    row_no: int
    section: str
    name: str
    prices: tuple[Price | None, ...]
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    row_no: int
    text: str
    reason: SkipReason
    section: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A sheet of a workbook, and the number that its first row has among the rows of all sheets."""

    sheet: str
    first_no: int


@dataclass(frozen=True, slots=True)
class Draft:
    """Every record of the source is a row here, a section or header that rows refer to, blank, or in ``skipped``.

    ``sections`` and ``headers`` are record numbers; ``left_out`` names columns that hold no price (units, times, remarks);
    ``has_unnamed_classes``: several price columns and no header, so that the classes are called 1, 2, 3. ``places``: of a workbook with
    several sheets, where each begins; ``left_out_sheets``: those without prices and the hidden ones; ``hidden_columns``: their letters;
    ``accepted``: rows whose doubts somebody has looked at and found to be none.
    """

    classes: tuple[CarClass, ...]
    rows: tuple[DraftRow, ...]
    skipped: tuple[Skipped, ...]
    currency: str
    sections: tuple[int, ...] = ()
    headers: tuple[int, ...] = ()
    left_out: tuple[str, ...] = ()
    has_unnamed_classes: bool = False
    places: tuple[Place, ...] = ()
    left_out_sheets: tuple[str, ...] = ()
    hidden_columns: tuple[str, ...] = ()
    accepted: tuple[int, ...] = ()

    def place_of(self, row_no: int) -> tuple[str, int]:
        """The sheet («» if there is but one) and the row in it, as a spreadsheet counts."""
        place = next((place for place in reversed(self.places) if place.first_no <= row_no), Place("", 1))
        return place.sheet, row_no - place.first_no + 1


class PriceListUnreadable(Invalid):
    """The file is no list that can be read. ``reason`` is the key of its sentence; ``detail`` that sentence in the house's language."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(P.say("ru", f"unreadable.{reason}", **values))
        self.reason = reason
        self.values = values

    def say(self, locale: str) -> str:
        return P.say(locale, f"unreadable.{self.reason}", **self.values)
