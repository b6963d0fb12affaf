from __future__ import annotations

import re
from importlib import resources

import pytest
from jinja2 import UndefinedError

from valera.kit.web import STYLES, Statics, environment

STATICS = Statics("valera.kit")


def test_address_changes_with_the_contents() -> None:
    more = Statics("valera.kit", "valera.simulator.page")
    assert STATICS.digest == Statics("valera.kit").digest
    assert STATICS.digest != more.digest
    assert STATICS.find(more.digest, STYLES) is None


def test_style_sheets_are_one_with_the_order_of_layers_first() -> None:
    styles = STATICS.find(STATICS.digest, STYLES)
    assert styles is not None
    assert re.search(rb"@layer[^;{]*;|@layer[^;]*\{", styles.body)
    assert styles.body.index(b"@layer reset, tokens") < styles.body.index(b"@font-face")


def test_everything_a_style_sheet_names_is_there() -> None:
    styles = STATICS.find(STATICS.digest, STYLES)
    assert styles is not None
    named = re.findall(rb"url\(([^)]+)\)", styles.body)
    assert named
    for name in named:
        assert STATICS.find(STATICS.digest, name.decode()), name


@pytest.mark.parametrize("name", ["nothing.js", "../web.py", "css/30-tokens.css"])
def test_file_that_is_not_there_has_no_address(name: str) -> None:
    with pytest.raises(LookupError):
        STATICS.url(name)


def test_every_icon_of_the_templates_is_in_the_sprite() -> None:
    sprite = STATICS.find(STATICS.digest, "icons.svg")
    assert sprite is not None
    there = set(re.findall(r'<symbol id="([^"]+)"', sprite.body.decode()))
    for template in (resources.files("valera.simulator.page") / "templates").iterdir():
        text = template.read_text("utf-8")
        assert set(re.findall(r"ui\.icon\('([^']+)'", text)) <= there, template.name
        assert set(re.findall(r"ui\.icon_button\([^,]*(?:\([^)]*\))?, '([^']+)'", text)) <= there, template.name


def test_each_bundled_thing_has_its_licence_beside_it() -> None:
    for name in ("fonts/LICENSE-onest.txt", "LICENSE-lucide.txt", "vendor/LICENSE-htmx.txt"):
        assert STATICS.find(STATICS.digest, name)


def test_what_a_template_is_not_given_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        environment("valera.simulator.page", statics=STATICS).from_string("{{ nobody }}").render()


def test_what_a_template_is_given_is_escaped() -> None:
    made = (
        environment("valera.simulator.page", statics=STATICS)
        .from_string("{% import 'ui.html' as ui %}{{ ui.pill(text) }}")
        .render(text="<b>")
    )
    assert "&lt;b&gt;" in made
