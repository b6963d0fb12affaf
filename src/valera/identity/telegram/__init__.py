"""Log in with Telegram: OpenID Connect, and the older Login Widget."""
