"""The shop's Telegram bots: connected, looked at, repaired, kept private while they are tried."""
