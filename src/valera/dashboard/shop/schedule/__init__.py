"""When the shop is open, where it works, and how long a work takes."""
