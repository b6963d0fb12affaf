"""The receptionist that needs no model provider: it understands everyday Russian by words and answers through the same tools."""

from __future__ import annotations

from valera.reception.receptionist.model import ScriptedReceptionist

__all__ = ["ScriptedReceptionist"]
