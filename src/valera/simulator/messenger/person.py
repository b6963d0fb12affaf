"""Invented people who write to bots: a small cast, and anybody by name."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from valera.kit.errors import Invalid

if TYPE_CHECKING:
    import sqlite3

    from valera.simulator.messenger.store import Store

FIRST_ID = 5_000_000_001
MAX_NAME = 64  # Telegram's limit for a first and for a last name


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    first_name: str
    last_name: str
    username: str | None
    phone: str
    language: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def initials(self) -> str:
        """The first letter or digit of each name."""
        firsts = (next((letter for letter in name if letter.isalnum()), "") for name in (self.first_name, self.last_name))
        return "".join(firsts).upper()

    def to_user(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, **self._names(), "language_code": self.language}

    def to_chat(self) -> dict[str, Any]:
        return {"id": self.id, **self._names(), "type": "private"}

    def _names(self) -> dict[str, Any]:
        named = {"first_name": self.first_name, "last_name": self.last_name, "username": self.username}
        return {key: given for key, given in named.items() if given}


def invite_cast(store: Store) -> None:
    """Makes the cast once; later calls change nothing."""
    with store.transaction():
        if store.find("select 1 from people limit 1"):
            return
        cast = tomllib.loads(resources.files("valera.simulator.messenger").joinpath("cast.toml").read_text("utf-8"))
        for number, entry in enumerate(cast["person"]):
            _insert(store, Person(FIRST_ID + number, username=entry.pop("username", None), language=entry.pop("language", "ru"), **entry))


def person(store: Store, name: str) -> Person:
    """Whoever bears this name, made now if nobody does. The first word is the first name."""
    first, _, last = " ".join(name.split()).partition(" ")
    if not first:
        raise Invalid("A person needs a name.")
    if len(first) > MAX_NAME or len(last) > MAX_NAME:
        raise Invalid(f"A first or last name is at most {MAX_NAME} characters long.")
    with store.transaction():
        known = next((known for known in list_people(store) if known.name.casefold() == f"{first} {last}".strip().casefold()), None)
        return known or _newcomer(store, first, last)


def find_person(store: Store, person_id: int) -> Person | None:
    row = store.find("select * from people where id = ?", person_id)
    return None if row is None else _person(row)


def list_people(store: Store) -> list[Person]:
    return [_person(row) for row in store.list("select * from people order by id")]


def _newcomer(store: Store, first: str, last: str) -> Person:
    row = store.find("select coalesce(max(id), ?) + 1 as next from people", FIRST_ID - 1)
    person_id: int = row["next"] if row else FIRST_ID
    newcomer = Person(person_id, first, last, None, f"+7999{(person_id - FIRST_ID + 101) % 10_000_000:07}", "ru")
    _insert(store, newcomer)
    return newcomer


def _insert(store: Store, whom: Person) -> None:
    store.execute(
        "insert into people (id, first_name, last_name, username, phone, language) values (?, ?, ?, ?, ?, ?)",
        whom.id, whom.first_name, whom.last_name, whom.username, whom.phone, whom.language,
    )  # fmt: skip


def _person(row: sqlite3.Row) -> Person:
    return Person(row["id"], row["first_name"], row["last_name"], row["username"], row["phone"], row["language"])
