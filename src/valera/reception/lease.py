"""Work that another worker has taken: what was about to be written is rolled back."""

from __future__ import annotations

from valera.kit.errors import ValeraError


class LeaseLost(ValeraError):
    """Somebody else works on it now."""
