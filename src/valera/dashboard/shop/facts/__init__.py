"""What the shop says of itself, and its assistant may repeat."""
