"""The shop's team in the browser."""
