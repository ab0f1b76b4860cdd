# make demo   installs what the service needs, runs four nights on real calendars, says where the reports are
# make test   installs, runs every test; what this machine lacks is skipped with a reason; TESTS="tests/reports -x" runs some
# make check  style, types, doctests, import rules, lock files
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check
# Accounts that may not write here would compile a hundred modules at each command, for a quarter of a second.
COMPILED := $(BIN)/python -m compileall -qq calendar_sync dedupe reports store flows desk

.PHONY: install install-dev demo test check sbom clean
.DELETE_ON_ERROR:

install: $(VENV)/.runs

install-dev: $(VENV)/.tests

demo: install
	@$(BIN)/outreach demo

test: install-dev
	$(BIN)/python -m pytest $(TESTS)

check: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q --doctest-modules -p no:cacheprovider calendar_sync dedupe reports store flows desk
	$(BIN)/lint-imports
	$(BIN)/python scripts/locked.py

# What is installed is what the lock file lists, hash by hash: --no-deps keeps pip from looking any further.
$(VENV)/.runs: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the service needs into $(VENV) (one to two minutes) ..."
	@$(PIP) install --no-deps --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(COMPILED)
	@touch $@

$(VENV)/.tests: requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the service and its tests need into $(VENV) (two minutes) ..."
	@$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(COMPILED)
	@touch $@ $(VENV)/.runs

$(BIN)/python:
	@$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info < (3, 14); \
	    sys.exit(0 if ok else "Python 3.11, 3.12 or 3.13 is needed, this is " + sys.version.split()[0] + \
	    ". Next: make PYTHON=python3.12 " + "demo")'
	@$(PYTHON) -m venv $(VENV)

sbom: install-dev
	$(BIN)/python scripts/sbom.py

clean:
	rm -rf $(VENV) build outreach-demo *.egg-info
