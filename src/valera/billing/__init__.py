"""What the assistant costs a shop, and the budgets that hold it."""
