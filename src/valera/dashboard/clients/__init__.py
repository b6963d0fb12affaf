"""Clients and their cars."""
