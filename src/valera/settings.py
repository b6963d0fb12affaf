"""Everything an installation can be told, from the environment or `.env`. Read once, in the composition roots; nobody else imports it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Provider(StrEnum):
    """Who can be asked to answer."""

    OPENAI = "openai"
    SCRIPTED = "scripted"


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """One link of VALERA_MODELS; ``name`` is the provider's own for the model, empty for the scripted receptionist."""

    provider: Provider
    name: str

    @classmethod
    def read(cls, text: str) -> ModelChoice:
        """``openai:gpt-5-mini`` or ``scripted``. Raises ValueError with a sentence."""
        provider, _, name = (part.strip() for part in text.strip().partition(":"))
        if provider not in list(Provider) or bool(name) == (provider == Provider.SCRIPTED):
            raise ValueError(f"{text.strip()!r} is no model. Allowed, separated by commas, are openai:NAME-OF-A-MODEL and scripted")
        return cls(Provider(provider), name)


def read_models(text: str) -> tuple[ModelChoice, ...]:
    """In the order in which they are asked. Raises ValueError with a sentence."""
    choices = tuple(ModelChoice.read(part) for part in text.split(","))
    if len(set(choices)) < len(choices):
        raise ValueError(f"{text!r} names a model twice")
    return choices


def _checked(text: str) -> str:
    read_models(text)
    return text


class Settings(BaseSettings):
    """Documented in docs/operations.md and .env.example; a test compares the three."""

    model_config = SettingsConfigDict(env_file=".env", env_prefix="VALERA_", frozen=True, extra="ignore", populate_by_name=True)

    home: Path = Path(".valera")
    """Folder of the embedded PostgreSQL, the simulator's file, the key file and what a running instance says of itself."""

    database_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_URL")
    """PostgreSQL 16 or newer; empty: the embedded one."""

    public_url: str | None = Field(default=None, validation_alias="PUBLIC_URL")
    """HTTPS address under which Telegram reaches the web process; empty: this machine only, with the simulator."""

    telegram_api_url: str | None = Field(default=None, validation_alias="TELEGRAM_API_URL")
    """Telegram's Bot API, a server of your own, or empty for the simulator."""

    master_key: SecretStr | None = None
    """32 random bytes in base64 that seal bot tokens; empty: a file in the home folder, made at the first start."""

    models: Annotated[str, AfterValidator(_checked)] = "scripted"
    """Who answers clients: the first of these that does. `openai:NAME` for each model of OpenAI or of a server like it, and `scripted`."""

    openai_base_url: str | None = Field(default=None, pattern="^https?://", validation_alias="OPENAI_BASE_URL")
    """A server that speaks OpenAI's API, with its /v1; empty: OpenAI itself."""

    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    """The key for it; a server of your own may need none."""

    host: str = "127.0.0.1"
    web_port: int = Field(default=8000, ge=0, le=65535)
    simulator_port: int = Field(default=8080, ge=0, le=65535)

    settle_seconds: float = Field(default=1.5, ge=0, le=60)
    """How long a burst of messages must be quiet before it is answered."""

    settle_most_seconds: float = Field(default=8, ge=0, le=300)
    """How long a burst may keep the assistant waiting."""

    concurrent_turns: int = Field(default=1000, ge=1)
    """Turns that one worker process works on at once."""

    pool_size: int = Field(default=12, ge=4)
    """Database connections of one process."""

    keep_updates_days: int = Field(default=14, ge=8)
    """How long Telegram's updates are kept once they are taken in."""

    keep_journal_days: int = Field(default=90, ge=30)
    """How long it is kept how an answer came about, what was sent and what was quarantined."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"
