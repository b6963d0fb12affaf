"""Schedule: when work can be done in a shop: its bays, hours and days, and the slots that are free in them."""
