"""Desk: what the shop's own people do with its book. The steps are those of `life`, the client is told by code."""
