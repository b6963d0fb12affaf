"""How a model can fail.

    ModelError (Upstream)
    ├── ModelTimeout         it did not answer in time
    ├── ModelUnreachable     no connection, or it ended before the answer did
    ├── ModelOverloaded      too many requests, or too much to do: retry_after, if it said
    ├── ModelBroken          the provider failed, or what it sent is no answer
    ├── ModelMisconfigured   lasts until somebody does something
    │   ├── KeyRefused           the key is wrong, or may not do this
    │   ├── QuotaSpent           no money, or a daily quota is used up
    │   └── ModelUnknown         no such model, or no such address
    ├── RequestRejected      the provider does not take this very request
    │   └── ContextTooLong       it is longer than the model can read
    ├── BadAnswer            there is one, and it is of no use: neither text nor tool call
    │   ├── AnswerCutShort       it ends at the limit of tokens
    │   ├── AnswerDeclined       the model or the provider's filter will not answer
    │   └── WrongLanguage        the client would not understand it
    └── CapReached           the turn used up its steps, tokens or money

All of them end in an apology at worst: what the provider said is for nobody, as it may repeat the request or the key.
"""

from __future__ import annotations

from valera.kit.errors import Upstream


class ModelError(Upstream):
    """The model did not give a usable answer."""


class ModelTimeout(ModelError):
    pass


class ModelUnreachable(ModelError):
    pass


class ModelOverloaded(ModelError):
    pass


class ModelBroken(ModelError):
    pass


class ModelMisconfigured(ModelError):
    pass


class KeyRefused(ModelMisconfigured):
    pass


class QuotaSpent(ModelMisconfigured):
    pass


class ModelUnknown(ModelMisconfigured):
    pass


class RequestRejected(ModelError):
    pass


class ContextTooLong(RequestRejected):
    pass


class BadAnswer(ModelError):
    pass


class AnswerCutShort(BadAnswer):
    pass


class AnswerDeclined(BadAnswer):
    pass


class WrongLanguage(BadAnswer):
    pass


class CapReached(ModelError):
    pass
