"""Finds every SQL statement of every `queries.py`, with the role that runs it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import valera

SOURCE = Path(valera.__file__).parent
HELPERS = {"one", "maybe", "many", "value", "execute", "execute_many"}
METHODS = {"fetch", "fetchrow", "fetchval", "execute", "executemany"}
ROLES = {
    "AccountTx": "valera_app",
    "QueueTx": "valera_queue",
    "IdentityTx": "valera_identity",
    "OwnerTx": "valera_owner",
    "PlatformTx": "valera_platform",
    "Tx": "valera_owner",  # of backups, which prepare their own connection
    "asyncpg.Connection": "valera_ingest",
}


@dataclass(frozen=True, slots=True)
class Statement:
    module: str
    function: str
    role: str
    sql: str

    def __str__(self) -> str:
        return f"{self.module}:{self.function}"


def query_modules() -> list[Path]:
    return sorted([*SOURCE.rglob("queries.py"), *SOURCE.rglob("*_queries.py")])


def find_statements() -> Iterator[Statement]:
    for path in query_modules():
        tree = ast.parse(path.read_text("utf-8"))
        constants = dict(_constants(tree))
        module = str(path.relative_to(SOURCE))
        for function in ast.walk(tree):
            if not isinstance(function, ast.AsyncFunctionDef):
                continue
            for sql in _statements(function, constants):
                yield Statement(module, function.name, _role(function), sql)


def _constants(tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    """Module-level texts, and the texts of a module-level dict."""
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target if isinstance(node, ast.AnnAssign) else None
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if not isinstance(target, ast.Name):
            continue
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield target.id, [value.value]
        if isinstance(value, ast.Dict):
            yield target.id, [entry.value for entry in value.values if isinstance(entry, ast.Constant) and isinstance(entry.value, str)]


def _statements(function: ast.AsyncFunctionDef, constants: dict[str, list[str]]) -> Iterator[str]:
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and _is_database_call(call):
            found = [sql for argument in call.args for sql in _texts(argument, constants)]
            assert found, f"{function.name}: a statement that is not a literal"
            yield from found[:1] if len(found) == 1 or not _is_subscript(call) else found


def _is_subscript(call: ast.Call) -> bool:
    return any(isinstance(argument, ast.Subscript) for argument in call.args)


def _is_database_call(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Name):
        return call.func.id in HELPERS
    return isinstance(call.func, ast.Attribute) and call.func.attr in METHODS


def _texts(argument: ast.expr, constants: dict[str, list[str]]) -> list[str]:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return [argument.value]
    name = argument.value if isinstance(argument, ast.Subscript) else argument
    return constants.get(name.id, []) if isinstance(name, ast.Name) else []


def _role(function: ast.AsyncFunctionDef) -> str:
    first = function.args.args[0]
    assert first.annotation is not None, f"{function.name}: its first parameter has no type"
    return ROLES[ast.unparse(first.annotation)]
