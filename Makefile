# make run     start the app on 127.0.0.1 (installs what it needs, fills a new store with sample data)
# make test    all tests            make check   formatting, lint, types
# make bench   measured ratios   make soak    round after round with other random cases, and the bench at 10 and 50 M facts
# make docs    write the references of docs/cli.md and docs/api.md anew
# make sample  fill an empty store with labelled sample data
# Settings: PORT=8600, PYTHON=python3.12, STORE=/some/where/kpis.duckdb, ROWS=1000000, ROUNDS=20

PYTHON ?= python3
PORT   ?= 8501
ROWS   ?= 1000000
ROUNDS ?= 20
# In the order of their folders: files of few but long tests (browsers, stores of the sample) must not come last.
# More of them than processors: browsers, servers and disks let a test wait.
PYTEST ?= -n 4 --dist loadfile --no-loadscope-reorder

AT      := $(if $(STORE),--store "$(STORE)")
BIN     := .venv/bin
RUNTIME := .venv/.runtime-installed
DEV     := .venv/.dev-installed

.PHONY: run sample install test check docs bench soak clean

run: $(RUNTIME)
	@exec $(BIN)/python -m opsmetrics serve --sample $(AT) --port $(PORT)

sample: $(RUNTIME)
	@$(BIN)/python -m opsmetrics sample $(AT)

install: $(DEV)

test: $(DEV)
	$(BIN)/python -m pytest $(PYTEST)

check: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

docs: $(RUNTIME)
	@$(BIN)/python -m docs.reference

bench: $(DEV)
	@$(BIN)/python -m bench --rows $(ROWS)

# Kills fall at other moments; random cases are others in each round, and more than in `make test`; each known value of real files is altered once.
soak: $(DEV)
	@for round in $$(seq $(ROUNDS)); do \
		echo "round $$round of $(ROUNDS)"; \
		OPSMETRICS_SOAK=1 $(BIN)/python -m pytest $(PYTEST) --hypothesis-seed=$$round \
			tests/store tests/ingest tests/facts tests/series tests/stats tests/verdict tests/catalog \
			tests/desk tests/server || exit 1; \
	done
	@OPSMETRICS_SOAK=1 SAMPLE_SEEDS=$$((10 * $(ROUNDS))) $(BIN)/python -m pytest tests/sample tests/browser tests/cli/test_real_data.py tests/test_bench.py
	@test ! -d ../shared/data || $(BIN)/python -m tests.reference.altered
	@$(BIN)/python -m bench --large

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "OpsMetrics needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1 || true)."; \
		echo "Install one and name it: make run PYTHON=python3.12"; exit 1; }
	@echo "Creating .venv ..."
	@$(PYTHON) -m venv .venv || { \
		echo "Python could not create .venv. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

$(RUNTIME): requirements.txt | $(BIN)/python
	@echo "Installing dependencies (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(RUNTIME) | $(BIN)/python
	@echo "Installing development dependencies (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
