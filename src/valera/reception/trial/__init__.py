"""A conversation with the assistant as it would be: the code of every turn, on rows that no table keeps."""
