"""Bookings by bay, for a day, a week, or as a list."""
