"""Every border of a transaction and of a network call on the main path × four ways to fail there: `make crash-points`.

points (the borders, named as they are reached) · watched (the injected Database, BotApi and model that tell of them) · house (Valera in one
process) · victim (processes that are killed) · client, telegram (outside) · ledger (what the database says) → trial → table.
"""
