"""Account: one shop, its settings and what it says of itself."""
