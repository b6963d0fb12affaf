"""The other side of the glass: what the shop did, what its staff can do, and the switches for what goes wrong."""
