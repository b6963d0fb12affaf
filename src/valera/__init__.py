"""Valera gives every car-repair shop its own assistant in Telegram."""

from __future__ import annotations

__version__ = "0.1.0"
