"""What knows nothing of car repair and could be a library of its own."""
