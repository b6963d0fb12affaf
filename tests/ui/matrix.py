"""Which page is looked at in which language, width and colours: all of it by `make ui`, a sample that holds every pair by the tests."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

LANGUAGES = ("ru", "en", "xx")
WIDTHS = (390, 1024, 1440)
SCHEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Look:
    path: str
    language: str
    width: int
    scheme: str

    def __str__(self) -> str:
        name = self.path.strip("/").replace("/", "-").replace("?", "-") or "home"
        return f"{name}-{self.language}-{self.width}-{self.scheme}"


OF_THE_SHOP = (
    "/chats", "/chats/{chat}", "/chats?q=бампер", "/board", "/board?view=week", "/board?view=list", "/callbacks", "/waitlist", "/clients",
    "/clients/{client}", "/assistant", "/prices", "/facts", "/hours", "/bots", "/team", "/overview", "/keys", "/replies", "/more", "/start",
)  # fmt: skip
OUTSIDE = ("/sign-in", "/shops", "/me")
PAGES = (*OF_THE_SHOP, *OUTSIDE)


def everything() -> list[Look]:
    return [Look(*chosen) for chosen in itertools.product(PAGES, LANGUAGES, WIDTHS, SCHEMES)]


def sample(each: int = 2) -> list[Look]:
    """``each`` looks at every page; over all pages every pair of language, width and scheme comes many times."""
    looks = list(itertools.product(LANGUAGES, WIDTHS, SCHEMES))
    found: list[Look] = []
    for number, path in enumerate(PAGES):
        for turn in range(each):
            # The looks at one page differ in language, width and scheme; which they are goes round from page to page.
            language = LANGUAGES[(turn + number // 2) % 3]
            width = WIDTHS[(turn + number) % 3]
            scheme = SCHEMES[(turn + number // 5) % 2]
            assert (language, width, scheme) in looks
            found.append(Look(path, language, width, scheme))
    return found
