"""Looks at what reached Telegram and at what stands in the database, and says what was wrong. Knows nothing of the gates."""
