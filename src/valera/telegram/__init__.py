"""Telegram: bots, the Bot API client, typed updates, the outbox."""
