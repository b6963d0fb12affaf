"""What a first visit weighs, and that styles take their colours, spaces and radii from the tokens."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.dashboard.office import Office
from tests.ui.matrix import OF_THE_SHOP
from valera.dashboard.frame.assets import PACKAGES, STATICS
from valera.kit.web import STYLES, Statics

SCRIPTS_KIB, STYLES_KIB, FONTS_KIB = 25, 20, 60
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(")


def kib(names: list[str]) -> float:
    """As they travel: packed where that is shorter."""
    found = [STATICS.find(STATICS.digest, name) for name in names]
    return sum(len(file.packed or file.body) for file in found if file) / 1024


def named(suffix: str) -> list[str]:
    return [name for name in STATICS.names() if name.endswith(suffix)]


async def test_the_scripts_of_every_page_are_light(office: Office) -> None:
    for path in OF_THE_SHOP:
        place = path.replace("{chat}", str(office.world.garage.chat_id)).replace("{client}", str(office.world.garage.client_id))
        page = await office.get(place)
        scripts = [name for name in named(".js") if f"/{name}" in page.text]
        assert page.status_code == 200, place
        assert kib(scripts) <= SCRIPTS_KIB, (place, scripts)


def test_the_style_sheet_is_light() -> None:
    assert kib([STYLES]) <= STYLES_KIB


def test_fonts_are_light() -> None:
    assert kib(named(".woff2")) <= FONTS_KIB


@pytest.mark.parametrize("package", PACKAGES)
def test_colours_come_from_the_tokens(package: str) -> None:
    own = Statics(package).find(Statics(package).digest, STYLES)
    assert own is not None
    assert COLOUR.findall(own.body.decode()) == []


def test_what_is_packed_is_the_same() -> None:
    file = STATICS.find(STATICS.digest, STYLES)
    assert file is not None
    assert file.packed is not None
    assert gzip.decompress(file.packed) == file.body
