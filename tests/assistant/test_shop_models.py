"""Models of a shop: its own chain with sealed keys, taken over within seconds, and never without somebody who answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import asyncpg
import pytest
from pydantic_ai.models import Model
from pydantic_ai.models.wrapper import WrapperModel

from tests.cast import World
from valera.accounts.notice import NoticeKind, open_notices
from valera.assistant.chain.link import Chain, Link
from valera.assistant.errors import KeyRefused
from valera.assistant.masking.model import Masked
from valera.assistant.models.chains import FRESH_SECONDS, Installation, Models, tell_team
from valera.assistant.models.choice import Local, read_models
from valera.assistant.models.clients import Clients
from valera.assistant.models.providers import Address
from valera.assistant.models.shop import clear_models, set_models
from valera.kit.db import AccountId, Database, account_scope
from valera.kit.errors import Invalid
from valera.kit.secrets import Secret, Vault
from valera.reception.receptionist import ScriptedReceptionist

HOUSE_KEY, OWN_KEY = "sk-house-2b7e151628", "sk-own-aed2a6abf715"


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Scene:
    db: Database
    models: Models
    vault: Vault
    clock: Clock
    garage: AccountId
    rival: AccountId

    async def set(self, text: str, addresses: Mapping[str, Address] | None = None) -> None:
        with account_scope(self.garage):
            async with self.db.account_tx() as tx:
                await set_models(tx, read_models(text), addresses or {}, self.vault)
        self.clock.now += FRESH_SECONDS

    async def names(self) -> list[str]:
        return [link.name for link in (await self.models.of(self.garage)).links]

    async def link(self, name: str) -> Link:
        return next(link for link in (await self.models.of(self.garage)).links if link.name == name)

    async def notices(self) -> list[tuple[NoticeKind, str]]:
        with account_scope(self.garage):
            async with self.db.account_tx() as tx:
                return [(notice.kind, notice.explain("en")[1]) for notice in await open_notices(tx)]

    async def tell(self, chain: Chain) -> None:
        with account_scope(self.garage):
            async with self.db.account_tx() as tx:
                await tell_team(tx, chain)


@pytest.fixture
async def scene(db: Database, world: World, database_url: str) -> AsyncIterator[Scene]:
    vault = Vault(Secret("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="))
    owner = await asyncpg.connect(database_url)
    await owner.execute("set role valera_owner")
    await owner.execute("delete from model_keys")
    for slug in ("garage", "rival"):
        await owner.execute("update accounts set data_key = $2 where slug = $1", slug, vault.new_data_key(slug))
    await owner.close()
    clients, clock = Clients(connections=2, seconds=5), Clock()
    installation = Installation(read_models("openai:gpt-5-mini"), {"openai": Address(key=Secret(HOUSE_KEY))}, Local.read("ollama"))
    models = Models(installation, clients, ScriptedReceptionist(), db, vault, monotonic=clock)
    yield Scene(db, models, vault, clock, world.garage.account_id, world.rival.account_id)
    await clients.close()


def key_of(model: Model) -> str:
    while isinstance(model, WrapperModel):
        model = model.wrapped
    return model.client.api_key  # pyright: ignore[reportAttributeAccessIssue]


async def test_without_a_setting_the_installations_answer_and_then_the_receptionist(scene: Scene) -> None:
    assert await scene.names() == ["openai:gpt-5-mini", "scripted"]
    assert (await scene.models.of(scene.rival)) is (await scene.models.of(scene.garage))
    assert key_of((await scene.link("openai:gpt-5-mini")).model) == HOUSE_KEY


async def test_a_setting_takes_effect_within_seconds_and_for_this_shop_alone(scene: Scene) -> None:
    before = await scene.models.of(scene.garage)

    await scene.set("deepseek:deepseek-chat", {"deepseek": Address(key=Secret(OWN_KEY))})

    assert await scene.names() == ["deepseek:deepseek-chat", "scripted"]
    assert key_of((await scene.link("deepseek:deepseek-chat")).model) == OWN_KEY
    assert await scene.models.of(scene.rival) is before


async def test_until_then_nobody_asks_the_database(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    await scene.models.of(scene.garage)
    monkeypatch.setattr(scene.db, "account_tx", None)

    assert await scene.names() == ["openai:gpt-5-mini", "scripted"]


async def test_a_chain_is_kept_with_its_breakers_while_nothing_changes(scene: Scene) -> None:
    await scene.set("openai:gpt-5-mini", {"openai": Address(key=Secret(OWN_KEY))})
    before = await scene.link("openai:gpt-5-mini")
    scene.clock.now += FRESH_SECONDS

    assert await scene.link("openai:gpt-5-mini") is before


async def test_a_breaker_outlives_a_change_of_the_chain_and_not_one_of_the_key(scene: Scene) -> None:
    own = {"openai": Address(key=Secret(OWN_KEY))}
    await scene.set("openai:gpt-5-mini", own)
    before = (await scene.link("openai:gpt-5-mini")).breaker
    await scene.set("openai:gpt-5,openai:gpt-5-mini", own)
    assert (await scene.link("openai:gpt-5-mini")).breaker is before

    await scene.set("openai:gpt-5-mini", {"openai": Address(key=Secret("sk-new"))})

    assert (await scene.link("openai:gpt-5-mini")).breaker is not before


async def test_keys_are_sealed_and_those_that_nobody_needs_are_deleted(scene: Scene, database_url: str) -> None:
    await scene.set("openai:a,deepseek:b", {"openai": Address(key=Secret(OWN_KEY)), "deepseek": Address(key=Secret(OWN_KEY))})
    await scene.set("openai:a")
    owner = await asyncpg.connect(database_url)
    await owner.execute("set role valera_owner")

    rows = await owner.fetch("select provider, key from model_keys")

    await owner.close()
    assert [row["provider"] for row in rows] == ["openai"]
    assert OWN_KEY.encode() not in rows[0]["key"]
    assert key_of((await scene.link("openai:a")).model) == OWN_KEY


async def test_cleared_the_installations_answer_again(scene: Scene) -> None:
    await scene.set("deepseek:b", {"deepseek": Address(key=Secret(OWN_KEY))})
    with account_scope(scene.garage):
        async with scene.db.account_tx() as tx:
            await clear_models(tx)
    scene.clock.now += FRESH_SECONDS

    assert await scene.names() == ["openai:gpt-5-mini", "scripted"]


async def test_what_cannot_be_used_is_left_out_and_somebody_answers(scene: Scene, database_url: str) -> None:
    await scene.set("deepseek:a,openai:b", {"openai": Address(key=Secret(OWN_KEY))})
    assert await scene.names() == ["openai:b", "scripted"]
    owner = await asyncpg.connect(database_url)
    await owner.execute("set role valera_owner")
    await owner.execute("update model_keys set key = 'moved from elsewhere'")
    await owner.close()
    scene.clock.now += FRESH_SECONDS

    assert await scene.names() == ["scripted"]


async def test_the_installations_key_goes_to_no_address_of_a_shop(scene: Scene) -> None:
    await scene.set("openai:a", {"openai": Address(base_url="https://shop.example/v1")})

    assert key_of((await scene.link("openai:a")).model) != HOUSE_KEY


async def test_only_what_is_declared_local_is_shown_personal_data(scene: Scene) -> None:
    own = {"ollama": Address(base_url="https://gpu.example/v1")}
    await scene.set("ollama:qwen3")
    assert not isinstance((await scene.link("ollama:qwen3")).model, Masked)
    await scene.set("ollama:qwen3,openai:gpt-5-mini", own)

    assert isinstance((await scene.link("ollama:qwen3")).model, Masked), "an address of the shop's own is not the owner's machine"
    assert isinstance((await scene.link("openai:gpt-5-mini")).model, Masked)


async def test_a_refused_key_of_its_own_is_told_to_the_team_once_until_it_works(scene: Scene) -> None:
    await scene.set("deepseek:b", {"deepseek": Address(key=Secret(OWN_KEY))})
    chain, link = await scene.models.of(scene.garage), await scene.link("deepseek:b")
    attempt = link.breaker.attempt()
    assert attempt is not None
    attempt.failed(KeyRefused("deepseek:b: HTTP 401"))
    await scene.tell(chain)
    await scene.tell(chain)

    [(kind, text)] = await scene.notices()

    assert kind == NoticeKind.MODEL_REFUSED
    assert "it refuses the key" in text
    scene.clock.now += 1000
    attempt = link.breaker.attempt()
    assert attempt is not None
    attempt.answered()
    await scene.tell(chain)
    assert await scene.notices() == []


async def test_the_installations_key_is_nothing_that_a_shop_is_told_of(scene: Scene) -> None:
    chain, link = await scene.models.of(scene.garage), await scene.link("openai:gpt-5-mini")
    attempt = link.breaker.attempt()
    assert attempt is not None
    attempt.failed(KeyRefused())

    await scene.tell(chain)

    assert await scene.notices() == []


async def test_an_installation_without_a_key_does_not_start(scene: Scene) -> None:
    installation = Installation(read_models("anthropic:claude-haiku-4-5"), {})

    with pytest.raises(Invalid, match="ANTHROPIC_API_KEY"):
        Models(installation, scene.models.clients, ScriptedReceptionist(), scene.db, scene.vault)


async def test_rival_sees_nothing(scene: Scene) -> None:
    await scene.set("openai:a", {"openai": Address(key=Secret(OWN_KEY))})

    chain = await scene.models.of(scene.rival)

    assert [link.name for link in chain.links] == ["openai:gpt-5-mini", "scripted"]
    assert key_of(chain.links[0].model) == HOUSE_KEY
