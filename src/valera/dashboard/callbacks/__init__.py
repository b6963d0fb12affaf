"""Telephone calls that the shop owes."""
