"""A draft as the gates read it: without disguises, in sentences, with its sums, times and phones found once."""
