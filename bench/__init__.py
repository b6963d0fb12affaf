"""How fast Valera is, beside what the machine itself can do: `make bench`, explained in docs/speed.md."""
