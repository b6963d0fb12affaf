"""Asking models one after the other: a chain of links, a breaker for each, and what the providers' failures mean."""
