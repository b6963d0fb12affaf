"""Who may enter, and what they may do there: members, sessions, ways in, keys of programs, limits."""
