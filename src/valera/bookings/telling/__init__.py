"""Telling: what people read of bookings: questions, cards, calendar files."""
