# The two commands: `make run` builds and shows, `make test` checks everything. The rest are their parts.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Nothing here reports to anyone.
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false
export PYTHONDONTWRITEBYTECODE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export DBT_PROFILES_DIR := $(CURDIR)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: help run test build lint check docs validate mutate clean lock prices sample

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(INSTALLED) ## the sample company, or APPORTION_LANDING=/path: build, check, report
	@$(BIN)/python scripts/run.py

test: $(INSTALLED) ## everything: sample, build with its tests, mutations, docs, lint, pytest (as .ci/run does)
	@$(BIN)/python scripts/check_everything.py

build: $(INSTALLED) ## dbt build alone, as an orchestrator runs it
	@$(BIN)/dbt build

lint: $(INSTALLED) ## sqlfluff over models, macros' callers and tests
	@$(BIN)/python scripts/check_everything.py lint

check: $(INSTALLED) ## is everything documented, and nothing documented that is not there
	@$(BIN)/dbt --quiet parse
	@$(BIN)/python scripts/check_docs.py

mutate: $(INSTALLED) ## break the project in one place at a time and demand a red test
	@$(BIN)/python scripts/mutate.py

validate: $(INSTALLED) ## Great Expectations on the landing zone and the marts: reports/validation.html
	@$(BIN)/python scripts/validate.py

docs: $(INSTALLED) ## dbt's documentation site as one page: target/static_index.html
	@$(BIN)/dbt --quiet docs generate --static
	@echo "target/static_index.html"

sample: $(INSTALLED) ## make the sample company again: sample/
	@$(BIN)/python scripts/make_sample.py

prices: $(INSTALLED) ## refresh the price seed from genai-prices and the cited pages
	@$(BIN)/python scripts/refresh_prices.py

# Versions and hashes of everything, for any platform; no host is named in it.
lock: $(INSTALLED) ## requirements.in -> requirements.lock
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links requirements.in -o requirements.lock

clean: ## what was built: warehouse, sample, target, logs, reports (the virtual environment stays)
	@rm -rf target logs reports sample warehouse/*.duckdb warehouse/*.wal .pytest_cache .hypothesis

$(INSTALLED): requirements.lock
	@echo "Installing into $(VENV) (once, and again when requirements.lock changes)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@touch $@
