# Tower: `make demo` produces a clip from nothing, `make test` runs the tests. Each sets up what it needs.
SHELL := /bin/bash
.DELETE_ON_ERROR:
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo test faults check bench clean

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Tower needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what requirements.lock pins ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup
	@TOWER_HOME="$${TOWER_HOME:-$(CURDIR)/.demo}" \
	TOWER_ANIME_PORT=$${TOWER_ANIME_PORT:-0} TOWER_EPISODES_PORT=$${TOWER_EPISODES_PORT:-0} \
	TOWER_MUSIC_PORT=$${TOWER_MUSIC_PORT:-0} TOWER_ECHO_PORT=$${TOWER_ECHO_PORT:-0} \
	TOWER_COMFYUI_PORT=$${TOWER_COMFYUI_PORT:-0} TOWER_PREFECT_PORT=$${TOWER_PREFECT_PORT:-0} TOWER_POSTGRES_PORT=$${TOWER_POSTGRES_PORT:-0} \
	$(BIN)/tower demo

test: setup
	@$(BIN)/python -m pytest

# Every row of the fault suite; FAULTS_INTERVALS=default tries it at the intervals that Tower has by default.
faults: setup
	@FAULTS_INTERVALS=$(FAULTS_INTERVALS) $(BIN)/python -m pytest tests/faults -m fault

check: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: setup
	@$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) .demo
