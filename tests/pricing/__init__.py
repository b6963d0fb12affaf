"""Price lists: reading, publishing, searching, quoting."""
