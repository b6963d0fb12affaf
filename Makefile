# `make` lists what can be done. Every target brings what it needs into .venv.
.DEFAULT_GOAL := help
.PHONY: help setup run chat verify coverage bench dialogues evil ui crash-points test check lint types imports fix lock clean chaos rolling

BIN := .venv/bin
export PYTHON

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.ready-dev  ## everything for running, testing and changing Valera, into .venv

run: .venv/.ready-run  ## start Valera with a database, a demo shop and a simulated Telegram; Ctrl-C stops all of it
	@$(BIN)/valera up

chat: .venv/.ready-run  ## write to the demo shop: make chat TEXT="Сколько стоит покрасить бампер на Камри?"
	@$(BIN)/valera chat "$(TEXT)"

verify: .venv/.ready-run  ## look for anything lost, doubled or stuck in the running installation
	@$(BIN)/valera verify

bench: .venv/.ready-dev  ## how fast Valera is here, beside pgbench and aiogram: twelve quiet minutes, or make bench ARGS=--quick
	@$(BIN)/python -m bench $(ARGS)

dialogues: .venv/.ready-dev  ## scripted clients through the whole path, against the stored result; make dialogues ARGS="--all --missed --words"
	@$(BIN)/python -m dialogues $(ARGS)

evil: .venv/.ready-dev  ## a hostile model in 10,000 episodes, and an honest one beside it: make evil ARGS="--episodes 300 --seed 7 --shrink"
	@$(BIN)/python -m evil $(ARGS)

ui: .venv/.ready-dev  ## every page × language × width × colours in a browser: make ui ARGS="--only board --pictures /tmp/pictures"
	@$(BIN)/python -m tests.ui $(ARGS)

crash-points: .venv/.ready-dev  ## fail at every border of the main path, in four ways, and keep the table in docs/reliability.md
	@$(BIN)/python -m tests.reliability.crash_points

test: .venv/.ready-dev  ## all tests, with a real PostgreSQL: make test ARGS="tests/pricing -k import"; with PG=16 what an older one could break
	@$(if $(PG),programs=$$($(BIN)/python scripts/postgres.py $(PG)) && export VALERA_PG_BIN=$$programs &&) \
	$(BIN)/pytest $(PARALLEL) $(or $(ARGS),$(if $(PG),$(DATABASE_TESTS)))

chaos: .venv/.ready-dev  ## 10,000 updates while processes and database are killed: make chaos ARGS="--seed 7", about ten minutes
	@$(BIN)/python -m tests.reliability.chaos $(ARGS)

rolling: .venv/.ready-dev  ## twenty restarts with SIGTERM under load, in which nothing may fail
	@$(BIN)/python -m tests.reliability.chaos.rolling $(ARGS)

check: .venv/.ready-dev lint types imports  ## what CI runs: lint, types, imports, tests
	@$(BIN)/pytest $(PARALLEL) $(ARGS)

coverage: .venv/.ready-dev  ## all tests, and which lines they reach; a third slower
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

# The gates of the database and the paths of a message: what runs on every PostgreSQL that we say we run on.
DATABASE_TESTS := $(addprefix tests/,architecture/test_pgrls.py architecture/test_rival.py architecture/test_rows.py \
	architecture/test_statements.py architecture/test_tenancy.py bookings/test_crowd.py kit/postgres migrations paths/test_conversation.py \
	dashboard/inbox/test_list.py kit/test_live.py reception/ingest reception/test_turn.py reliability/queues/test_work_of_claims.py \
	telegram/outbox/test_delivery.py)

# Tests wait for processes and for PostgreSQL as much as they compute; one test alone needs no helpers.
PARALLEL ?= --numprocesses=auto --dist=worksteal

.venv/.ready-run: requirements/setup.txt requirements/run.txt pyproject.toml scripts/setup.sh
	@scripts/setup.sh run

.venv/.ready-dev: requirements/setup.txt requirements/dev.txt pyproject.toml scripts/setup.sh
	@scripts/setup.sh dev
