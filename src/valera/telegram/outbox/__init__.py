"""What goes to clients: written in the transaction that decides it, sent in order, with Telegram's refusals understood."""
