"""Signing in, choosing a shop, one's own sessions."""
