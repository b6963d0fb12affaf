"""The platform's own work: opening shops, proving the invariants."""
