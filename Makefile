# Every command of the project. Needs python3 (3.11 or newer), venv and make; the rest is put into
# .venv and .data of this folder, nothing elsewhere.
PYTHON ?= python3
PORT ?= 8000
# What to add to the test command: make test ARGS="tests/people -k letters"
ARGS ?=
BIN := .venv/bin
DATA := $(CURDIR)/.data
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-header
# Two processes: the machines have two cores.
PYTEST := $(BIN)/python -m pytest -n 2 $(ARGS)
SERVICES := $(BIN)/python -m tools.services

.PHONY: help run test test-postgres test-long check fix bench lock messages screenshots clean

help:
	@echo "make run             everything for a first look: web, worker, beat, sample data (PORT=$(PORT))"
	@echo "make test            the suite on SQLite, browser journeys included"
	@echo "make test-postgres   the suite on a PostgreSQL and a Redis of its own"
	@echo "make test-long       chaos runs, large volumes, the full accessibility matrix"
	@echo "make check           lint, import contract, types, templates, migrations, translations"
	@echo "make fix             what lint and format can repair by themselves"
	@echo "make bench           speed as ratios to the floor"
	@echo "make messages        collect and compile translations"
	@echo "make lock            requirements*.in -> requirements*.txt with hashes (needs the network)"
	@echo "make screenshots     the pictures of README and docs"
	@echo "make clean           removes .data and the caches: the practice database, too"

# Exported instead of written before the command, so that make starts it without a shell between:
# a stop from outside then reaches it.
run: export ADVISORY_DATA := $(DATA)
run: export PORT := $(PORT)
run: .venv/run.stamp
	@$(BIN)/python -m tools.run

test: export ADVISORY_DATA := $(DATA)/test
test: .venv/dev.stamp
	env -u DATABASE_URL -u REDIS_URL $(PYTEST)

test-postgres: export ADVISORY_DATA := $(DATA)/test-postgres
test-postgres: .venv/dev.stamp
	$(SERVICES) -- $(PYTEST)

test-long: export ADVISORY_DATA := $(DATA)/test-long
# What races and measures has both cores for itself; what only looks shares them.
test-long: .venv/dev.stamp
	$(SERVICES) -- $(BIN)/python -m pytest -m long --timeout 1500 -p no:randomly tests/long --ignore tests/long/test_rights.py --ignore tests/long/test_audit_cost.py $(ARGS)
	$(SERVICES) -- $(PYTEST) -m long --timeout 1500 --ignore tests/long
	env -u DATABASE_URL -u REDIS_URL $(BIN)/python -m pytest -m long --timeout 1500 tests/long/test_speed.py tests/long/test_audit_cost.py tests/long/test_rights.py

check: export ADVISORY_DATA := $(DATA)/check
check: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python -m tools.production_check
	$(BIN)/python -m tools.sbom --check
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python tools/messages.py --check
	$(BIN)/python -m pytest -q -p no:randomly tests/test_architecture.py tests/test_consistency.py

fix: .venv/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: export ADVISORY_DATA := $(DATA)/bench
bench: .venv/dev.stamp
	$(SERVICES) --durable -- $(BIN)/python bench/run.py $(ARGS)

screenshots: .venv/dev.stamp
	$(BIN)/python tools/screenshots.py

messages: .venv/dev.stamp
	$(BIN)/python tools/messages.py

lock: .venv/dev.stamp
	$(LOCK) requirements.in --output-file requirements.txt
	$(LOCK) requirements-dev.in --output-file requirements-dev.txt
	$(BIN)/python -m tools.sbom

.venv/run.stamp: requirements.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed.")'
	@echo "Installing what the program needs into .venv …"
	@$(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.txt
	@echo "Installing what checking and testing need into .venv …"
	@$(PIP) install --require-hashes -r requirements.txt -r requirements-dev.txt
	@touch $@

clean:
	rm -rf .data .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
