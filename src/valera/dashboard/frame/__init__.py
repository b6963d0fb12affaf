"""What every page of the dashboard stands in: who has entered, the layout, words, errors, the live stream."""
