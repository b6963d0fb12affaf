"""Reminders: a client is told of a booking before it begins, once for each lead that the shop wants."""
