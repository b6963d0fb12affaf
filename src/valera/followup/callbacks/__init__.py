"""Call-backs: a client wants to be telephoned, and somebody sees to it that it happens."""
