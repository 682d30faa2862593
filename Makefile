# One command each. Everything goes into folders of this checkout; nothing else is touched.
#
#   make demo     run everything on virtual machines and an embedded broker
#   make test     run the tests
#   make check    format, lint, types, import floors, then the tests
#   make docs     rewrite the generated parts of the documents
#   make e2e      run the bridge on the real Linux Bluetooth stack, in virtual computers (root)
#   make e2e-faults  the same, with everything that can fail failing (about four minutes)
#   make esphome  check the direction sensor's configurations with ESPHome itself
#   make bench    measure against the floors and the peers
#   make lock     renew the pinned requirements (for maintainers)
#   make clean    remove what the others made
#
# Needs Python >= 3.11 with pip. Another interpreter: make clean, then make PYTHON=python3.13 test
# More arguments: make demo ARGS="--seconds 30", make test ARGS="tests/gatt -k round_trip"

PYTHON ?= python3
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench
ESPHOME := .venv-esphome
PIP := pip --quiet --disable-pip-version-check

# pyftms, one of the peers, needs Python 3.12 or 3.13; without one the other peers are measured.
BENCH_PYTHON ?= $(shell \
  for python in python3.13 "$$HOME"/.pyenv/versions/3.13.*/bin/python \
                python3.12 "$$HOME"/.pyenv/versions/3.12.*/bin/python $(PYTHON); do \
    "$$python" -c pass >/dev/null 2>&1 && { echo "$$python"; break; }; \
  done)

.DEFAULT_GOAL := help
.PHONY: help demo test check lint docs e2e e2e-faults esphome bench lock clean

help:
	@sed -n 's/^#   \(make .*\)/\1/p' Makefile

demo: $(VENV)/ready
	$(BIN)/ftms-bridge demo $(ARGS)

test: $(VENV)/ready-dev
	$(BIN)/python -m pytest $(ARGS)

check: lint test

lint: $(VENV)/ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/ready-dev
	$(BIN)/python tools/generated_docs.py

e2e: $(VENV)/made
	@PYTHONPATH=tools $(BIN)/python -m e2e smoke $(ARGS)

e2e-faults: $(VENV)/made
	@PYTHONPATH=tools $(BIN)/python -m e2e faults $(ARGS)

esphome: $(ESPHOME)/ready
	@$(ESPHOME)/bin/python tools/esphome_check.py $(ARGS)

bench: $(BENCH)/ready
	$(BENCH)/bin/python -m bench --json bench-results.json $(ARGS)

# $(call make_venv,INTERPRETER,FOLDER): some systems have pip but no ensurepip; then the pip there
# is brings in the one for the folder.
define make_venv
	@$(1) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "ftms-bridge needs Python 3.11 or newer; try: make PYTHON=python3.13 ..." >&2; exit 1; }
	@echo "setting up $(2), once"
	@$(1) -m venv --clear $(2) >/dev/null 2>&1 || \
	  { $(1) -m venv --clear --without-pip $(2) && \
	    $(1) -m pip --quiet --python $(2)/bin/python install pip; }
	@touch $(2)/made
endef

$(VENV)/made:
	$(call make_venv,$(PYTHON),$(VENV))

$(VENV)/ready: requirements.txt pyproject.toml | $(VENV)/made
	@$(BIN)/$(PIP) install -r requirements.txt
	@$(BIN)/$(PIP) install --no-deps --editable .
	@touch $@

$(VENV)/ready-dev: requirements-dev.txt $(VENV)/ready
	@$(BIN)/$(PIP) install -r requirements-dev.txt
	@touch $@

$(BENCH)/made:
	$(call make_venv,$(BENCH_PYTHON),$(BENCH))

$(BENCH)/ready: requirements.txt requirements-bench.txt pyproject.toml | $(BENCH)/made
	@$(BENCH)/bin/$(PIP) install -r requirements.txt -r requirements-bench.txt
	@$(BENCH)/bin/$(PIP) install --no-deps --editable .
	@touch $@

$(ESPHOME)/made:
	$(call make_venv,$(PYTHON),$(ESPHOME))

$(ESPHOME)/ready: requirements-esphome.txt | $(ESPHOME)/made
	@$(ESPHOME)/bin/$(PIP) install -r requirements-esphome.txt
	@touch $@

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-header --no-annotate --no-emit-index-url --no-emit-find-links

lock: $(VENV)/ready-dev
	$(BIN)/$(PIP) install uv
	$(COMPILE) --upgrade pyproject.toml --extra demo -o requirements.txt
	$(COMPILE) --upgrade --group dev -c requirements.txt -o requirements-dev.txt
	$(COMPILE) --upgrade --group bench -c requirements.txt -c requirements-dev.txt \
	  -o requirements-bench.txt
	echo esphome | $(COMPILE) --upgrade - -o requirements-esphome.txt

clean:
	rm -rf $(VENV) $(BENCH) $(ESPHOME) dist .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
