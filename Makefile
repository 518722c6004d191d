# PIMS. `make help` says what there is. Needs Python 3.11 or later (with venv) and nothing else.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
STAMPS := $(VENV)/stamps

.NOTPARALLEL:
.PHONY: help assets up test test-fast lint format bench lock clean wheel check-wheel

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: $(STAMPS)/build assets ## install what is missing and run PIMS (PORT=8000)
	@exec $(VENV)/bin/pims up --port $(PORT)

test: $(STAMPS)/dev assets ## everything, with a real browser, on each PostgreSQL there is
	@$(PY) tools/ensure_chromium.py
	@$(PY) tools/ensure_nginx.py
	@$(PY) tools/compile_ahead.py & \
	 $(MAKE) --no-print-directory lint; fine=$$?; wait; exit $$fine
	@$(PY) tools/run_tests.py

test-fast: $(STAMPS)/dev assets ## without the browser, on one PostgreSQL
	@$(PY) tools/run_tests.py --fast

lint: $(STAMPS)/dev ## style, types, the contracts between the rooms, migrations
	@$(PY) tools/lint.py

format: $(STAMPS)/dev ## put the style right where a program can
	@$(VENV)/bin/ruff check --quiet --fix-only src tests tools bench
	@$(VENV)/bin/ruff format --quiet src tests tools bench

bench: $(STAMPS)/dev assets ## how fast it is, beside a floor or a rival (BENCH=--full for all)
	@$(PY) -m bench $(BENCH)

wheel: $(STAMPS)/dev assets ## build the wheel into dist/
	@$(PY) -m build --wheel --no-isolation --outdir dist . >/dev/null && ls dist/*.whl

check-wheel: wheel ## install the wheel in an empty environment and start it there
	@$(PY) tools/check_wheel.py

lock: $(STAMPS)/dev ## resolve the parts again: requirements/*.lock (UPGRADE=--upgrade for newer ones)
	@$(PY) tools/lock.py $(UPGRADE)

clean: ## remove what was built and installed; the state in var/ stays
	@rm -rf $(VENV) dist build frontend/node_modules src/pims/ui/static/dist
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} +
	@find src -name '*.mo' -type f -delete

# -- steps -----------------------------------------------------------------------------------
$(PY):
	@sh tools/make_venv.sh $(VENV)

# build.lock: what runs and what builds the assets. dev.lock: that and what tests.
$(STAMPS)/build: requirements/build.lock pyproject.toml tools/install.py | $(PY)
	@$(PY) tools/install.py requirements/build.lock
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: requirements/dev.lock pyproject.toml tools/install.py | $(PY)
	@$(PY) tools/install.py requirements/dev.lock
	@mkdir -p $(STAMPS) && touch $@ $(STAMPS)/build

# Does only what is out of date.
assets: | $(STAMPS)/build
	@$(PY) -m pims.ui.build
