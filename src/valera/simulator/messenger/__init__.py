"""What Telegram is to its bots and people: accounts, chats, messages, presses, and the updates that go to webhooks."""
