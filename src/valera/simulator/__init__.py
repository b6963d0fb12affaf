"""A Telegram that runs on this machine: Bot API server and a messenger page."""
