"""What is known of the client beside the thread."""
