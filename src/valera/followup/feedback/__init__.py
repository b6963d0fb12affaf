"""Feedback: how it was, asked once, a day after the work is done."""
