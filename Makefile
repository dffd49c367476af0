# Set-up happens by itself, once, in .venv, and again when the requirements or pyproject change.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
LOCK := $(UV) pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-emit-index-url --no-emit-find-links

# On all processors.
PYTEST := $(BIN)/pytest --numprocesses auto --dist worksteal

# The recipes read these from the environment, so that a path may hold spaces and quotes.
export VIDEO SIDE

# Tests start hundreds of processes: without bytecode each would compile the package anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo images learn stats test test-all check bench docs lock clean

help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/base.stamp ## open-field analysis of a rendered video, or of yours: VIDEO=path [SIDE=40cm]
ifdef VIDEO
	$(BIN)/ethoframe open-field "$$VIDEO" $(if $(SIDE),--side "$$SIDE") --out demo-out
else
	$(BIN)/ethoframe demo --out demo-out
endif

images: $(VENV)/images.stamp ## what TIFF stacks, DICOM, NIfTI, Zarr, segmentation and registration need

learn: $(VENV)/learn.stamp ## what fitting learned methods needs (PyTorch; applying a model needs none of it)

stats: $(VENV)/stats.stamp ## what group statistics, learned behaviour, queries and NWB need

test: $(VENV)/dev.stamp ## all but the slow tests and the laws (make check), and the examples in docstrings
	$(PYTEST) -m "not slow" --ignore tests/contract/test_every_method.py --doctest-modules src tests

test-all: $(VENV)/dev.stamp ## every test, the slow ones too, and more examples of each law
	$(PYTEST) --hypothesis-profile thorough --doctest-modules src tests

check: $(VENV)/dev.stamp ## style, types, arrows between rooms, budgets, and the laws of methods
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python .ci/budgets.py
	$(PYTEST) tests/contract/test_every_method.py

bench: $(VENV)/dev.stamp ## speed and quality, measured
	$(BIN)/python -m benchmarks

docs: $(VENV)/dev.stamp ## pages of the Python interface, in docs/build
	$(BIN)/pdoc ethoframe --docformat numpy --output-directory docs/build

lock: $(UV) ## pin what pyproject.toml asks for, keeping the pins there are; UPGRADE=1 for the newest
	$(LOCK) $(if $(UPGRADE),--upgrade) --output-file requirements.txt
	$(LOCK) $(if $(UPGRADE),--upgrade) --output-file requirements-images.txt --extra images --constraint requirements.txt
	$(LOCK) $(if $(UPGRADE),--upgrade) --output-file requirements-learn.txt --extra learn --extra openvino --constraint requirements.txt
	$(LOCK) $(if $(UPGRADE),--upgrade) --output-file requirements-stats.txt --extra stats --extra nwb --constraint requirements.txt
	$(LOCK) $(if $(UPGRADE),--upgrade) --output-file requirements-dev.txt --extra dev --constraint requirements.txt

clean: ## remove results and caches; .venv stays
	rm -rf demo-out build dist docs/build .coverage htmlcov
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests benchmarks .ci -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "ethoframe needs Python 3.11 or newer, and '$(PYTHON)' is not: name one, as in make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make virtual environments: install its venv package (on Debian and Ubuntu python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.8,<1"

# `install` adds what is missing, so that a demo leaves the tools of a developer in place ...
$(VENV)/base.stamp: requirements.txt pyproject.toml | $(UV)
	$(UV) pip install --python $(BIN)/python --require-hashes -r requirements.txt
	$(UV) pip install --python $(BIN)/python --no-deps --editable .
	@touch $@

$(VENV)/images.stamp: requirements-images.txt pyproject.toml | $(VENV)/base.stamp
	$(UV) pip install --python $(BIN)/python --require-hashes -r requirements-images.txt
	@touch $@

$(VENV)/learn.stamp: requirements-learn.txt pyproject.toml | $(VENV)/base.stamp
	$(UV) pip install --python $(BIN)/python --require-hashes -r requirements-learn.txt
	@touch $@

$(VENV)/stats.stamp: requirements-stats.txt pyproject.toml | $(VENV)/base.stamp
	$(UV) pip install --python $(BIN)/python --require-hashes -r requirements-stats.txt
	@touch $@

# ... and `sync` removes what is not locked, so that tests see the same packages everywhere. They
# start hundreds of processes, none of which shall compile PyTorch anew.
$(VENV)/dev.stamp: requirements.txt requirements-dev.txt pyproject.toml | $(UV)
	$(UV) pip sync --compile-bytecode --python $(BIN)/python --require-hashes requirements-dev.txt
	$(UV) pip install --python $(BIN)/python --no-deps --editable .
	@touch $(VENV)/base.stamp $(VENV)/images.stamp $(VENV)/learn.stamp $(VENV)/stats.stamp $@
