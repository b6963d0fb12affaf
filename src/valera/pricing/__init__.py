"""What a shop's works cost: its price list, how it is read, and how a question finds its rows."""
