"""Outcomes: what every dialogue came to, and the line that shows it."""
