"""What was said and done in a chat, as lines of a thread."""
