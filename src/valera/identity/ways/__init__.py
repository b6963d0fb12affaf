"""The ways in: links made at the command line, invites, and a sign-in with Telegram that has begun in a browser."""
