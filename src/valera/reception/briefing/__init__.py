"""What a model is told: the shop's prompt and facts, this client, what was said before and what it has come to."""
