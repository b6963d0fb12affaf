"""The JSON API that programs of a shop use: chats, messages, bookings, clients, events. It has a guard of its own."""
