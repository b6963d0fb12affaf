"""How a model can fail.

    ModelError (Upstream)
    ├── ModelTimeout     it did not answer in time
    ├── ModelRefused     the provider returned an error
    ├── BadAnswer        the answer makes no sense: neither text nor tool call
    └── CapReached       the turn used up its steps, tokens or money

All of them end in an apology at worst: what the provider said is for the log, not for the client.
"""

from __future__ import annotations

from valera.kit.errors import Upstream


class ModelError(Upstream):
    """The model did not give a usable answer."""


class ModelTimeout(ModelError):
    pass


class ModelRefused(ModelError):
    pass


class BadAnswer(ModelError):
    pass


class CapReached(ModelError):
    pass
