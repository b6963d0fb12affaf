"""Files of messages: stored once, named for each bot, downloaded by a path."""
