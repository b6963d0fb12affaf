"""Client and Vehicle."""
