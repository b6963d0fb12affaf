"""Overview: the owner's numbers, each with the list behind it."""
