# Two commands set everything up on a machine that has Python 3.11+, Node 20+, make and git.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
UV_VERSION := $(shell sed -n 's/^ *"uv==\([0-9.]*\)".*/\1/p' pyproject.toml)
UV := .venv-uv/bin/uv
RUN := $(UV) run --frozen --quiet
export UV_PYTHON_DOWNLOADS := never
# Node 20 is enough for synthesis; jsii only says that its own support of it has ended.
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20
# Without bytecode every worker would compile every test, and every engine itself, anew.
unexport PYTHONDONTWRITEBYTECODE
export UV_PYTHON := $(shell $(PYTHON) -c 'import sys; print(sys.executable)')

UNITS := $(RUN) pytest -n 2 --dist loadfile --no-loadscope-reorder --ignore tests/e2e --ignore tests/sweep/test_sample.py --ignore tests/pairs/test_pairs.py --ignore tests/grants/test_sample.py
E2E := $(RUN) pytest -n 3 --dist loadgroup tests/e2e

.PHONY: help setup demo test test-units test-e2e test-sweep sweep pairs grants mutants soak test-containers test-aws check lint types definitions diagrams synth secrets audit nag paths bench deploy clean

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' Makefile | column -t -s "$$(printf '\t')"

$(UV): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; %s is %s (set PYTHON=...)" % (sys.executable, sys.version.split()[0]))'
	@$(PYTHON) -m venv .venv-uv
	@.venv-uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/.ready: $(UV) pyproject.toml uv.lock
	@$(UV) sync --frozen --quiet
	@touch $@

node_modules/.ready: package.json package-lock.json
	@command -v node >/dev/null || { echo 'Node 20 or newer is needed for CDK synthesis; none is on PATH'; exit 3; }
	@npm ci --silent --no-audit --no-fund
	@touch $@

setup: .venv/.ready ## Python environment from the lock file

demo: .venv/.ready ## break the strategy service and watch the state machine cure it, on the embedded AWS
	@$(RUN) runbooks demo stale-heartbeat --fault service-crashed

# One lane after the other: side by side they starve each other on 2 cores, and questions lapse before they are answered.
test: test-units test-e2e test-sweep ## all tests

test-units: .venv/.ready node_modules/.ready ## all tests but those on the embedded AWS with the whole stack
	@$(UNITS)

test-e2e: .venv/.ready node_modules/.ready ## every runbook on the embedded AWS, seen from outside
	@$(E2E)

test-sweep: .venv/.ready node_modules/.ready ## some of what `make sweep`, `make pairs` and `make grants` try
	@$(RUN) pytest tests/sweep/test_sample.py tests/pairs/test_pairs.py tests/grants/test_sample.py

sweep: .venv/.ready node_modules/.ready ## every single fault in every task state of every machine, on two engines; writes docs/sweep.md
	@$(RUN) python -m tests.sweep

mutants: .venv/.ready node_modules/.ready ## every wrong edit of definitions and safety conditions; writes docs/mutants.md
	@$(RUN) python -m tests.mutants

pairs: .venv/.ready node_modules/.ready ## every two runbooks at once, 50 times each, on two engines (about two hours); writes docs/pairs.md
	@$(RUN) python -m tests.pairs

grants: .venv/.ready node_modules/.ready ## each grant of each role, held back from the call that first uses it; writes docs/grants-shown.md
	@$(RUN) python -m tests.grants

soak: .venv/.ready node_modules/.ready ## 1,000 strategies, faults, alarms and people at once for 20 minutes; writes docs/soak.md
	@$(RUN) python -m tests.soak

test-containers: .venv/.ready ## every definition's cases on a second engine, in a container
	@TRADAI_TEST_CONTAINERS=1 $(RUN) pytest -q -rfE tests/containers/test_second_engine.py

test-aws: .venv/.ready ## AWS's own word on every definition; only with credentials and TRADAI_TEST_AWS=1
	@$(RUN) python -m tests.aws

check: lint types definitions diagrams synth secrets audit ## everything that needs no run: lint, types, definitions, synthesis, cfn-lint, cdk-nag, secrets, known holes

lint: .venv/.ready
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .

types: .venv/.ready
	@$(RUN) mypy

secrets: .venv/.ready ## no key and no password in a tracked file
	@$(RUN) python -m infra.secret_scan

audit: .venv/.ready node_modules/.ready ## known holes in what we depend on; "unknown" where nobody answers
	@$(RUN) python -m infra.audit

definitions: .venv/.ready ## the project's own checks over every state machine definition
	@$(RUN) python -m infra.checks

diagrams: .venv/.ready ## fails where a generated diagram has drifted
	@$(RUN) python -m infra.diagrams --check
	@$(RUN) python -m infra.permissions --check

synth: .venv/.ready node_modules/.ready ## templates of every environment, with cdk-nag and cfn-lint
	@$(RUN) python -m infra.synth --all --lint
	@$(RUN) node_modules/.bin/cdk synth --quiet -c env=dev

paths: .venv/.ready ## the ways through the definitions, after one of them has changed; look at the difference
	@$(RUN) python -m tests.paths

bench: .venv/.ready ## measures on this machine; writes benchmarks/results.json and docs/benchmarks.md
	@$(RUN) python -m benchmarks

deploy: .venv/.ready node_modules/.ready ## to AWS: make deploy ENV=dev
	@$(RUN) node_modules/.bin/cdk deploy -c env=$(ENV)

clean: ## everything that was generated
	@rm -rf build cdk.out .local .venv .venv-uv node_modules .pytest_cache .mypy_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
