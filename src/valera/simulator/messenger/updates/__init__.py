"""What bots are told: the queue of updates, and the two ways out of it, webhooks and getUpdates."""
