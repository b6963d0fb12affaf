"""What comes after an answer: reminders of bookings, and how it was."""
