# Each command does all the set-up by itself: `make brief`, `make test`, `make lab`, `make docs`.
# PIP_ARGS lets an installer be told where a mirror is; PYTHON names another interpreter.
PYTHON ?= python3
# Test files are shared out among so many processes, the many small ones last, so that all end at about the same time.
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
READY := $(VENV)/.ready

.PHONY: brief test lab docs check lock clean

brief: $(READY)
	$(BIN)/aukus-mcda brief

test: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

lab: $(READY)
	$(BIN)/aukus-mcda lab

docs: $(READY)
	$(BIN)/python -m tools.site

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# Every package is checked against the hash in the lock; compiling them all beforehand would take longer than the brief.
$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name it with: make PYTHON=python3.12")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile $(PIP_ARGS) --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# Needs uv; names no index, so it installs from whichever one pip is set up for.
lock:
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --all-extras --group dev --no-header --no-annotate pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
