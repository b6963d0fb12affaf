"""What an installation may be told about its models, and what is said to one that is told nonsense."""

from __future__ import annotations

import pytest
from pydantic import SecretStr, ValidationError
from pydantic_ai.models.fallback import FallbackModel

from valera.kit.errors import Invalid
from valera.services import open_model
from valera.settings import ModelChoice, Provider, Settings, read_models

KEY = SecretStr("sk-planted-2b7e151628aed2a6")


def settings(models: str, **given: object) -> Settings:
    return Settings.model_validate({"models": models, **given})


def test_models_are_asked_in_the_order_in_which_they_are_named() -> None:
    assert read_models("openai:gpt-5-mini, openai:org/model:7b ,scripted") == (
        ModelChoice(Provider.OPENAI, "gpt-5-mini"),
        ModelChoice(Provider.OPENAI, "org/model:7b"),
        ModelChoice(Provider.SCRIPTED, ""),
    )


@pytest.mark.parametrize("text", ["", "gpt-5-mini", "openai", "openai:", "scripted:x", "scripted,", "anthropic:claude"])
def test_what_is_no_model_is_answered_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValidationError, match="Allowed, separated by commas, are openai:NAME-OF-A-MODEL and scripted"):
        settings(text)


def test_a_model_is_named_once() -> None:
    with pytest.raises(ValidationError, match="twice"):
        settings("scripted,scripted")


def test_an_address_without_a_scheme_is_refused() -> None:
    with pytest.raises(ValidationError):
        settings("openai:m", openai_base_url="localhost:8090/v1")


async def test_the_chain_is_built_as_it_is_named() -> None:
    async with open_model(settings("openai:m,scripted", openai_base_url="http://127.0.0.1:1/v1"), seconds=5) as model:
        assert isinstance(model, FallbackModel)
        assert [link.model_name for link in model.models] == ["m", "scripted-receptionist"]


async def test_openai_itself_wants_a_key() -> None:
    with pytest.raises(Invalid, match="OPENAI_API_KEY"):
        async with open_model(settings("openai:m", openai_base_url=None, openai_api_key=SecretStr("")), seconds=5):
            pass


def test_the_key_is_not_shown() -> None:
    assert KEY.get_secret_value() not in repr(settings("scripted", openai_api_key=KEY))
