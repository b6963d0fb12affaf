"""Where each sum that was said came from: kept with the message, told to whoever asks."""
