# The four words a newcomer must know. Each sets up what it needs; python3 (3.10 or newer) is all there must be.
#
#   make demo    replay the sample log, as a table here and as a page in build/demo.html; compare two policies on it
#   make test    all tests; those on a site too if a bench is found (BENCH, default ~/frappe-bench)
#   make check   lint, format, types, who may import whom
#   make bench   measure, and write docs/benchmarks.md

PYTHON ?= python3
BIN := .venv/bin
SAMPLE := crm_support_ext/replay/sample
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test check bench

demo: .venv/ready
	@mkdir -p build
	@$(BIN)/crm-support replay $(SAMPLE)/log.csv --policy $(SAMPLE)/policy.toml
	@$(BIN)/crm-support replay $(SAMPLE)/log.csv --policy $(SAMPLE)/policy.toml --html build/demo.html
	@$(BIN)/crm-support compare $(SAMPLE)/log.csv $(SAMPLE)/default.toml $(SAMPLE)/lunch_breaks.toml \
		--html build/compare.html
	@$(BIN)/crm-support compare $(SAMPLE)/log.csv $(SAMPLE)/policy.toml $(SAMPLE)/other_terms.toml \
		--html build/compare_terms.html
	@echo "The page is build/demo.html; two policies beside each other are in build/compare.html and, by what work"
	@echo "costs, in build/compare_terms.html"

test: .venv/ready
	@$(BIN)/python -m tests.run

check: .venv/ready-to-check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/ready-to-measure
	@$(BIN)/python -m tests.perf

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(PIP) -e '.[test]'
	@touch $@

.venv/ready-to-check: pyproject.toml .venv/ready
	$(PIP) -e '.[test,dev]'
	@touch $@

.venv/ready-to-measure: pyproject.toml .venv/ready
	$(PIP) -e '.[test,perf]'
	@touch $@
