"""A list before it is published: seen row by row, corrected by people, each correction undoable; and versions, compared by meaning."""
