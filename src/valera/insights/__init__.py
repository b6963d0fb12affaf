"""Insights: the owner's numbers, and the rows that they are counted from. Nothing here writes."""
