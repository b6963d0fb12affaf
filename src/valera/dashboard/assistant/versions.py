"""Versions of the prompt: who wrote each and when, what differs between any two, and back to an old one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody

from valera.accounts.prompt import PromptNotFound, find_published, get_prompt, list_prompts, roll_back
from valera.dashboard.assistant.difference import difference
from valera.dashboard.frame.given import TheDb, ThePage
from valera.identity.permission import Permission

if TYPE_CHECKING:
    from valera.accounts.prompt import PromptVersion
    from valera.kit.db import AccountTx

LARGEST = (1 << 31) - 1


class RollbackForm(msgspec.Struct):
    """``version`` 0: only the house's prompt."""

    version: int


@get("/assistant/versions", permission=Permission.ASSISTANT)
async def get_versions(page: ThePage, db: TheDb) -> Response[bytes]:
    async with db.account_tx() as tx:
        found, published = await list_prompts(tx), await find_published(tx)
    return page.html("assistant_versions.html", versions=found, published=published)


@get("/assistant/versions/{version:int}", permission=Permission.ASSISTANT)
async def get_version(page: ThePage, db: TheDb, version: FromPath[int], against: FromQuery[int | None] = None) -> Response[bytes]:
    """Its text, and what is new in it beside the one before or any other. Raises PromptNotFound."""
    async with db.account_tx() as tx:
        shown = await get_prompt(tx, _known(version))
        other = version - 1 if against is None else against
        before = await _text(tx, other)
        found, published = await list_prompts(tx), await find_published(tx)
    return page.html(
        "assistant_version.html",
        shown=shown,
        other=other,
        difference=difference(before, shown.text),
        versions=found,
        published=published,
    )


@post("/assistant/rollbacks", status_code=200, permission=Permission.ASSISTANT)
async def post_rollback(page: ThePage, db: TheDb, data: URLEncodedBody[RollbackForm]) -> Response[bytes]:
    """A new version that says what the old one said. Raises PromptNotFound."""
    async with db.account_tx() as tx:
        note = page.t("assistant.back_to", version=data.version) if data.version else page.t("assistant.back_to_house")
        version = await roll_back(tx, to=_known(data.version), author=page.entry.member_id, note=note)
    return page.go("/assistant/versions", page.t("assistant.published", version=version))


HANDLERS: list[Any] = [get_versions, get_version, post_rollback]


async def _text(tx: AccountTx, version: int) -> str:
    """Of version 0, which is none: nothing."""
    found: PromptVersion | None = None if version == 0 else await get_prompt(tx, _known(version))
    return "" if found is None else found.text


def _known(version: int) -> int:
    if not 0 <= version <= LARGEST:
        raise PromptNotFound("The shop has no such version of its prompt.")
    return version
