"""Prepared clients: dialogues that play themselves, for people who try the shop."""
