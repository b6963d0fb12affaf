"""`valera doctor`: what an installation needs to be live, looked at one by one; a line each, green or what to do."""
