"""The shop's assistant: its prompt, how much it may do, trying it out."""
