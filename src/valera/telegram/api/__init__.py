"""How Valera speaks with the Bot API: calls, errors, text as Telegram takes it."""
