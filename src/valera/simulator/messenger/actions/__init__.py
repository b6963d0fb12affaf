"""What people do in the messenger. Each action becomes what Telegram tells the bot about it, which may be nothing."""
