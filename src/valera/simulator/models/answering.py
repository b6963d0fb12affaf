"""One answer on its way to the caller, whole or in frames, with whatever befalls it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from valera.simulator.models.fault import BY_STATUS, IN_WHAT_IS_SAID, Fault
from valera.simulator.models.http import (
    EVENTS,
    JSON,
    PATIENCE_SECONDS,
    Receive,
    Send,
    drip,
    is_gone,
    send_half,
    send_pieces,
    send_refusal,
    send_whole,
)
from valera.simulator.models.script import answer
from valera.simulator.models.spoiled import damage, spoil
from valera.simulator.models.switch import Switch
from valera.simulator.models.wire import Asked, Refusal, Route, Said, Wire

BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"
DRIPS = 20


@dataclass(frozen=True, slots=True)
class Answering:
    wire: Wire
    asked: Asked
    route: Route
    switch: Switch

    async def __call__(self, receive: Receive, send: Send) -> None:
        self.switch.requests += 1
        fault = self.switch.next_fault()
        await self._think()
        said = answer(self.switch.setting.rules, self.asked.told)
        if fault is None:
            await self._send(said, send)
            self.switch.answered += 1
        elif fault in BY_STATUS:
            await send_refusal(send, self._refusal(fault))
        elif fault in IN_WHAT_IS_SAID:
            await self._send(spoil(fault, said, self.asked), send)
        else:
            await self._lose(fault, said, receive, send)

    async def _think(self) -> None:
        if self.switch.setting.delay_seconds:
            self.switch.waiting += 1
            try:
                await asyncio.sleep(self.switch.setting.delay_seconds)
            finally:
                self.switch.waiting -= 1

    async def _lose(self, fault: Fault, said: Said, receive: Receive, send: Send) -> None:
        """The answer was good, and something between the model and the caller is not."""
        match fault:
            case Fault.BLOCKED:
                await self._block(send)
            case Fault.BAD_GATEWAY:
                await send_refusal(send, Refusal(502, BAD_GATEWAY, is_json=False))
            case Fault.CUT:
                whole = self._whole(said)
                await send_half(send, self._content_type, whole[: len(whole) // 2])
            case Fault.BROKEN_JSON:
                await send_whole(send, 200, _broken(self._whole(said)), content_type=self._content_type)
            case Fault.ENDED_EARLY:
                await self._end_early(said, send)
            case Fault.SLOW_FIRST_BYTE:
                if not await is_gone(receive, within=self.switch.setting.slow_seconds):
                    await self._send(said, send)
            case Fault.DRIPPING:
                pause = self.switch.setting.slow_seconds / DRIPS
                await drip(send, receive, self._content_type, _drips(self._whole(said)), pause=pause)
            case Fault.ERROR_IN_STREAM:
                await self._fail_in_stream(said, send)
            case _:
                await is_gone(receive, within=PATIENCE_SECONDS)

    async def _end_early(self, said: Said, send: Send) -> None:
        if self.asked.is_streamed and self.route.is_framed:
            frames = list(self._frames(said))
            await send_pieces(send, EVENTS, frames[: (len(frames) + 1) // 2])
        else:
            await send_whole(send, 200, _broken(self._whole(said)))

    async def _block(self, send: Send) -> None:
        match self.wire.blocked(self.asked):
            case Refusal() as refusal:
                await send_refusal(send, refusal)
            case body:
                await send_whole(send, 200, body, content_type=self._content_type)

    async def _fail_in_stream(self, said: Said, send: Send) -> None:
        if not (self.asked.is_streamed and self.route.is_framed):
            await send_refusal(send, self._refusal(Fault.OVERLOADED))
            return
        begun = itertools.islice(self.wire.stream(said, self.asked), 3)
        await send_pieces(send, EVENTS, itertools.chain(begun, (self.wire.fail_in_stream(),)))

    async def _send(self, said: Said, send: Send) -> None:
        if self.asked.is_streamed:
            await send_pieces(send, self._content_type, self._frames(said))
        else:
            await send_whole(send, 200, self._whole(said))

    def _frames(self, said: Said) -> Iterator[bytes]:
        frames = map(damage, self.wire.stream(said, self.asked))
        if self.route.is_framed:
            return frames
        return iter((b"[%b]" % b",\r\n".join(frame.removeprefix(b"data: ").rstrip() for frame in frames),))

    def _whole(self, said: Said) -> bytes:
        return b"".join(self._frames(said)) if self.asked.is_streamed else damage(self.wire.write(said, self.asked))

    def _refusal(self, fault: Fault) -> Refusal:
        return self.wire.fail(fault, self.asked, self.switch.setting.retry_after_seconds)

    @property
    def _content_type(self) -> bytes:
        return EVENTS if self.asked.is_streamed and self.route.is_framed else JSON


def _broken(whole: bytes) -> bytes:
    """Half an object; of a stream half a frame, and none after it."""
    half = whole.rfind(b":", 0, len(whole) // 2) + 1
    return whole[:half] + b"\r\n\r\n" if whole.startswith((b"data:", b"event:")) else whole[:half]


def _drips(whole: bytes) -> Iterator[bytes]:
    size = len(whole) // DRIPS + 1
    return (whole[at : at + size] for at in range(0, len(whole), size))
