"""The documents speak the truth: settings, links, commands, paths, hops, tables and error trees are those of the code."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest
from pydantic import SecretStr
from pydantic.fields import FieldInfo

import valera
from tests.architecture.allow_list import APP_TABLES, SHARED_TABLES
from valera.assistant.models.providers import PROVIDERS
from valera.cli import main
from valera.kit.errors import ValeraError
from valera.settings import ProviderSettings, Settings

SOURCE = Path(valera.__file__).parent
ROOT = SOURCE.parent.parent
DOCS = ROOT / "docs"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "tests").rglob("*.md")])

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
ASSIGNMENT = re.compile(r"^#?([A-Z][A-Z_]+)=(.*)$", re.MULTILINE)
BRANCH = re.compile(r"^ {4}(?P<indent>[│ ]*)(?:[├└]── )?(?P<name>[A-Z]\w+)(?P<note>.*)$", re.MULTILINE)


def name(document: Path) -> str:
    return str(document.relative_to(ROOT))


def code(text: str) -> list[str]:
    """Fenced blocks and code spans: what a reader may copy."""
    return FENCE.findall(text) + CODE.findall(FENCE.sub("", text))


def section(document: Path, title: str) -> str:
    _, found, rest = document.read_text("utf-8").partition(f"\n## {title}\n")
    assert found, f"{name(document)} has no section {title!r}"
    return rest.partition("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of a section's tables, without heads."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [
        row for row, after in zip(cells, [*cells[1:], [""]], strict=True) if not set(row[0]) <= {"-"} and not after[0].startswith("---")
    ]


# ---- settings -----------------------------------------------------------------------------------


def settings() -> dict[str, str]:
    """Names in the environment and their defaults, as one would write them."""
    fields = {**Settings.model_fields, **ProviderSettings.model_fields}
    return {_environment_name(field, info): _written(info.default) for field, info in fields.items()}


def _written(default: object) -> str:
    return "" if default is None else str(default).lower() if isinstance(default, bool) else str(default)


def _environment_name(field: str, info: FieldInfo) -> str:
    return info.validation_alias if isinstance(info.validation_alias, str) else f"VALERA_{field.upper()}"


def test_the_example_file_has_every_setting_with_its_default() -> None:
    assert dict(ASSIGNMENT.findall((ROOT / ".env.example").read_text("utf-8"))) == settings()


def test_the_operations_page_has_every_setting_with_its_default() -> None:
    documented = {row[0].strip("`"): row[1].strip("`") for row in rows(section(DOCS / "operations.md", "Settings"))}

    assert documented == settings()


def test_secrets_have_no_default() -> None:
    fields = [*Settings.model_fields.values(), *ProviderSettings.model_fields.values()]
    secrets = [info for info in fields if SecretStr in getattr(info.annotation, "__args__", ())]

    assert len(secrets) > len(PROVIDERS)
    assert {info.default for info in secrets} == {None}


def test_variables_that_are_named_are_read() -> None:
    source = "\n".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))
    named = {word for document in DOCUMENTS for word in re.findall(r"\bVALERA_[A-Z_]+", document.read_text("utf-8"))}

    assert {word for word in named - settings().keys() if f'"{word}"' not in source} == set()


# ---- links, commands, paths ---------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_link_leads_somewhere(document: Path) -> None:
    targets = [link for link in LINK.findall(FENCE.sub("", document.read_text("utf-8"))) if "://" not in link]

    assert [link for link in targets if not _leads_somewhere(document, link)] == []


def _leads_somewhere(document: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (document.parent / path) if path else document
    return target.exists() and (not anchor or anchor in _anchors(target))


def _anchors(document: Path) -> set[str]:
    """As GitHub makes them from headings."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(document.read_text("utf-8"))}


def test_every_document_can_be_reached_from_the_readme() -> None:
    reached, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        document = waiting.pop()
        if document.suffix == ".md" and document not in reached:
            reached.add(document)
            links = (link.partition("#")[0] for link in LINK.findall(document.read_text("utf-8")) if "://" not in link)
            waiting += [(document.parent / link).resolve() for link in links if link]

    assert {name(document) for document in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")] if document not in reached} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_make_target_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {target for text in code(document.read_text("utf-8")) for target in re.findall(r"^make ([a-z-]+)", text, re.MULTILINE)}

    assert named - targets == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_command_exists(document: Path) -> None:
    said = r"^(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?valera ([a-z-]+)(?: ([a-z-]+)(?=\s|$))?(.*)$"
    used = [words for text in code(document.read_text("utf-8")) for words in re.findall(said, text, re.MULTILINE)]

    assert [words for words in used if not _is_command(*words)] == []


def _is_command(command: str, below: str, rest: str) -> bool:
    found: click.Command | None = main.commands.get(command)
    words = [below, *rest.split()]
    while isinstance(found, click.Group) and words and words[0] in found.commands:
        found = found.commands[words.pop(0)]
    options = set(re.findall(r"(?<!\S)--[a-z-]+", rest.partition("#")[0]))
    return found is not None and options <= {option for parameter in found.params for option in parameter.opts} | {"--help"}


def test_the_readme_names_every_command() -> None:
    text = section(ROOT / "README.md", "Commands")

    assert {command for command in main.commands if f"`valera {command}" not in text} == set()


def test_every_path_of_the_contributors_table_exists() -> None:
    table = rows(section(ROOT / "CONTRIBUTING.md", "To change X, open Y"))
    paths = [path for row in table for path in CODE.findall(row[1]) if re.search(r"[/.]", path)]

    assert len(paths) > 50
    assert [path for path in paths if not (ROOT / path).exists() and not (SOURCE / path).exists()] == []


def test_every_bundled_file_has_its_notice() -> None:
    noticed = set(CODE.findall((ROOT / "NOTICES.md").read_text("utf-8")))
    bundled = [
        *(SOURCE / "kit/static/vendor").glob("*.js"),
        *(SOURCE / "kit/static/fonts").glob("*.woff2"),
        SOURCE / "kit/static/icons.svg",
    ]

    assert len(bundled) > 4
    assert {name(file) for file in bundled} - noticed == set()


# ---- architecture -------------------------------------------------------------------------------


def test_the_hops_are_where_the_architecture_says() -> None:
    hops = rows(section(DOCS / "architecture.md", "The six hops"))[:6]

    assert len(hops) == 6
    assert [hop[:3] for hop in hops if hop[2].strip("`") not in _defined(SOURCE / hop[1].strip("`"))] == []


def _defined(module: Path) -> set[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in ast.walk(ast.parse(module.read_text("utf-8"))) if isinstance(node, kinds)}


def test_the_tables_are_those_of_the_schema() -> None:
    documented = [table for row in rows(section(DOCS / "architecture.md", "Tables")) for table in CODE.findall(row[1])]

    assert len(documented) == len(set(documented))
    assert set(documented) == APP_TABLES.keys() | SHARED_TABLES


def test_the_ladder_is_that_of_the_contract() -> None:
    contract = (ROOT / "pyproject.toml").read_text("utf-8").partition("layers = [")[2].partition("]")[0]
    layers = [layer for layer in re.findall(r'"([^"]+)"', contract) if layer != "__main__"]
    built = [" | ".join(package for package in layer.split(" | ") if not package.startswith("(")) for layer in layers]
    drawn = section(DOCS / "architecture.md", "The house").partition("(`make check`):\n\n```\n")[2].partition("```")[0]

    assert re.split(r"\s*→\s*", drawn.strip()) == [layer for layer in built if layer]


def test_decisions_are_numbered_without_gaps_and_listed() -> None:
    decisions = sorted((DOCS / "decisions").glob("*.md"))
    listed = re.findall(r"decisions/([\w-]+\.md)", section(DOCS / "architecture.md", "Decisions"))

    assert [int(decision.name[:4]) for decision in decisions] == list(range(1, len(decisions) + 1))
    assert listed == [decision.name for decision in decisions]
    for number, decision in enumerate(decisions, start=1):
        text = decision.read_text("utf-8")
        assert text.startswith(f"# {number}. "), decision.name
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences", "Alternatives"], decision.name


# ---- error trees --------------------------------------------------------------------------------


@pytest.mark.parametrize("module", ["valera.kit.errors", "valera.telegram.api.errors", "valera.assistant.errors"])
def test_the_error_tree_is_drawn_as_it_is(module: str) -> None:
    found = importlib.import_module(module)

    assert {drawn: parent for drawn, parent, _ in _tree(found)} == {error.__name__: error.__bases__[0].__name__ for error in _errors(found)}


def test_the_statuses_of_the_error_tree_are_right() -> None:
    found = importlib.import_module("valera.kit.errors")
    drawn = {error: re.findall(r"\w+", note) for error, _, note in _tree(found)}

    assert drawn == {error.__name__: [str(error.status), *_parameters(error)] for error in _errors(found)}


def _errors(module: ModuleType) -> list[type[ValeraError]]:
    classes: list[Any] = [entry for entry in vars(module).values() if isinstance(entry, type) and issubclass(entry, ValeraError)]
    return [error for error in classes if error.__module__ == module.__name__]


def _parameters(error: type[ValeraError]) -> list[str]:
    """What an instance knows beside its detail."""
    return [parameter for parameter in error.__init__.__annotations__ if parameter not in {"detail", "return"}]


def _tree(module: ModuleType) -> Iterator[tuple[str, str, str]]:
    """Name, parent and note of each line of the picture in the module's docstring."""
    above: list[str] = []
    for line in BRANCH.finditer(module.__doc__ or ""):
        depth = (line.start("name") - line.start("indent")) // 4
        given = re.match(r" \((\w+)\)", line["note"])
        yield line["name"], above[depth - 1] if depth else (given[1] if given else "Exception"), line["note"]
        above[depth:] = [line["name"]]
