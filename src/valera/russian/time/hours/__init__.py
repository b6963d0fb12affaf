"""Hours as people name them: by the clock and by the parts of the day."""
