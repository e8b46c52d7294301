# `make help` lists the targets. Needed: make, and Python 3.11 to 3.13 with pip; the rest goes into
# .venv-tools and .venv beside this file, and nothing is installed elsewhere.

PYTHON ?= python3
UV_VERSION := 0.13.8
UV := .venv-tools/$(UV_VERSION)/bin/uv
INSTALLED := .venv/.installed
BIN := .venv/bin
# By file, so that what the tests of a file share is made once; the small files come last.
PYTEST_OPTIONS ?= --numprocesses=auto --dist=loadfile --no-loadscope-reorder

# The interpreter of the machine is used: uv must never download one.
export UV_PYTHON_DOWNLOADS := never
# As pip does: trust whom this machine trusts, a company's proxy among them.
export UV_SYSTEM_CERTS := true
# Nothing reports home.
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export GX_ANALYTICS_ENABLED := false

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo test test-deep lint format docs bench up env clean

help: ## list the targets
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

install: $(INSTALLED) ## install everything into .venv, exactly as locked

demo: $(INSTALLED) ## run the bundled month through Airflow, and show what it finds
	$(BIN)/recount demo

test: $(INSTALLED) ## run every test that is not deep
	$(BIN)/python -m pytest $(PYTEST_OPTIONS)

test-deep: $(INSTALLED) ## run the deep tests, kill sender and runs everywhere, change what decides
	$(BIN)/python -m pytest $(PYTEST_OPTIONS) -m deep
	$(BIN)/python -m tests.deep.kills
	$(BIN)/python -m tests.deep.months
	$(BIN)/python -m tests.deep.mutants

lint: $(INSTALLED) ## check style and types of Python and SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 2 dbt_project/models

format: $(INSTALLED) ## rewrite Python to the house's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(INSTALLED) ## write the documentation of every model to build/docs/static_index.html
	$(BIN)/dbt docs generate --static --empty-catalog --quiet \
		--project-dir dbt_project --profiles-dir .ci --target-path ../build/docs
	@echo "open build/docs/static_index.html"

bench: $(INSTALLED) ## measure time and memory against the targets
	$(BIN)/python -m tests.benchmarks.compare
	$(BIN)/python -m tests.benchmarks.extraction
	$(BIN)/python -m tests.benchmarks.packing

# Its own AIRFLOW_HOME: a run that was cut off elsewhere must not be taken up by this scheduler.
up: export AIRFLOW_HOME := $(CURDIR)/build/airflow
up: export AIRFLOW__CORE__DAGS_FOLDER := $(CURDIR)/dags
up: export AIRFLOW__CORE__PLUGINS_FOLDER := $(CURDIR)/plugins
up: export AIRFLOW__CORE__LOAD_EXAMPLES := false
up: export AIRFLOW__CORE__PARALLELISM := 4
up: export AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION := true
up: export AIRFLOW__API__HOST := 127.0.0.1
up: $(INSTALLED) ## start Airflow with its pages on http://127.0.0.1:8080; stop it with Ctrl-C
	PATH="$(CURDIR)/$(BIN):$$PATH" exec .ci/up

env: ## write .env with fresh secrets for docker-compose.yml
	$(PYTHON) .ci/write_env.py .env

clean: ## remove what was built or installed here
	rm -rf build dist .venv .venv-tools .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf dbt_project/target dbt_project/logs

# With --target pip needs no virtual environment, and Debian's pip no permission.
$(UV):
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-warn-script-location \
		--root-user-action ignore --target .venv-tools/$(UV_VERSION) uv==$(UV_VERSION)
	@echo '*' > .venv-tools/.gitignore

# Compiled at once: where Python may not write bytecode, each command would compile it again.
$(INSTALLED): $(UV) pyproject.toml uv.lock
	$(UV) sync --frozen --compile-bytecode --python $(PYTHON)
	@touch $@
