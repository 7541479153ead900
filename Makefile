# Two commands set everything up on a machine that has Python 3.11+, Node 20+, make and git.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
UV_VERSION := $(shell sed -n 's/^ *"uv==\([0-9.]*\)".*/\1/p' pyproject.toml)
UV := .venv-uv/bin/uv
RUN := $(UV) run --frozen --quiet
export UV_PYTHON_DOWNLOADS := never
export UV_PYTHON := $(shell $(PYTHON) -c 'import sys; print(sys.executable)')

.PHONY: help setup demo test check lint types definitions diagrams synth nag bench deploy clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | column -t -s "$$(printf '\t')"

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
