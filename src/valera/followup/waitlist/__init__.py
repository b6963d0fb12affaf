"""The waitlist: a client whose wish could not be met is offered the time when it becomes free, in the order of asking."""
