"""`python -m valera`: the same as the command `valera`."""

from __future__ import annotations

from valera.cli import main

if __name__ == "__main__":
    main()
