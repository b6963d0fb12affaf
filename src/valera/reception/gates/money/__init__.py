"""Sums and percentages: each has its row, its total, its fact, or the client behind it."""
