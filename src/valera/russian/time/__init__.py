"""What people say of time, understood against a given moment: days, clock times, shifts and wishes; and how they are written."""
