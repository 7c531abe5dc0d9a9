# Every target prepares what it needs: `make demo` on a fresh clone is enough.
# Needed beforehand: make, a shell, and Python 3.11 or newer with venv and pip.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
SOURCES := exchange_node tests tools $(wildcard benchmarks)
ARGS ?=
KILL_POINTS ?= 100
FUZZ_SECONDS ?= 5
# As many tests at a time as there are processors; the tests of a file stay together, since they
# share what is dear to make. ARGS="-n 0" runs them one after another.
SPREAD := -n auto --dist loadfile

# Tests start many processes, and each would compile the whole program anew.
unexport PYTHONDONTWRITEBYTECODE

# The first of these that is Python 3.11 or newer and can make virtual environments.
PYTHONS := $(PYTHON) python3 python3.13 python3.12 python3.11
FIND_PYTHON = for each in $(PYTHONS); do \
	  "$$each" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	    && python="$$each" && break; \
	done; \
	if [ -z "$${python:-}" ]; then \
	  echo "No Python 3.11 or newer with venv was found (tried: $(PYTHONS))." >&2; \
	  echo "Install one (on Debian: python3 and python3-venv) or name it: make PYTHON=/path/to/python3" >&2; \
	  exit 1; \
	fi

.PHONY: help setup demo test interop check fmt docs catalogues bench bench-alerts bench-as4 bench-large bench-lookup bench-map bench-names bench-policy coverage fuzz test-postgres test-kill test-wheel wheel lock clean

help:  ## Show this list
	@echo "CAREC customs exchange node: make TARGET"
	@echo
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(VENV)/.dev  ## Make .venv with everything to run, test and check

demo: $(VENV)/.run  ## Two administrations on this machine: a manifest crosses, an alert comes back
	$(BIN)/exchange-node demo $(ARGS)

test: $(VENV)/.dev  ## Run the tests (ARGS="-k word" narrows them)
	@tools/say_interop.sh
	$(BIN)/python -m pytest $(SPREAD) -m "not postgres and not kill_long and not interop" $(ARGS)

interop: $(VENV)/.dev  ## Exchange messages with phase4, built from Maven (needs a JDK 17 and Maven)
	EXCHANGE_NODE_REQUIRE_INTEROP=1 $(BIN)/python -m pytest -m interop tests/interop $(ARGS)

check: $(VENV)/.dev  ## Format, lint, types and import contracts, changing nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(SOURCES)
	$(BIN)/lint-imports

fmt: $(VENV)/.dev  ## Format the code and mend what the linter can mend
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

docs: $(VENV)/.dev  ## Write the generated parts of the documentation
	$(BIN)/python tools/make_docs.py $(ARGS)

catalogues: $(VENV)/.dev  ## Bring the translations' template and catalogues up to date
	$(BIN)/python tools/make_catalogues.py $(ARGS)

bench: $(VENV)/.dev  ## Measure each step against parsing and writing the same document
	$(BIN)/python -m benchmarks $(ARGS)

bench-alerts: $(VENV)/.dev  ## Measure matching: manifests against many alerts, new alerts against many manifests
	$(BIN)/python -m benchmarks.alerts $(ARGS)
	tools/with_postgres.sh $(BIN)/python -m benchmarks.alerts --only file --only alert $(ARGS)

bench-as4: $(VENV)/.dev  ## Measure messages between two nodes, beside phase4 (with a JDK 17 and Maven) and their floor
	$(BIN)/python -m benchmarks.as4 $(ARGS)

bench-map: $(VENV)/.dev  ## Measure mapping and checking by format and size, beside libxslt
	$(BIN)/python -m benchmarks.mapping $(ARGS)

bench-names: $(VENV)/.dev  ## Measure how well names are compared across scripts, on the list of the tests
	$(BIN)/python -m benchmarks.names $(ARGS)

bench-policy: $(VENV)/.dev  ## Measure a gate and minimising against copying the same document
	$(BIN)/python -m benchmarks.policy $(ARGS)

bench-lookup: $(VENV)/.dev  ## Measure look-ups at the border with a million manifests, on SQLite and on PostgreSQL
	$(BIN)/python -m benchmarks.lookup $(ARGS)
	tools/with_postgres.sh $(BIN)/python -m benchmarks.lookup $(ARGS)

bench-large: $(VENV)/.dev  ## Watch the memory of two nodes while attachments of 100 and 300 MB cross
	$(BIN)/python -m benchmarks.large $(ARGS)

coverage: $(VENV)/.dev  ## Run the tests and show which branches no test takes
	$(BIN)/python -m pytest $(SPREAD) -m "not postgres and not kill_long and not interop" \
	  --cov --cov-report=term-missing $(ARGS)

fuzz: $(VENV)/.fuzz  ## Look for inputs that break a parser, FUZZ_SECONDS (5) for each (ARGS="name …")
	FUZZ_SECONDS=$(FUZZ_SECONDS) $(BIN)/python -W ignore -m tests.fuzz $(ARGS)

test-postgres: $(VENV)/.dev  ## Store and exchange tests on a PostgreSQL of their own
	tools/with_postgres.sh --hasty $(BIN)/python -m pytest $(SPREAD) tests/store tests/exchange \
	  --ignore tests/exchange/test_demo.py $(ARGS)

test-kill: $(VENV)/.dev  ## Kill real nodes at KILL_POINTS (100) seeded points and compare the outcome
	EXCHANGE_NODE_KILL_POINTS=$(KILL_POINTS) $(BIN)/python -m pytest tests/kill $(ARGS)

wheel: $(VENV)/.dev  ## Build the wheel and the source archive into dist/
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist .

test-wheel: wheel  ## Install the wheel into an empty environment and run its demo in an empty folder
	tools/test_wheel.sh $(BIN)/python dist/*.whl

# Locks are remade as a whole: the newest versions that pyproject.toml admits, for every platform.
# Each takes from those before it what it shares with them.
LOCK = uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links

lock:  ## Make the lock files in locks/ anew (uses uv, fetched for the moment if it is missing)
	@$(FIND_PYTHON); set -e; \
	if ! command -v uv >/dev/null; then \
	  temporary=$$(mktemp -d); trap 'rm -rf "$$temporary"' EXIT; \
	  "$$python" -m venv "$$temporary"; \
	  "$$temporary/bin/python" -m pip --disable-pip-version-check install --quiet uv; \
	  PATH="$$temporary/bin:$$PATH"; \
	fi; set -x; \
	$(LOCK) pyproject.toml --output-file locks/run.txt; \
	$(LOCK) pyproject.toml --extra postgres --constraint locks/run.txt --output-file locks/postgres.txt; \
	$(LOCK) --group build --constraint locks/postgres.txt --output-file locks/build.txt; \
	$(LOCK) --group dev --constraint locks/postgres.txt --constraint locks/build.txt \
	  --output-file locks/dev.txt; \
	$(LOCK) --group fuzz --constraint locks/dev.txt --output-file locks/fuzz.txt

clean:  ## Remove .venv and everything that was built or cached
	rm -rf $(VENV) .fuzz dist build .coverage .coverage.* htmlcov .pytest_cache .mypy_cache .ruff_cache \
	  .import_linter_cache .hypothesis tests/interop/phase4/target
	find benchmarks/results -mindepth 1 -maxdepth 1 ! -name alerts.json ! -name as4.json ! -name lookup.json -exec rm -rf {} + 2>/dev/null || true
	find exchange_node tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# ---- the environment: made anew when a lock changes, installed again when pyproject.toml does

$(VENV)/.made: locks/run.txt locks/build.txt
	@$(FIND_PYTHON); set -e; rm -rf $(VENV); \
	echo "Making $(VENV) with $$("$$python" -c 'import sys; print(sys.executable, sys.version.split()[0])')"; \
	"$$python" -m venv $(VENV)
	$(PIP) install --quiet --require-hashes -r locks/build.txt -r locks/run.txt
	@touch $@

$(VENV)/.run: $(VENV)/.made pyproject.toml
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run locks/dev.txt
	@if [ -e $@ ] && [ -n "$(filter locks/dev.txt,$?)" ]; then rm -rf $(VENV); $(MAKE) $(VENV)/.run; fi
	$(PIP) install --quiet --require-hashes -r locks/dev.txt
	@touch $@

$(VENV)/.fuzz: $(VENV)/.dev locks/fuzz.txt
	$(PIP) install --quiet --require-hashes -r locks/fuzz.txt
	@touch $@
