#!/bin/sh
# Makes .venv with what a lock file names (hashes checked) and this checkout in it. May be repeated; adds, never removes.
#   scripts/setup.sh run    what Valera needs
#   scripts/setup.sh dev    that, and what its tests and checks need
set -eu
cd "$(dirname "$0")/.."
wanted=${1:-run}

stop() { printf 'setup: %s\n' "$*" >&2; exit 1; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
        if command -v "$candidate" >/dev/null 2>&1 && is_new_enough "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    stop "Valera needs Python 3.11 or newer, and ${PYTHON:-no python3 here} is not one. Install it (Debian: apt-get install python3 python3-venv)," \
        "or name it: make PYTHON=/path/to/python3.12"
}

make_venv() {
    python=$(find_python)
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        stop "$python lacks the modules venv and ensurepip. Install them (Debian: apt-get install python3-venv) and run this again."
    "$python" -m venv --clear .venv || stop "$python could not make .venv in $(pwd). Is the disk full, or the folder somebody else's?"
}

# A venv that was interrupted, moved, or whose Python is gone is made anew.
if ! { [ -x .venv/bin/python ] && is_new_enough .venv/bin/python && .venv/bin/python -c 'import pip' 2>/dev/null &&
    [ "$(.venv/bin/python -c 'import sys; print(sys.prefix)')" -ef .venv ]; }; then
    make_venv
fi

pip() { .venv/bin/python -m pip --disable-pip-version-check "$@"; }
offline='The packages could not be installed. Is there a network, or a package index in the settings of pip?'

pip install --quiet --require-hashes -r requirements/setup.txt || stop "$offline"
# uv is ten times faster; pip does it where uv does not run or only pip knows the package index.
if ! .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r "requirements/$wanted.txt"; then
    printf 'setup: uv could not, pip tries\n' >&2
    pip install --quiet --require-hashes -r "requirements/$wanted.txt" || stop "$offline"
fi
pip install --quiet --no-deps --no-build-isolation --editable . || stop "this checkout could not be installed into .venv"

# What a start imports is compiled now, for good. Else the first start does it, in three processes at once; and where Python is told not to
# write (PYTHONDONTWRITEBYTECODE, often in containers) every start does it anew: two of its three seconds.
PYTHONDONTWRITEBYTECODE='' .venv/bin/python -c 'from valera.process import prepare_everything; prepare_everything()' ||
    stop "this checkout does not import"

touch ".venv/.ready-run" ".venv/.ready-$wanted"
