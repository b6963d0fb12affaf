"""How Russian is written and read: sums, days, phones, plates and cars. Pure functions, both directions."""
