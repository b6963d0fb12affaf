"""A shop's own file, whatever its dialect, into a draft that accounts for every row."""
