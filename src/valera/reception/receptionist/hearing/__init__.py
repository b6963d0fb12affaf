"""What a client says, from its words to what was meant."""
