"""A server that is told to stop waits for its open streams; so they have to hear of it first."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def calling_at_exit(act: Callable[[], None]) -> Iterator[None]:
    """Call ``act`` in the loop when SIGINT or SIGTERM comes, before whoever handled it until now, and once more when the block ends.

    Elsewhere than in the main thread no signal can be handled: there it is called at the end only.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        act()
        return
    loop = asyncio.get_running_loop()
    previous = {number: signal.getsignal(number) for number in _SIGNALS}

    def handle(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(act)
        before = previous[signal.Signals(number)]
        if callable(before):
            before(number, frame)

    for number in _SIGNALS:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, before in previous.items():
            signal.signal(number, before)
        act()
