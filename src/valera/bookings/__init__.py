"""Bay, opening hours, slots, Booking."""
