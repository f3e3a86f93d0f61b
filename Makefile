# The two commands: `make run` and `make test`. `make help` lists the others.

PY ?= $(shell for name in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && exit; \
	done; echo python3)
BIN := .venv/bin
# What is compiled is kept, also where that is switched off: tests start hundreds of programs.
# Three processes keep two cores busy: one test in five waits for a browser, a database, a program.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 3 --dist loadgroup
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt

PACKAGES := engine domain webapp
SETTINGS := pyproject.toml constraints.txt hatch_build.py
BUNDLED := $(shell find webapp/frontend webapp/translations webapp/formkit/formkit.css -type f -not -path '*/node_modules/*' -not -name '*.mo' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help bench run test test-full check lint types contracts format messages dist clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/ok ## start the product with demonstration data on http://127.0.0.1:8000 (PORT, DATA_DIR, DATABASE_URL)
	@exec $(BIN)/lucheng run --demo

test: .venv/test-ok ## all tests, without the heavy sizes
	@$(PYTEST) -m "not full"

test-full: .venv/test-ok ## all tests, heavy sizes included
	@$(PYTEST)

bench: .venv/test-ok ## what a step costs, in small sizes (docs/performance.md)
	@$(BIN)/python -m bench --smoke

check: lint types contracts test ## lint, types, import contracts and tests

lint: .venv/test-ok ## style, without changing anything
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .

types: .venv/test-ok ## mypy, strict
	@$(BIN)/mypy --no-error-summary

contracts: .venv/test-ok ## who may import whom
	@$(BIN)/lint-imports --no-logo

format: .venv/test-ok ## put the code in the house style
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

messages: .venv/test-ok ## gather the texts of the pages into the catalogues
	@$(BIN)/pybabel -q extract -F pyproject.toml --omit-header --no-wrap --sort-output --add-location=file -o webapp/translations/messages.pot .
	@$(BIN)/pybabel -q update --omit-header --no-wrap --no-fuzzy-matching --ignore-obsolete -i webapp/translations/messages.pot -d webapp/translations

dist: .venv/ok ## one archive for installation without a network, in dist/
	@sh deploy/pack.sh $(BIN)/python dist

clean: ## remove the environment and everything built; data/ stays
	@rm -rf .venv dist build webapp/static/dist webapp/frontend/node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	@find $(PACKAGES) bench tests -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

.venv/bin/python:
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed; $(PY) is $$($(PY) --version 2>&1). Say which one: make run PY=python3.12"; exit 1; }
	@$(PY) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PY) cannot make environments: install its venv package (Debian: python3-venv)"; exit 1; }
	@$(PY) -m venv .venv

.venv/ok: .venv/bin/python $(SETTINGS) $(BUNDLED)
	@echo "Installing into .venv and building the browser code (about half a minute the first time) …"
	@$(INSTALL) -e .
	@touch $@

.venv/test-ok: .venv/bin/python $(SETTINGS) $(BUNDLED)
	@echo "Installing into .venv, with what the tests need (about a minute the first time) …"
	@$(INSTALL) -e '.[test]'
	@touch .venv/ok $@
