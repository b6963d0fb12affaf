"""Masking: what would tell a model who the client is leaves as a placeholder and comes back as itself."""
