from __future__ import annotations

import asyncio
import os
import signal

from valera.kit.exit_signal import calling_at_exit


async def test_streams_hear_of_the_signal_and_so_does_the_server() -> None:
    called: list[str] = []
    before = signal.signal(signal.SIGTERM, lambda *_: called.append("server"))
    try:
        with calling_at_exit(lambda: called.append("streams")):
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(0.01)
            assert sorted(called) == ["server", "streams"]
        restored = signal.getsignal(signal.SIGTERM)
        assert callable(restored)
        os.kill(os.getpid(), signal.SIGTERM)
        assert called.count("server") == 2
    finally:
        signal.signal(signal.SIGTERM, before)


async def test_other_threads_are_called_when_they_end() -> None:
    called: list[str] = []

    async def serve() -> None:
        with calling_at_exit(lambda: called.append("streams")):
            assert called == []

    await asyncio.to_thread(lambda: asyncio.run(serve()))
    assert called == ["streams"]
