"""The card of a client, as the shop's team reads and corrects it."""
