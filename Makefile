# Two commands do everything on a fresh machine: `make dashboard` and `make test`.
.PHONY: screenshots dashboard test test-all lint lab snapshot bench setup setup-dev clean
PORT ?= 8866
DATA ?= ../shared/data
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
BIN := .venv/bin

dashboard: .venv/.run
	$(BIN)/kavelmon dashboard --port $(PORT) $(if $(NO_BROWSER),--no-browser)

test: .venv/.dev
	$(BIN)/python -m kavelmon.dashboard.documents >/dev/null & made=$$!; $(MAKE) lint && wait $$made  # before the tests compete
	$(BIN)/pytest -n 2 --dist loadfile -m "not slow"

test-all: .venv/.dev lint
	$(BIN)/pytest

screenshots: .venv/.dev
	KAVELMON_SCREENSHOTS=1 $(BIN)/pytest tests/browser/test_states.py tests/browser/test_composing.py tests/browser/test_any_area.py tests/browser/test_selection.py tests/browser/test_costs.py

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

lab: .venv/.lab
	$(BIN)/jupyter lab notebooks/verkennen.ipynb

snapshot: .venv/.dev
	$(BIN)/kavelmon snapshot --from $(DATA)

bench: .venv/.dev
	$(BIN)/python -m benchmarks.reading
	$(BIN)/python -m benchmarks.composing
	$(BIN)/python -m benchmarks.page
	$(BIN)/python -m benchmarks.selection
	$(BIN)/python -m benchmarks.savings
	$(BIN)/python -m benchmarks.update

.venv/.python:
	@test -n "$(PYTHON)" || { echo "kavelmon needs Python 3.11 or newer; none was found. Install it, or call: make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.run: .venv/.python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/.lab: .venv/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[lab]"
	@touch $@

.venv/.dev: .venv/.python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[lab,test]"
	@touch $@ .venv/.run .venv/.lab

clean:
	rm -rf .venv
