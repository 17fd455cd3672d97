# Every command of the project. Needs python3 (3.11 or newer), venv and make; the rest is put into
# .venv and .data of this folder.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
# A single letter option keeps the databases of two runs apart.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadgroup

.PHONY: run test test-postgres test-long check fix bench lock messages screenshots clean

run: .venv/run.stamp
	PORT=$(PORT) $(BIN)/python tools/run.py

test: .venv/dev.stamp
	env -u DATABASE_URL -u REDIS_URL ADVISORY_DATA=.data/test $(PYTEST)

test-postgres: .venv/dev.stamp
	ADVISORY_DATA=.data/test-postgres $(BIN)/python tools/services.py -- $(PYTEST)

test-long: .venv/dev.stamp
	ADVISORY_DATA=.data/test-long $(BIN)/python tools/services.py -- \
		$(BIN)/python -m pytest -m long --timeout 1500 -p no:randomly

check: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy cases advisory
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python tools/messages.py --check

fix: .venv/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/dev.stamp
	ADVISORY_DATA=.data/bench $(BIN)/python tools/services.py -- $(BIN)/python bench/run.py

screenshots: .venv/dev.stamp
	$(BIN)/python tools/screenshots.py

messages: .venv/dev.stamp
	$(BIN)/python tools/messages.py

lock: .venv/dev.stamp
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
		--no-emit-index-url --no-header requirements.in --output-file requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
		--no-emit-index-url --no-header requirements-dev.in --output-file requirements-dev.txt

.venv/run.stamp: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements.txt -r requirements-dev.txt
	touch $@

clean:
	rm -rf .data .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
