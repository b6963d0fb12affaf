"""The fixtures of the dashboard's tests."""

from __future__ import annotations

from tests.dashboard.conftest import browsing, given, office

__all__ = ["browsing", "given", "office"]
