"""`/api`: what the messenger page, `valera chat` and tests do in a person's name, and to a bot. JSON in and out, this machine only."""
