"""`python -m tests.reliability.chaos`: ends by itself, with the JSON object last and 1 when a promise is broken."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys

from tests.reliability.chaos.plan import Plan
from tests.reliability.chaos.report import broken_promises, told
from tests.reliability.chaos.run import run, tell


def main() -> int:
    plan = _read_plan()
    tell(f"seed {plan.seed}: {plan}")
    outcome = asyncio.run(run(plan))
    sys.stdout.write(told(outcome) + "\n")
    return 1 if broken_promises(outcome) else 0


def _read_plan() -> Plan:
    """Every number of the plan has its option."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.chaos", description=__doc__)
    usual = Plan(secrets.randbelow(1_000_000))
    for name in Plan.__dataclass_fields__:
        value = getattr(usual, name)
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value, metavar=type(value).__name__)
    return Plan(**vars(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
