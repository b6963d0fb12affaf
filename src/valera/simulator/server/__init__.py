"""What is answered over HTTP: the Bot API to a bot, actions and events to a client, and to this machine only."""
