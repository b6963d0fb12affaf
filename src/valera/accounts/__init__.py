"""Account: one shop, its settings, what it says of itself and what its team has to know."""
