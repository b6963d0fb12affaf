"""Deeds: what was booked, moved, cancelled, noted or handed over has a row behind it."""
