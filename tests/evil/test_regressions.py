"""Episodes that once showed a fault, as small as they could be made; each is named after what was wrong."""

from __future__ import annotations

from pathlib import Path

from evil.episode import load
from evil.run import Run

EPISODES = Path(__file__).parent / "regressions"


async def test_what_was_once_wrong_is_right(run: Run) -> None:
    episodes = {path.stem: load(path.read_bytes()) for path in sorted(EPISODES.glob("*.json"))}

    await run.play_batch(list(episodes.values()), show=20)

    names = {id(episode): name for name, episode in episodes.items()}
    assert {names[id(failure.episode)]: [str(fault) for fault in failure.faults] for failure in run.failures} == {}
