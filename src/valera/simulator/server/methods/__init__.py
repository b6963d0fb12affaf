"""The methods of the Bot API that the simulator knows, by what they are for."""
