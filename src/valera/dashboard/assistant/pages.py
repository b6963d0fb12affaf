"""The assistant: its prompt with versions, tone and autonomy, models; and beside the editor a conversation to try it."""

from __future__ import annotations

from typing import Any

from valera.dashboard.assistant import behaviour, editor, models, trial, versions

HANDLERS: list[Any] = [*editor.HANDLERS, *versions.HANDLERS, *behaviour.HANDLERS, *models.HANDLERS, *trial.HANDLERS]
