"""Everything an installation can be told, from the environment or `.env`. Read once, in the composition roots; nobody else imports it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


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

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"
