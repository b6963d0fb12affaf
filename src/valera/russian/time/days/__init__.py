"""Days as people name them: by number, by name, as a stretch, by a holiday."""
