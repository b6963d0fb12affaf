"""The errors of Valera, and how each is answered.

    ValeraError                      500
    ├── Invalid                      422  fields
    ├── Unauthenticated              401
    ├── Forbidden                    403
    ├── NotFound                     404
    ├── Conflict                     409
    ├── LimitReached                 429  retry_after
    ├── Unavailable                  503  retry_after
    └── Upstream                     502  retryable, retry_after

A class gives the status and the slug; an instance gives ``detail``, one sentence that helps whoever reads it. Domains name their own
errors below these (``SlotTaken(Conflict)``). A row of another shop is not found, never forbidden.
"""

from __future__ import annotations

import re
from typing import ClassVar


class ValeraError(Exception):
    """Root of everything that Valera raises on purpose. ``detail`` is safe to show: no secret, no personal data, no statement."""

    status: ClassVar[int] = 500

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail

    @property
    def slug(self) -> str:
        """``SlotTaken`` → ``slot-taken``."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()


class Invalid(ValeraError):
    """What was sent makes no sense. ``fields`` maps a field to its sentence."""

    status = 422

    def __init__(self, detail: str = "", *, fields: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.fields = fields or {}


class Unauthenticated(ValeraError):
    status = 401


class Forbidden(ValeraError):
    status = 403


class NotFound(ValeraError):
    status = 404


class Conflict(ValeraError):
    status = 409


class LimitReached(ValeraError):
    status = 429

    def __init__(self, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Unavailable(ValeraError):
    """Ours is down (the database, mostly): try again in ``retry_after`` seconds."""

    status = 503

    def __init__(self, detail: str = "", *, retry_after: float = 5) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Upstream(ValeraError):
    """Somebody else's service failed. ``retryable``: the same request may succeed later, after ``retry_after`` seconds if known."""

    status = 502

    def __init__(self, detail: str = "", *, retryable: bool = False, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retryable = retryable
        self.retry_after = retry_after
