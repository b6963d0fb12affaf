"""The messenger in a browser, and beside the dialogue what Valera did in it."""
