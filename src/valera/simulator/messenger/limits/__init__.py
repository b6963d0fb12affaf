"""What keeps a bot from being answered: Telegram's limits, and faults on purpose."""
