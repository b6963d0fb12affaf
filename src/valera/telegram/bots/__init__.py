"""The bots of a shop: tokens, webhooks, what Telegram says of them."""
