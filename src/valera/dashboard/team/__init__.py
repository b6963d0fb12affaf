"""The shop's team and invitations to it."""
