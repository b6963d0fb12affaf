"""The providers that can be named, as data: another server that speaks one of the wire formats is a row here and nothing else.

Sources: OpenAI's, Anthropic's and Google's API references; DeepSeek "Thinking mode" and "Create chat completion" (max_tokens only,
reasoning_content goes back with tool calls); OpenRouter "Parameters" (max_tokens); Mistral "Chat completion" (ids of calls are nine
letters or digits); Yandex AI Studio "Compatibility with OpenAI" (gpt://folder/name, header OpenAI-Project); GigaChat has a format of its
own: gpt2giga is the gateway (one call in an answer); vLLM and Ollama "OpenAI-compatible server".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from valera.kit.secrets import Secret


class Wire(StrEnum):
    """What a provider speaks."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    GOOGLE = "google"


@dataclass(frozen=True, slots=True)
class Quirks:
    """How a server differs from the one whose format it speaks.

    ``tools`` off: it cannot call any. ``calls_at_once`` off: one call in an answer, also in what it is told of earlier ones.
    ``call_id_length``: of nothing but letters and digits. ``returns_thinking``: what it thought goes back to it with its calls.
    ``name_pattern``: how a model is called on the wire; ``{folder}`` is the address's.
    """

    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    system_role: Literal["system", "user"] = "system"
    tools: bool = True
    calls_at_once: bool = True
    call_id_length: int | None = None
    returns_thinking: bool = False
    images: bool = True
    name_pattern: str = "{name}"


@dataclass(frozen=True, slots=True)
class Provider:
    """``base_url`` None: an address has to be set. ``prices``: what genai-prices calls it, if it knows it."""

    name: str
    wire: Wire
    base_url: str | None
    needs_key: bool = True
    prices: str | None = None
    quirks: Quirks = Quirks()

    @property
    def key_variable(self) -> str:
        return f"{self.name.upper()}_API_KEY"

    @property
    def url_variable(self) -> str:
        return f"{self.name.upper()}_BASE_URL"

    @property
    def folder_variable(self) -> str | None:
        return f"{self.name.upper()}_FOLDER_ID" if "{folder}" in self.quirks.name_pattern else None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a provider is reached and as whom; what is None is the provider's own, or nothing."""

    base_url: str | None = None
    key: Secret | None = None
    folder: str | None = None


_ONE_CALL = Quirks(calls_at_once=False, images=False)

PROVIDERS: dict[str, Provider] = {
    provider.name: provider
    for provider in (
        Provider(
            "openai",
            Wire.OPENAI,
            "https://api.openai.com/v1",
            prices="openai",
            quirks=Quirks(max_tokens_field="max_completion_tokens"),
        ),
        Provider("anthropic", Wire.ANTHROPIC, "https://api.anthropic.com", prices="anthropic"),
        Provider("google", Wire.GOOGLE, "https://generativelanguage.googleapis.com", prices="google"),
        Provider(
            "deepseek",
            Wire.OPENAI,
            "https://api.deepseek.com",
            prices="deepseek",
            quirks=Quirks(returns_thinking=True, images=False),
        ),
        Provider("openrouter", Wire.OPENAI, "https://openrouter.ai/api/v1", prices="openrouter"),
        Provider("mistral", Wire.OPENAI, "https://api.mistral.ai/v1", prices="mistral", quirks=Quirks(call_id_length=9)),
        Provider(
            "yandex",
            Wire.OPENAI,
            "https://ai.api.cloud.yandex.net/v1",
            quirks=Quirks(calls_at_once=False, images=False, name_pattern="gpt://{folder}/{name}"),
        ),
        Provider("gigachat", Wire.OPENAI, None, needs_key=False, quirks=_ONE_CALL),
        Provider("vllm", Wire.OPENAI, "http://127.0.0.1:8000/v1", needs_key=False),
        Provider("ollama", Wire.OPENAI, "http://127.0.0.1:11434/v1", needs_key=False),
    )
}

SCRIPTED = "scripted"
"""The receptionist that needs no provider: it is asked last in every chain, named or not."""
