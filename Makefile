PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEV := $(VENV)/.dev

.PHONY: serve test check gate eval format help clean
help:  ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(DEV): $(READY)
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e ".[dev]"
	touch $@

serve: $(READY)  ## set everything up and open the advisor on http://127.0.0.1:7860
	$(BIN)/advisor serve

test: $(DEV)  ## set everything up and run all tests
	$(BIN)/pytest

check: $(DEV)  ## lint, types, floors, documents and data
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/advisor check

gate: $(DEV)  ## score the dev cases against the recorded floors (minutes)
	$(BIN)/advisor eval gate

eval: $(DEV)  ## score the answers on all cases
	$(BIN)/advisor eval run

format: $(DEV)  ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:  ## remove what the commands made
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache
