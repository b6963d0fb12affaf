"""`python -m dialogues`: the dialogues that may be looked at; `--all` or `--aside` for those kept aside; `--words` for what was said."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

import structlog
import uvloop

from bench.cluster import started_cluster
from dialogues import report
from dialogues.case import read_cases
from dialogues.house import SCRIPTED, opened
from dialogues.judge import judge
from dialogues.play import play_all
from dialogues.report import Played
from valera.kit.errors import Invalid
from valera.reception.readiness import warm_up
from valera.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.cluster import Cluster
    from dialogues.case import Case

RECEPTIONIST = "receptionist"
AT_ONCE = 8
PATIENCE_SECONDS = 60
MODEL_SECONDS = 180


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    try:
        return uvloop.run(run(asked))
    except Invalid as error:  # the command line's edge: a model without its key, a setting that makes no sense
        _print(str(error))
        return 2


async def run(asked: argparse.Namespace) -> int:
    """0: no dialogue that was reached before is missed now, and every sum has its row."""
    cases = chosen(read_cases(), asked)
    warm_up()
    is_worse = False
    async with started_cluster() as cluster:
        for models in dict.fromkeys([SCRIPTED, Settings().models]):
            is_worse |= await _speak(cluster, models, cases, asked)
    return int(is_worse)


async def _speak(cluster: Cluster, models: str, cases: list[Case], asked: argparse.Namespace) -> bool:
    since = time.perf_counter()
    who, patience = (RECEPTIONIST, PATIENCE_SECONDS) if models == SCRIPTED else (models, MODEL_SECONDS)
    async with cluster.database("dialogues") as database, opened(cluster.url(database), models=models, patience=patience) as house:
        records = await play_all(house, cases, at_once=AT_ONCE)
    played = [Played(case, records[case.number], judge(case, records[case.number])) for case in cases]
    hidden = {one.case.number for one in played if one.case.is_aside and not asked.show_aside}
    _print(f"== {who}: {len(played)} dialogues in {time.perf_counter() - since:.0f} s")
    for one in played:
        if one.case.number not in hidden and (not asked.missed or not one.verdict.is_reached):
            _print(*report.describe(one, with_words=asked.words))
    _print(*report.summary(played))
    differences, is_worse = report.compare(played, report.load(who))
    told = [line for line in differences if int(line.split(":")[0]) not in hidden]
    _print(f"Against the stored result: {len(differences)} differ{', and it is WORSE' if is_worse else ''}", *told)
    if asked.store:
        report.store(who, played)
    return is_worse and not asked.store


def chosen(cases: list[Case], asked: argparse.Namespace) -> list[Case]:
    if asked.only:
        return [case for case in cases if case.number in asked.only]
    if asked.aside:
        return [case for case in cases if case.is_aside]
    return cases if asked.all else [case for case in cases if not case.is_aside]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dialogues", description="Scripted clients through the whole path.")
    parser.add_argument("--all", action="store_true", help="those kept aside, too; they are counted and not shown")
    parser.add_argument("--aside", action="store_true", help="only those kept aside")
    parser.add_argument("--show-aside", action="store_true", help="show those kept aside: afterwards they are no measure any more")
    parser.add_argument("--only", type=int, nargs="+", metavar="NUMBER", help="these numbers")
    parser.add_argument("--missed", action="store_true", help="show only what was missed")
    parser.add_argument("--words", action="store_true", help="show what was said")
    parser.add_argument("--store", action="store_true", help=f"keep the result in {report.RESULT.name}")
    return parser


def _print(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
