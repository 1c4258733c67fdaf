# Two commands: `make run` and `make test`. Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu

.PHONY: setup run test format reference clean

setup: $(STAMP)

$(STAMP): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; set PYTHON=/path/to/it."; exit 2; }
	$(PYTHON) -m venv $(VENV)
	@# On Linux the usual index gives a PyTorch with gigabytes of GPU libraries; the CPU build is asked for first, once and
	@# shortly. Where pip has sources of its own, those decide.
	@if [ "$$(uname -s)" = Linux ] && ! $(BIN)/python -m pip config list | grep -qE 'index-url|find-links|no-index'; then \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --timeout 10 --retries 0 \
			--index-url $(TORCH_INDEX) "$$(grep '^torch==' requirements.txt)" \
		|| echo "The CPU build of PyTorch is not at $(TORCH_INDEX): the usual one is installed."; \
	fi
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

run: setup
	@$(BIN)/python -m kb starter
	@$(BIN)/python -m kb serve

test: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
	# One file goes to one of two processes; more threads than cores make the encoder many times slower.
	KB_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

reference: setup
	$(BIN)/python -m kb.cli.reference commands > docs/reference/commands.md
	$(BIN)/python -m kb.cli.reference settings > docs/reference/settings.md
	$(BIN)/python -m web.api.reference > docs/reference/api.md

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache
