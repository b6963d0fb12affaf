from __future__ import annotations

from valera.simulator.messenger.events import QUEUE_SIZE, Event, Events, heard


async def test_who_does_not_read_in_time_is_told_to_look_again() -> None:
    events = Events()
    with events.watching(1, 1) as queue:
        for number in range(QUEUE_SIZE + 1):
            events.publish(1, 1, "message", {"message_id": number})
        assert [queue.get_nowait() for _ in range(queue.qsize())] == [Event("resync", {}), Event("message", {"message_id": QUEUE_SIZE}, 1)]


async def test_quiet_stream_beats_and_ends_when_the_server_stops() -> None:
    events = Events()
    with events.watching(1, 1) as queue:
        names: list[str] = []
        async for event in heard(queue, beat_seconds=0.01):
            names.append(event.name)
            events.stop()
    assert names == ["beat"]


async def test_nobody_is_kept_after_leaving() -> None:
    events = Events()
    with events.watching(1, 1) as queue:
        pass
    events.publish(1, 1, "message", {})
    assert queue.empty()


async def test_one_queue_hears_several_chats_and_says_which() -> None:
    events = Events()
    with events.watching(1, 5, 6) as queue:
        for chat_id in (5, 6, 7):
            events.publish(1, chat_id, "message", {})
    assert [queue.get_nowait().chat_id for _ in range(queue.qsize())] == [5, 6]
