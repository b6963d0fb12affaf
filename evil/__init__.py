"""A hostile model plays against the real turn, the real gates and a real PostgreSQL; a judge that shares no code with the gates looks."""
