#!/bin/sh
# Writes the lock files: exact versions with hashes, for every Python and system that pyproject.toml names; no addresses of indexes.
#   scripts/lock.sh             keeps what is locked where it still fits
#   scripts/lock.sh --upgrade   takes the newest
set -eu
cd "$(dirname "$0")/.."

compile() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate "$@"
}

compile "$@" pyproject.toml --group dev -o requirements/dev.txt
compile pyproject.toml --constraint requirements/dev.txt -o requirements/run.txt
compile "$@" requirements/setup.in -o requirements/setup.txt
