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

# The tests have a warehouse of their own, and the sample's files whatever the shell's variables name.
TEST_WAREHOUSE := target/test/apportion.duckdb
SAMPLE_ENV := env -u APPORTION_LANDING -u APPORTION_POLICY APPORTION_WAREHOUSE=$(TEST_WAREHOUSE)
COMMA := ,
say = printf '\n\033[1m== %s\033[0m\n' "$(1)"

.PHONY: help run test build lint check docs validate mutate clean lock prices sample scenario bench

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(INSTALLED) ## the sample company, or APPORTION_LANDING=/path: build, check, report
	@$(BIN)/python scripts/run.py

test: $(INSTALLED) ## everything: sample, build with its tests, docs, lint, mutations, pytest (as .ci/run does)
	@$(call say,Run: sample$(COMMA) build with its tests$(COMMA) validation$(COMMA) report)
	@$(SAMPLE_ENV) $(BIN)/python scripts/run.py --page target/test/validation.html
	@$(call say,Documentation)
	@$(BIN)/python scripts/check_docs.py
	@$(SAMPLE_ENV) $(BIN)/python scripts/answers.py --check
	@$(call say,Lint)
	@$(MAKE) --no-print-directory lint
	@$(call say,Mutations)
	@$(SAMPLE_ENV) $(BIN)/python scripts/mutate.py
	@$(call say,Python tests)
	@$(SAMPLE_ENV) APPORTION_TEST_WAREHOUSE=$(TEST_WAREHOUSE) $(BIN)/python -m pytest -n 2 --dist loadfile tests/python

build: $(INSTALLED) ## dbt build alone, as an orchestrator runs it
	@$(BIN)/dbt build

lint: $(INSTALLED) ## sqlfluff over models and tests
	@$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar models tests

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

scenario: $(INSTALLED) ## what a planned workload would cost: FILE=mine.csv (default: the policy's), and a chart
	@$(BIN)/python scripts/scenario.py $(if $(FILE),--file $(FILE))

sample: $(INSTALLED) ## make the sample company again: sample/
	@$(BIN)/python scripts/make_sample.py

prices: $(INSTALLED) ## refresh the price seed from genai-prices and the cited pages
	@$(BIN)/python scripts/refresh_prices.py

bench: $(INSTALLED) ## a large AWS report and many calls beside bare queries (LINES=5000000 CALLS=20000000)
	@$(BIN)/python scripts/bench_charges.py --lines $(or $(LINES),5000000) --materialized view
	@$(BIN)/python scripts/bench_calls.py --calls $(or $(CALLS),20000000)

# Versions and hashes of everything, for any platform; no host is named in it.
lock: $(INSTALLED) ## requirements.in -> requirements.lock
	@$(BIN)/python -m pip install -qq uv
	@$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-strip-extras --no-emit-index-url --no-emit-find-links requirements.in -o requirements.lock

clean: ## what was built: warehouse, sample, target, logs, reports (the virtual environment stays)
	@rm -rf target logs reports sample warehouse/*.duckdb warehouse/*.wal .pytest_cache .hypothesis

$(INSTALLED): requirements.lock
	@echo "Installing into $(VENV) (once, and again when requirements.lock changes)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements.lock
	@touch $@
