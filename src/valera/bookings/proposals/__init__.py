"""Proposals: slots that were shown, what waits for a client's yes, and what that yes does."""
