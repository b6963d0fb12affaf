"""Prices, facts, hours, bays and bots."""
