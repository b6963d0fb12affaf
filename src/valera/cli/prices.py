"""`valera prices`: a shop's price list, read, looked through, corrected, published, compared."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import click

from valera.cli.edge import settings

SHOP = click.option("--shop", "slug", required=True, help="Short name of the shop: `valera shop add` tells it.")
ROW = click.argument("row", type=click.IntRange(min=1))
JSON = click.option("--json", "as_json", is_flag=True, help="As one JSON object, for programs.")


@click.group()
def prices() -> None:
    """Read a price list, look through it, correct it, publish it. docs/price-lists.md tells how lists are read and what doubts mean."""


@prices.command("preview")
@click.option("--shop", "slug", default=None, help="Keep it as the open draft of this shop; without it nothing is kept.")
@click.option("--sheet", default=None, help="Which sheet of a workbook; all that hold prices if left out.")
@JSON
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
def prices_preview(slug: str | None, sheet: str | None, file: Path, *, as_json: bool) -> None:
    """Tell what is understood of FILE (XLSX, ODS, CSV, TSV, text), and of what not; «-» reads pasted text from standard input."""
    from valera.instance.prices import preview_list, read_paste, read_source

    is_paste = str(file) == "-"
    raw = read_paste(sys.stdin.buffer) if is_paste else read_source(file)
    source = "pasted text" if is_paste else file.name
    click.echo(asyncio.run(preview_list(settings() if slug else None, slug=slug, raw=raw, source=source, sheet=sheet, as_json=as_json)))


@prices.command("show")
@SHOP
@click.option("--draft", "of_draft", is_flag=True, help="The open draft, row by row with its doubts, instead of a published version.")
@click.option("--doubts", "only_doubtful", is_flag=True, help="Of the draft, only rows that somebody should look at.")
@click.option("--version", type=click.IntRange(min=1), default=None, help="Which version; the one in force if left out.")
@click.option("--json", "as_json", is_flag=True, help="The draft as one JSON object, for programs.")
def prices_show(slug: str, version: int | None, *, of_draft: bool, only_doubtful: bool, as_json: bool) -> None:
    """Print a version, or the draft that waits to be published."""
    from valera.instance.prices import show_draft, show_version

    if of_draft or only_doubtful or as_json:
        asked = show_draft(settings(), slug=slug, only_doubtful=only_doubtful, as_json=as_json)
    else:
        asked = show_version(settings(), slug=slug, version=version)
    click.echo(asyncio.run(asked))


@prices.group("correct")
def correct() -> None:
    """Correct the open draft. Row numbers are those of `valera prices show --draft`; classes count from 1."""


@correct.command("rename")
@SHOP
@ROW
@click.argument("name")
def correct_rename(slug: str, row: int, name: str) -> None:
    """Give the work of ROW another NAME."""
    _correct(slug, {"kind": "rename", "row": row, "name": name})


@correct.command("price")
@SHOP
@click.option("--class", "car_class", type=click.IntRange(min=1), default=None, help="Number of the class; every class if left out.")
@ROW
@click.argument("price")
def correct_price(slug: str, row: int, price: str, car_class: int | None) -> None:
    """Set the PRICE of ROW, written as in a list: 5000, «от 5000», 3000-5000, «до 7000»; an empty text: not for this class."""
    _correct(slug, {"kind": "price", "row": row, "price": price, "car_class": car_class})


@correct.command("section")
@SHOP
@ROW
@click.argument("section")
def correct_section(slug: str, row: int, section: str) -> None:
    """Put the work of ROW into another SECTION."""
    _correct(slug, {"kind": "section", "row": row, "section": section})


@correct.command("drop")
@SHOP
@click.argument("rows", type=click.IntRange(min=1), nargs=-1, required=True)
def correct_drop(slug: str, rows: tuple[int, ...]) -> None:
    """Leave ROWS out of the list."""
    _correct(slug, *({"kind": "drop", "row": row} for row in rows))


@correct.command("header")
@SHOP
@ROW
def correct_header(slug: str, row: int) -> None:
    """ROW is no work but the name of a section: of all works below it up to the next section."""
    _correct(slug, {"kind": "header", "row": row})


@correct.command("take")
@SHOP
@click.option("--name", default=None, help="Its name; as it stands in the file if left out.")
@click.option("--section", default=None, help="Its section; the one that it stands in if left out.")
@ROW
@click.argument("price")
def correct_take(slug: str, row: int, price: str, name: str | None, section: str | None) -> None:
    """Take in a ROW that was skipped, at this PRICE."""
    _correct(slug, {"kind": "take", "row": row, "price": price, "name": name, "section": section})


@correct.command("class")
@SHOP
@click.option("--description", default="", help="What it means, cars as well: «кроссоверы, Camry, Sportage».")
@click.argument("number", type=click.IntRange(min=1))
@click.argument("name")
def correct_class(slug: str, number: int, name: str, description: str) -> None:
    """Give class NUMBER another NAME and description."""
    _correct(slug, {"kind": "class", "number": number, "name": name, "description": description})


@correct.command("currency")
@SHOP
@click.argument("currency")
def correct_currency(slug: str, currency: str) -> None:
    """Say in which CURRENCY the list is: RUB, KZT, BYN."""
    _correct(slug, {"kind": "currency", "currency": currency.upper()})


@correct.command("accept")
@SHOP
@click.argument("rows", type=click.IntRange(min=1), nargs=-1, required=True)
def correct_accept(slug: str, rows: tuple[int, ...]) -> None:
    """ROWS are right as they were read."""
    _correct(slug, *({"kind": "accept", "row": row} for row in rows))


@correct.command("from-file")
@SHOP
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
def correct_from_file(slug: str, file: Path) -> None:
    """Apply the corrections in FILE, a JSON array of objects as `valera prices show --draft` lists them: all of them or none."""
    text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8-sig")
    try:
        written = json.loads(text)
    except ValueError:
        raise click.BadParameter("no JSON", param_hint="FILE") from None
    if not isinstance(written, list) or not all(isinstance(entry, dict) for entry in written):
        raise click.BadParameter("a JSON array of objects is needed", param_hint="FILE")
    _correct(slug, *written)


@correct.command("undo")
@SHOP
@click.argument("number", type=click.IntRange(min=1), required=False)
def correct_undo(slug: str, number: int | None) -> None:
    """Take back correction NUMBER, by default the last."""
    from valera.instance.prices import undo_correction

    click.echo(asyncio.run(undo_correction(settings(), slug=slug, no=number)))


@prices.command("publish")
@SHOP
@click.option("--over", type=click.IntRange(min=0), default=None, help="The version that it may replace, if it is not the one it began at.")
@click.option("--with-doubts", is_flag=True, help="Also with prices that look like slips and were not accepted.")
def prices_publish(slug: str, over: int | None, *, with_doubts: bool) -> None:
    """Put the open draft in force as a new version; older ones stay."""
    from valera.instance.prices import publish_version

    click.echo(asyncio.run(publish_version(settings(), slug=slug, over=over, with_doubts=with_doubts)))


@prices.command("versions")
@SHOP
def prices_versions(slug: str) -> None:
    """All versions, the newest first; it is the one in force."""
    from valera.instance.prices import list_versions

    for line in asyncio.run(list_versions(settings(), slug=slug)):
        click.echo(line)


@prices.command("diff")
@SHOP
@click.argument("before")
@click.argument("after")
def prices_diff(slug: str, before: str, after: str) -> None:
    """What differs between two versions, by meaning: give numbers, «current» or «draft»."""
    from valera.instance.prices import compare

    for line in asyncio.run(compare(settings(), slug=slug, before=before, after=after)):
        click.echo(line)


@prices.command("rollback")
@SHOP
@click.argument("version", type=click.IntRange(min=1))
def prices_rollback(slug: str, version: int) -> None:
    """Put an old VERSION in force again, as a new one."""
    from valera.instance.prices import roll_back_to

    click.echo(asyncio.run(roll_back_to(settings(), slug=slug, version=version)))


def _correct(slug: str, *written: dict[str, Any]) -> None:
    from valera.instance.prices import correct_draft

    click.echo(asyncio.run(correct_draft(settings(), slug=slug, written=written)))
