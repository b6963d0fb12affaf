"""Sums of money and percentages in a text."""
