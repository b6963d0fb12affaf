"""Life: what a booking is, which step may follow which, and the one way to change it."""
