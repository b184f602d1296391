# Needs python3 (3.11 to 3.13) and make; everything else goes into .venv.
PYTHON ?= $(firstword $(foreach v,3 3.13 3.12 3.11,$(shell python$(v) -c \
	'import sys, venv; (3, 11) <= sys.version_info < (3, 14) and print(sys.executable)' 2>&-)))
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
EVENTS ?= 1000000
PORT ?= 8088

.PHONY: help setup setup-all demo dashboards test said test-elsewhere mutants chromium prove \
	dashboards-test java test-spark lint bench freshness plans clean

help: ## Show what there is to make
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

setup: .venv/ready ## Install fast-dau into .venv

setup-all: .venv/ready ## Install what any target needs, at one go
	@echo "Installing what tests, Spark and benchmarks need …"
	@$(PIP) --editable '.[dev,spark,bench]'
	@touch .venv/ready-to-develop .venv/ready-for-spark .venv/ready-to-bench

demo: .venv/ready ## Show DAU and retention of a million synthetic events
	@$(BIN)/fast-dau demo --events $(EVENTS)

dashboards: .venv/ready ## Show the dashboard in Apache Superset (PORT=8088)
	@$(BIN)/python -m orchestration.dashboards --port $(PORT)

test: .venv/ready-to-develop ## Run the tests, on a real Postgres of their own
	$(BIN)/pytest --numprocesses 2 --dist worksteal

said: .venv/ready-to-develop ## Write anew what the tests compare help and refusals with
	WRITE_SAID=1 $(BIN)/pytest --quiet tests/test_said.py

test-elsewhere: .venv/ready-to-develop ## Run the quick ones where others may have a checkout
	$(BIN)/python -m tests.elsewhere

mutants: .venv/ready-to-develop ## Plant bugs, one by one, and see that the tests find them
	$(BIN)/python -m tests.mutants $(if $(PART),--part $(PART))

# Debian's, for the test in a browser, and a font for the pictures that it looks at.
# Where they cannot be installed, that test says so.
chromium:
	@command -v "$${FAST_DAU_CHROMIUM:-chromium}" >/dev/null || ! command -v apt-get >/dev/null || { \
		echo "Installing Chromium for the test in a browser …"; \
		sudo=; [ "$$(id -u)" = 0 ] || sudo="sudo -n"; \
		{ $$sudo apt-get -qq update && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq install \
			--no-install-recommends chromium fonts-dejavu-core; } >/dev/null 2>&1; } || true

prove: .venv/ready-to-develop chromium ## Run the long tests: crashes, weeks, the README, a browser
	FAST_DAU_EXAMPLES=$${FAST_DAU_EXAMPLES:-3} $(BIN)/pytest --numprocesses 2 --dist worksteal \
		-m prove

dashboards-test: .venv/ready-to-develop chromium ## Look at every chart in a browser
	$(BIN)/pytest -m dashboards tests/test_dashboards_in_a_browser.py

# What Spark runs on, and what it reads Postgres by, Debian's. Where Java cannot be
# installed, `fast-dau spark` says so.
java:
	@{ command -v java && ls /usr/share/java/postgresql.jar; } >/dev/null 2>&1 || ! command -v apt-get >/dev/null || { \
		echo "Installing Java for Spark …"; \
		sudo=; [ "$$(id -u)" = 0 ] || sudo="sudo -n"; \
		{ $$sudo apt-get -qq update && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq install \
			--no-install-recommends openjdk-17-jre-headless libpostgresql-jdbc-java; } >/dev/null 2>&1; } || true

test-spark: .venv/ready-to-develop .venv/ready-for-spark java ## Run the tests on a Spark cluster
	$(BIN)/pytest --numprocesses 2 --dist loadscope -m spark

lint: .venv/ready-to-develop ## Check style, types, SQL and the dbt project
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 2 dbt_project
	$(BIN)/dbt --quiet --warn-error parse --no-partial-parse --project-dir dbt_project
	DBT_ALLOW_EXPERIMENTAL_ADAPTERS=true $(BIN)/dbt-core-experimental-parser parse \
		--project-dir dbt_project --profiles-dir . --target-path target/next-engine

bench: .venv/ready-to-bench ## Measure builds, reads and rivals (EVENTS=10000000)
	$(BIN)/python -m benchmarks.run

freshness: .venv/ready ## Measure what each way to be fresh costs (EVENTS=10000000)
	$(BIN)/python -m benchmarks.freshness

plans: .venv/ready-to-bench ## Keep the plans of runs at 100 million events (35 GB)
	$(BIN)/python -m benchmarks.plans

clean: ## Remove .venv, .venv-superset and this checkout's own Postgres and Spark
	-@$(BIN)/fast-dau spark stop
	-@$(BIN)/fast-dau db stop
	rm -rf .venv .venv-superset .fast-dau

.venv/ready: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11, 3.12 or 3.13 with the venv \
	module found: install one (on Debian: python3 and python3-venv), or set PYTHON." >&2; exit 1; }
	@echo "Setting up .venv, which takes a minute the first time …"
	@$(PYTHON) -m venv .venv
	@$(PIP) --editable .
	@touch $@

.venv/ready-to-develop: .venv/ready
	@echo "Installing what the tests need …"
	@$(PIP) --editable '.[dev]'
	@touch $@

.venv/ready-for-spark: .venv/ready
	@echo "Installing Spark …"
	@$(PIP) --editable '.[spark]'
	@touch $@

.venv/ready-to-bench: .venv/ready
	@echo "Installing what the benchmarks compare with …"
	@$(PIP) --editable '.[bench]'
	@touch $@
