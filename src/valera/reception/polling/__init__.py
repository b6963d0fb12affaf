"""How updates reach ingest without being sent: one process asks Telegram for them, and sees to the webhooks of all bots."""
