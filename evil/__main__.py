"""`python -m evil --episodes 10000 --seed 7`: the last line is one JSON object; 1 if anything in it is not as it should be."""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
import uvloop

from dialogues import telegram
from evil.cluster import started_cluster
from evil.episode import dump
from evil.run import BATCH, Run, held
from evil.shrink import shrink
from valera.reception.readiness import warm_up

if TYPE_CHECKING:
    from collections.abc import Sequence

TRUTHFUL = 20
"""For so many hostile episodes there is an honest one."""

MOST_HELD_BACK = 0.02


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    return uvloop.run(run(asked))


async def run(asked: argparse.Namespace) -> int:
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(10**9)
    print(f"seed {seed}", flush=True)
    warm_up()
    since = time.perf_counter()
    async with started_cluster() as cluster, telegram.listening() as peer:
        with tempfile.TemporaryDirectory(prefix="valera-evil-") as folder:
            made = Run(cluster, peer, Path(folder) / "master.key", seed)
            await made.prepare()
            await made.tell_truths(max(BATCH, asked.episodes // TRUTHFUL), show=asked.show)
            await made.play(asked.episodes, seconds=asked.seconds, show=asked.show)
            if asked.shrink:
                await _show_small(made, asked.show)
    said, held_back = held(made.truths)
    print(
        *(f"held back: {text!r}: {why}" for text, why in held_back[: asked.show]),
        f"truthful: {said}, held_back: {len(held_back)}",
        sep="\n",
        flush=True,
    )
    counts = Counter(fault.kind.value for failure in made.failures for fault in failure.faults)
    kinds = ("forbidden_effects", "unsourced", "unbacked_claims", "unfinished", "over_caps")
    told = {"episodes": made.played, **{kind: counts[kind] for kind in kinds}, "seconds": round(time.perf_counter() - since), "seed": seed}
    print(json.dumps(told), flush=True)
    return int(bool(made.failures) or len(held_back) > MOST_HELD_BACK * said)


async def _show_small(made: Run, most: int) -> None:
    for failure in made.failures[:most]:
        small = await shrink(made, failure.episode, {fault.kind.value for fault in failure.faults})
        print("smallest:", *(str(fault) for fault in failure.faults), dump(small), "", sep="\n", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evil", description="A hostile model against the whole path.")
    parser.add_argument("--episodes", type=int, default=10_000)
    parser.add_argument("--seed", type=int, help="of an earlier run, to play the same episodes")
    parser.add_argument("--seconds", type=float, default=math.inf, help="after which no further batch begins")
    parser.add_argument("--show", type=int, default=20, help="failures that are told with their episodes")
    parser.add_argument("--shrink", action="store_true", help="make those smaller first")
    return parser


if __name__ == "__main__":
    sys.exit(main())
