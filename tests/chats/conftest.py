"""The stage of the main path."""

from __future__ import annotations

from tests.reception.conftest import stage

__all__ = ["stage"]
