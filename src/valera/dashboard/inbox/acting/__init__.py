"""What a member does in a chat."""
