"""The works that a client names, found among the rows of a list."""
