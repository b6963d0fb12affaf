"""`python -m valera`: the same as the command `valera`; this is how `valera up` starts its processes."""

from __future__ import annotations

from valera.cli import main
from valera.kit.processes import stop_with_parent

if __name__ == "__main__":
    stop_with_parent()
    main()
