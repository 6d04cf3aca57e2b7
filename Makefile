# Needs make and Python 3.11 or newer; everything else goes into $(VENV).
# Another interpreter: make test PYTHON=/path/to/python3.12

PYTHON ?= python3
VENV ?= .venv
ARGS ?=
JOBS ?= 2

BIN := $(VENV)/bin
# What pip does not compile is compiled when it is first imported, which most of it never is; unless
# nothing may be written then, and every process would compile it again.
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --quiet \
	$(if $(PYTHONDONTWRITEBYTECODE),,--no-compile)
# Most of what XLA compiles in tests runs for less time than compiling it takes: it is compiled with less
# effort, and processes share it.
XLA := --xla_backend_optimization_level=1 --xla_cpu_use_fusion_emitters=false --xla_cpu_parallel_codegen_split_count=1
SHARED := JAX_COMPILATION_CACHE_DIR=$(abspath $(VENV))/xla JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS=0 \
	XLA_FLAGS="$(XLA) $(XLA_FLAGS)"
UV ?= $(BIN)/uv
COMPILE := $(UV) pip compile pyproject.toml --group build --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --no-emit-index-url --quiet $(if $(UPGRADE),--upgrade)

# Outside the lock, where PyTorch would be the build for CUDA with 3 GB of libraries. The lock holds what
# the build for the CPU needs. Where pip finds the other one only, it brings these libraries too, unless
# PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu says where the small one is.
TORCH := torch==2.13.0
STABLE_BASELINES := stable-baselines3==2.9.2
CONTRIB := sb3-contrib==2.9.2

.PHONY: help demo test check .docs .code format lock oracles clean
.DELETE_ON_ERROR:

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /make \1\t/' | expand -t 14

demo: $(VENV)/.runtime ## search tic-tac-toe programs, look inside the winner, and write the report
	$(BIN)/mesascope run tictactoe $(ARGS)

test: $(VENV)/.dev ## run the test suite; options for pytest: make test ARGS="-m 'not slow'"
	OPENBLAS_NUM_THREADS=1 $(SHARED) $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(VENV)/.dev ## lint, format, types, import contracts, module sizes, documentation
	@$(MAKE) --no-print-directory --jobs $(JOBS) .docs .code

.docs: # the one that takes longest
	$(SHARED) $(BIN)/python tools/check_docs.py

.code:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/check_modules.py

format: $(VENV)/.dev ## put the code into its standard form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(if $(filter $(BIN)/uv,$(UV)),$(VENV)/.dev) ## pin dependencies again; newer ones: make lock UPGRADE=1
	$(COMPILE) --group dev --output-file requirements-dev.lock
	$(COMPILE) --constraints requirements-dev.lock --output-file requirements.lock

oracles: $(VENV)/.python ## ask other libraries again what the tests hold ours against; installs PyTorch, 1 GB
	@$(PYTHON) -m venv $(VENV)-oracles
	@$(VENV)-oracles/bin/python -m pip --quiet install $(TORCH) numpy==2.4.6 scipy==1.17.1 gymnasium==1.4.0
	@$(VENV)-oracles/bin/python -m pip --quiet install --no-deps imitation==1.0.1 seals==0.2.1 $(STABLE_BASELINES)
	$(VENV)-oracles/bin/python tests/oracles/imitation_cliffworld.py tests/oracles/imitation_cliffworld.json

clean: ## remove the environment, builds and caches; runs are kept
	rm -rf $(VENV) $(VENV)-oracles build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is newer than what was installed from it. The dev lock holds the runtime lock's pins.

$(VENV)/.python:
	@command -v $(PYTHON) >/dev/null || { \
		echo "No '$(PYTHON)' here. Install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3"; \
		exit 1; } >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "mesascope needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) -V 2>&1)." \
			"Name a newer one: make PYTHON=/path/to/python3.11"; \
		exit 1; } >&2
	@echo "Making $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { \
		echo "Python cannot make an environment here. On Debian or Ubuntu: apt-get install python3-venv"; \
		rm -rf $(VENV); exit 1; } >&2
	@touch $@

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/.python
	@echo "Installing what mesascope needs into $(VENV)"
	@$(INSTALL) --require-hashes --requirement requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock requirements.lock pyproject.toml | $(VENV)/.python
	@echo "Installing what mesascope and its tests need into $(VENV)"
	@$(INSTALL) --no-deps $(TORCH) $(STABLE_BASELINES) $(CONTRIB) & apart=$$!; \
		$(INSTALL) --require-hashes --requirement requirements-dev.lock; locked=$$?; \
		wait $$apart && exit $$locked
	@$(INSTALL) $(TORCH) # with what its build needs beyond the lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $(VENV)/.runtime $@
