"""Valera gives every car-repair shop its own assistant in Telegram."""

__version__ = "0.1.0"
