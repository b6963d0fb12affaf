"""Two cards that are one person's become one, and two again."""
