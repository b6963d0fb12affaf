"""Files that clients sent: fetched from Telegram at once, since its links do not last."""
