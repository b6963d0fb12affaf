"""Clients who wait for a time that was taken."""
