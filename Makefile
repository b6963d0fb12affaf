# `make` lists what can be done. Every target brings what it needs into .venv.
.DEFAULT_GOAL := help
.PHONY: help setup run chat verify latency test check lint types imports fix lock clean

BIN := .venv/bin
export PYTHON

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.ready-dev  ## everything for running, testing and changing Valera, into .venv

run: .venv/.ready-run  ## start Valera with a database, a demo shop and a simulated Telegram; Ctrl-C stops all of it
	@$(BIN)/valera up

chat: .venv/.ready-run  ## write to the demo shop: make chat TEXT="Сколько стоит покрасить бампер на Камри?"
	@$(BIN)/valera chat "$(TEXT)"

verify: .venv/.ready-run  ## look for anything lost, doubled or stuck in the running installation
	@$(BIN)/valera verify

latency: .venv/.ready-run  ## how much Valera adds to a reply: three rates on a database of its own, about a minute
	@$(BIN)/python scripts/latency.py

test: .venv/.ready-dev  ## all tests, with a real PostgreSQL: make test ARGS="tests/pricing -k import"
	@$(BIN)/pytest $(PARALLEL) $(ARGS)

check: .venv/.ready-dev lint types imports  ## what CI runs: lint, types, imports, tests, coverage
	@$(BIN)/pytest $(PARALLEL) --cov --cov-report=term:skip-covered $(ARGS)

lint: .venv/.ready-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: .venv/.ready-dev
	@$(BIN)/basedpyright

imports: .venv/.ready-dev
	@$(BIN)/lint-imports

fix: .venv/.ready-dev  ## mend what ruff can mend, and the layout of the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: .venv/.ready-dev  ## write the lock files anew: make lock ARGS=--upgrade
	@scripts/lock.sh $(ARGS)

clean:  ## remove .venv and caches; the data in .valera stay
	rm -rf .venv build dist .coverage htmlcov test-results .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +

# Tests wait for processes and for PostgreSQL as much as they compute; one test alone needs no helpers.
PARALLEL ?= --numprocesses=auto

.venv/.ready-run: requirements/setup.txt requirements/run.txt pyproject.toml scripts/setup.sh
	@scripts/setup.sh run

.venv/.ready-dev: requirements/setup.txt requirements/dev.txt pyproject.toml scripts/setup.sh
	@scripts/setup.sh dev
