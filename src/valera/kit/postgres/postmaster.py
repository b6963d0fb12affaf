"""What PostgreSQL writes down about itself in postmaster.pid, and whether it is true."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Postmaster:
    """The server's main process, as its data folder names it."""

    pid: int
    port: int = 0
    status: str = ""

    @property
    def is_ready(self) -> bool:
        return self.status == "ready"

    def is_alive(self) -> bool:
        """A process of this number runs and is a PostgreSQL: numbers are given anew after a crash, and a zombie runs no more."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        state, program = _describe(self.pid)
        return not state.startswith("Z") and "postgres" in program


def read_postmaster(data: Path) -> Postmaster | None:
    """None where no server runs or it has only begun to start. The lines: pid, data, time, port, sockets, address, memory, status."""
    try:
        lines = (data / "postmaster.pid").read_text("utf-8").splitlines()
        pid = int(lines[0])
    except (OSError, ValueError, IndexError):
        return None
    lines += [""] * 8  # it is written bit by bit
    return Postmaster(abs(pid), int(lines[3]) if lines[3].isdigit() else 0, lines[7].strip())


def _describe(pid: int) -> tuple[str, str]:
    """State and program of a process, by /proc or where there is none by ps."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        asked = subprocess.run(["ps", "-o", "stat=,comm=", "-p", str(pid)], capture_output=True, text=True, timeout=10, check=False)
        state, _, program = asked.stdout.strip().partition(" ")
        return state, program
    program, _, rest = text.rpartition(")")
    return rest.split()[0], program
