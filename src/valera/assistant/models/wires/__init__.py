"""A module for each wire format, over the SDK of who made it. Nobody imports one before a model of it is opened."""
