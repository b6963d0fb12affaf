"""Promises, times, contacts and other numbers: the words of the shop, of a tool or of the client."""
