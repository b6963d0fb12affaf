"""What VALERA_MODELS and a shop's setting say: `openai:gpt-5-mini, anthropic:claude-haiku-4-5, scripted`."""

from __future__ import annotations

from dataclasses import dataclass

from valera.assistant.models.providers import PROVIDERS, SCRIPTED, Provider

MAX_CHOICES = 8


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """One model; ``name`` is the provider's own for it, empty for the scripted receptionist."""

    provider: str
    name: str = ""

    @classmethod
    def read(cls, text: str) -> ModelChoice:
        """Raises ValueError with a sentence that names what is allowed."""
        provider, _, name = (part.strip() for part in text.strip().partition(":"))
        is_scripted = provider == SCRIPTED
        if (not is_scripted and provider not in PROVIDERS) or bool(name) == is_scripted:
            allowed = ", ".join(f"{known}:NAME" for known in PROVIDERS)
            raise ValueError(f"{text.strip()!r} is no model. Allowed, separated by commas, are {allowed} and scripted")
        return cls(provider, name)

    @property
    def is_scripted(self) -> bool:
        return self.provider == SCRIPTED

    @property
    def known(self) -> Provider:
        """The provider's row; KeyError for the scripted receptionist, who has none."""
        return PROVIDERS[self.provider]

    def __str__(self) -> str:
        return self.provider if self.is_scripted else f"{self.provider}:{self.name}"


def read_models(text: str) -> tuple[ModelChoice, ...]:
    """In the order in which they are asked. Raises ValueError with a sentence."""
    choices = tuple(ModelChoice.read(part) for part in text.split(","))
    if len(set(choices)) < len(choices):
        raise ValueError(f"{text!r} names a model twice")
    if len(choices) > MAX_CHOICES:
        raise ValueError(f"{text!r} names more than {MAX_CHOICES} models")
    return choices


def write_models(choices: tuple[ModelChoice, ...]) -> str:
    return ",".join(str(choice) for choice in choices)


@dataclass(frozen=True, slots=True)
class Local:
    """What VALERA_LOCAL_MODELS declares to run on machines of the installation's owner: whole providers, or single models."""

    names: frozenset[str] = frozenset()

    @classmethod
    def read(cls, text: str) -> Local:
        """Raises ValueError with a sentence."""
        names = frozenset(part.strip() for part in text.split(",") if part.strip())
        for name in names:
            if name not in PROVIDERS:
                ModelChoice.read(name)
        return cls(names)

    def covers(self, choice: ModelChoice) -> bool:
        return choice.is_scripted or choice.provider in self.names or str(choice) in self.names
