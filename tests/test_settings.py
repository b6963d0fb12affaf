"""What an installation may be told about its models, and what is said to one that is told nonsense."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from valera.assistant.models.choice import Local, ModelChoice, read_models, write_models
from valera.assistant.models.providers import PROVIDERS
from valera.settings import ProviderSettings, Settings, read_addresses

KEY = "sk-planted-2b7e151628aed2a6"


def settings(models: str, **given: object) -> Settings:
    return Settings.model_validate({"models": models, **given})


def test_models_are_asked_in_the_order_in_which_they_are_named() -> None:
    text = "openai:gpt-5-mini, openrouter:org/model:7b ,anthropic:claude-haiku-4-5,scripted"

    assert read_models(text) == (
        ModelChoice("openai", "gpt-5-mini"),
        ModelChoice("openrouter", "org/model:7b"),
        ModelChoice("anthropic", "claude-haiku-4-5"),
        ModelChoice("scripted"),
    )
    assert write_models(read_models(text)) == "openai:gpt-5-mini,openrouter:org/model:7b,anthropic:claude-haiku-4-5,scripted"


@pytest.mark.parametrize("text", ["", "gpt-5-mini", "openai", "openai:", "scripted:x", "scripted,", "nobody:model"])
def test_what_is_no_model_is_answered_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValidationError, match=r"Allowed, separated by commas, are openai:NAME, anthropic:NAME, .* and scripted"):
        settings(text)


def test_a_model_is_named_once() -> None:
    with pytest.raises(ValidationError, match="twice"):
        settings("scripted,scripted")


def test_a_chain_has_an_end() -> None:
    with pytest.raises(ValidationError, match="more than 8"):
        settings(",".join(f"openai:m{number}" for number in range(9)))


def test_an_address_without_a_scheme_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPSEEK_BASE_URL", "localhost:8090/v1")

    with pytest.raises(ValidationError, match="DEEPSEEK_BASE_URL"):
        settings("scripted")


def test_every_provider_of_the_table_has_its_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for provider in PROVIDERS.values():
        monkeypatch.setenv(provider.key_variable, KEY + provider.name)
        monkeypatch.setenv(provider.url_variable, f"https://{provider.name}.example")
    monkeypatch.setenv("YANDEX_FOLDER_ID", "b1g")

    found = read_addresses()

    for name in PROVIDERS:
        key = found[name].key
        assert key is not None
        assert key.reveal() == KEY + name
        assert found[name].base_url == f"https://{name}.example"
    assert found["yandex"].folder == "b1g"
    assert KEY not in repr(found) + repr(ProviderSettings())


def test_empty_variables_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "")
    monkeypatch.setenv("OPENAI_BASE_URL", "")

    assert (read_addresses()["openai"].key, read_addresses()["openai"].base_url) == (None, None)


def test_local_are_whole_providers_or_single_models() -> None:
    local = Local.read("ollama, vllm:qwen3")

    assert [local.covers(choice) for choice in read_models("ollama:any,vllm:qwen3,vllm:other,openai:qwen3,scripted")] == [
        True,
        True,
        False,
        False,
        True,
    ]
    with pytest.raises(ValidationError, match="Allowed"):
        settings("scripted", local_models="olama")


def test_a_variable_that_is_set_to_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PUBLIC_URL", "TELEGRAM_API_URL", "DATABASE_URL", "VALERA_MASTER_KEY", "VALERA_WEB_PORT"):
        monkeypatch.setenv(name, "")
    found = Settings()

    assert (found.public_url, found.telegram_api_url, found.database_url, found.master_key, found.web_port) == (
        None,
        None,
        None,
        None,
        8000,
    )
