"""Which models there are: providers as data, a model's name, a shop's own keys, and the clients that reach them.

Light to import: what needs a provider's package is in `wires`, and is imported when a model of it is opened.
"""
