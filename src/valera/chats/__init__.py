"""Chat, Message, takeover."""
