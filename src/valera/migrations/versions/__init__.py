"""One file of SQL for each step, and a module that runs it."""
