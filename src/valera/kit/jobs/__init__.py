"""Jobs: work with a time of its own, put down in the transaction that decides on it and carried out by a worker."""
