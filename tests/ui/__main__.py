"""`make ui`: every page × language × width × colours, with a picture of each if a folder is named."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

FULL = Path(__file__).with_name("full.py")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make ui", description=__doc__)
    parser.add_argument("--only", default="", help="pages whose address holds this")
    parser.add_argument("--pictures", type=Path, help="a folder for a picture of every look")
    given = parser.parse_args()
    if given.pictures:
        given.pictures.mkdir(parents=True, exist_ok=True)
    os.environ["VALERA_UI_ONLY"], os.environ["VALERA_UI_PICTURES"] = given.only, str(given.pictures or "")
    os.execv(sys.executable, [sys.executable, "-m", "pytest", "-q", "-n", "2", str(FULL)])


if __name__ == "__main__":
    main()
