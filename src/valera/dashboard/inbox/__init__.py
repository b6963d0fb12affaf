"""The inbox: chats, their threads, the client beside them."""
