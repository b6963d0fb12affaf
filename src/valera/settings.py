"""Everything an installation can be told, from the environment or `.env`. Read once, in the composition roots; nobody else imports it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, ValidationError, create_model, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from valera.assistant.models.choice import Local, read_models
from valera.assistant.models.prices import DOLLAR, read_prices, read_rates
from valera.assistant.models.providers import PROVIDERS, Address
from valera.billing.limits import read_limit
from valera.kit.secrets import Secret


def _checked(text: str) -> str:
    read_models(text)
    return text


def _checked_local(text: str) -> str:
    Local.read(text)
    return text


def _checked_prices(text: str) -> str:
    read_prices(text)
    return text


def _checked_rates(text: str) -> str:
    read_rates(text)
    return text


def _checked_budget(text: str) -> str:
    read_limit(text)
    return text


def _proxy(address: SecretStr) -> SecretStr:
    if not address.get_secret_value().startswith(("http://", "https://", "socks5://", "socks5h://")):
        raise ValueError("a proxy's address begins with http://, https:// or socks5://")
    return address


class Settings(BaseSettings):
    """Documented in docs/operations.md and .env.example; a test compares the three."""

    model_config = SettingsConfigDict(
        env_file=".env", env_prefix="VALERA_", env_ignore_empty=True, frozen=True, extra="ignore", populate_by_name=True
    )

    home: Path = Path(".valera")
    """Folder of the embedded PostgreSQL, the simulator's file, the key file and what a running instance says of itself."""

    database_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_URL")
    """PostgreSQL 16 or newer; empty: the embedded one."""

    files: Path | None = None
    """Folder of the files that clients sent, to be backed up beside the database; empty: `files` in the home folder."""

    public_url: str | None = Field(default=None, validation_alias="PUBLIC_URL")
    """HTTPS address under which Telegram reaches the web process; empty: nowhere, so bots of the real Telegram are polled."""

    telegram_api_url: str | None = Field(default=None, pattern="^https?://", validation_alias="TELEGRAM_API_URL")
    """Telegram's Bot API, a server of your own, or empty for the simulator."""

    telegram_proxy: Annotated[SecretStr, AfterValidator(_proxy)] | None = None
    """Proxy on the way to Telegram, `http://`, `https://` or `socks5://`, with name and password if it wants them; empty: none."""

    sign_in_client_id: str | None = Field(default=None, pattern="^[0-9]{1,20}$")
    """Of the sign-in bot at Telegram's OpenID Connect, one bot for all shops, as BotFather says it. Empty: no such sign-in."""

    sign_in_client_secret: SecretStr | None = None
    """What BotFather said beside the client id."""

    sign_in_bot_token: SecretStr | None = None
    """Token of the sign-in bot, for the older Login Widget, used where there is no client id; empty: no widget."""

    master_key: SecretStr | None = None
    """32 random bytes in base64 that seal bot tokens; empty: a file in the home folder, made at the first start."""

    models: Annotated[str, AfterValidator(_checked)] = "scripted"
    """Who answers clients: the first of these that does, `PROVIDER:NAME` for each; behind the last always the scripted receptionist."""

    local_models: Annotated[str, AfterValidator(_checked_local)] = ""
    """Models, or whole providers, on machines of your own: they are shown phones, names and plates as they are."""

    fallback_seconds: float = Field(default=10, ge=2, le=60)
    """How long a client waits at most until the scripted receptionist answers instead of models that are silent."""

    prices: Annotated[str, AfterValidator(_checked_prices)] = ""
    """What models cost that genai-prices does not know, or differently: `PROVIDER:NAME=INPUT/OUTPUT CURRENCY` a million tokens."""

    currency_rates: Annotated[str, AfterValidator(_checked_rates)] = ""
    """How much of a currency in VALERA_PRICES a US dollar is: `RUB=92.5`."""

    budget_client: Annotated[str, AfterValidator(_checked_budget)] = "1"
    budget_day: Annotated[str, AfterValidator(_checked_budget)] = "20"
    budget_month: Annotated[str, AfterValidator(_checked_budget)] = "300"
    """What models may cost in US dollars, or none: one client's dialogue in a day, a shop in a day, a shop in a month."""

    host: str = "127.0.0.1"
    web_port: int = Field(default=8000, ge=0, le=65535)
    simulator_port: int = Field(default=8080, ge=0, le=65535)

    settle_seconds: float = Field(default=1.5, ge=0, le=60)
    """How long a burst of messages must be quiet before it is answered."""

    settle_most_seconds: float = Field(default=8, ge=0, le=300)
    """How long a burst may keep the assistant waiting."""

    streaming: bool = False
    """Whether clients see an answer of a model grow in a draft, sentence by sentence as each has passed the gates."""

    concurrent_turns: int = Field(default=1000, ge=1)
    """Turns that one worker process works on at once."""

    pool_size: int = Field(default=12, ge=4)
    """Database connections of one process."""

    keep_updates_days: int = Field(default=7, ge=7)
    """How long Telegram's updates are kept once they are taken in."""

    keep_journal_days: int = Field(default=30, ge=30)
    """How long it is kept how an answer came about, what was sent and what was quarantined."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"

    @model_validator(mode="after")
    def _knows_where_providers_are(self) -> Self:
        read_addresses()
        return self

    @model_validator(mode="after")
    def _knows_every_currency(self) -> Self:
        """No budget could hold a price that cannot be told in US dollars."""
        unknown = {price.currency for price in read_prices(self.prices).values()} - read_rates(self.currency_rates).keys() - {DOLLAR}
        if unknown:
            raise ValueError(f"VALERA_PRICES names {', '.join(sorted(unknown))}, and VALERA_CURRENCY_RATES has no rate of it")
        return self


def _provider_fields() -> dict[str, Any]:
    """Two or three variables for each row of the table of providers."""
    fields: dict[str, Any] = {}
    for provider in PROVIDERS.values():
        fields[f"{provider.name}_api_key"] = (SecretStr | None, Field(default=None, validation_alias=provider.key_variable))
        fields[f"{provider.name}_base_url"] = (
            str | None,
            Field(default=None, pattern="^(https?://.+)?$", validation_alias=provider.url_variable),
        )
        if provider.folder_variable is not None:
            fields[f"{provider.name}_folder_id"] = (str | None, Field(default=None, validation_alias=provider.folder_variable))
    return fields


ProviderSettings = create_model("ProviderSettings", __base__=BaseSettings, **_provider_fields())
ProviderSettings.model_config.update(env_file=".env", env_ignore_empty=True, frozen=True, extra="ignore", populate_by_name=True)


def read_addresses() -> dict[str, Address]:
    """Where and as whom the installation reaches each provider. Raises ValueError with the names of variables that make no sense."""
    try:
        given = ProviderSettings()
    except ValidationError as error:
        names = ", ".join(sorted({str(problem["loc"][0]) for problem in error.errors()}))
        raise ValueError(f"{names}: an address begins with http:// or https://") from None
    found: dict[str, Address] = {}
    for name in PROVIDERS:
        key, folder = getattr(given, f"{name}_api_key"), getattr(given, f"{name}_folder_id", None)
        secret = Secret(key.get_secret_value()) if key is not None and key.get_secret_value() else None
        found[name] = Address(getattr(given, f"{name}_base_url") or None, secret, folder or None)
    return found
