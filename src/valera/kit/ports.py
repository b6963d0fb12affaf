"""Ports of this machine: is one free, and which is the next."""

from __future__ import annotations

import socket

from valera.kit.errors import Conflict

TRIED = 50


class PortInUse(Conflict):
    """Another program listens there."""


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError):
            return False
        return True


def free_port(host: str = "127.0.0.1") -> int:
    """One that nobody uses, of the system's choice."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def choose_port(host: str, wanted: int, *, setting: str, is_fixed: bool, taken: frozenset[int] = frozenset()) -> int:
    """The wanted port, or unless it is fixed the next free one. 0 leaves it to the system. Raises PortInUse, naming the setting."""
    if wanted == 0:
        return free_port(host)
    candidates = (wanted,) if is_fixed else range(wanted, min(wanted + TRIED, 65536))
    for port in candidates:
        if port not in taken and is_free(host, port):
            return port
    raise PortInUse(f"Port {wanted} on {host} is taken. Stop the program that uses it, or set {setting} to another port (0: any free one).")


def local_url(host: str, port: int) -> str:
    """As a browser on this machine writes it: a server that listens on every address is reached by this one too."""
    address = "127.0.0.1" if host == "0.0.0.0" else "::1" if host == "::" else host  # noqa: S104  asked, not bound
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"
