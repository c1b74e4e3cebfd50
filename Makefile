# One door for every verb. `make demo` and `make test` do everything on a machine that has only a Rust toolchain and
# Python 3.11+ with pip: they create .venv, install the rest from PyPI, build, and run.
#
# One compile serves all: the extension and the Rust tests both use the release profile, so they share target/release.
# (Tile loops are too slow for the test suites without optimisation anyway.)

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# The first Python that is new enough; `make PYTHON=/path/to/python demo` chooses another.
ifndef PYTHON
PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
endif
ifeq ($(PYTHON),)
$(error Python 3.11 or newer is needed, and none was found on the path)
endif

VENV := .venv
BIN := $(VENV)/bin
LOGS := target/logs
BENCH_VENV := .venv-bench

# crates/python is the extension module: it resolves Python's symbols at load time and cannot be linked as a test.
RUST_ROOMS := --workspace --exclude mxnet-python
RUST_SOURCES := Cargo.toml Cargo.lock $(shell find crates -name '*.rs' -o -name Cargo.toml)
PYTHON_SOURCES := python tests tools benches examples
EXTENSION := python/mxnet/_core.abi3.so

# The requirements of the optional dependencies named in $(1), as pyproject.toml lists them.
requirements = $(PYTHON) -c "import tomllib; \
	project = tomllib.load(open('pyproject.toml', 'rb'))['project']; extras = project['optional-dependencies']; \
	print(*project['dependencies'], *(line for extra in '$(1)'.split() for line in extras[extra]), sep='\n')"
# Debian ships Python without ensurepip; virtualenv fills the gap there.
create_venv = $(PYTHON) -m venv $(1) 2>/dev/null || { $(PYTHON) -m pip install --user virtualenv && $(PYTHON) -m virtualenv $(1); }

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(VENV)/.ready: pyproject.toml
	$(call create_venv,$(VENV))
	$(call requirements,demo test dev) > $(VENV)/requirements.txt
	$(BIN)/python -m pip install --quiet --requirement $(VENV)/requirements.txt
	touch $@

# maturin puts the extension into python/mxnet and links that folder into the virtual environment.
$(EXTENSION): $(VENV)/.ready $(RUST_SOURCES)
	@mkdir -p target && touch target/.build-began
	VIRTUAL_ENV="$(CURDIR)/$(VENV)" $(BIN)/maturin develop --release
	@# what was edited meanwhile is newer
	touch -r target/.build-began $@

.PHONY: build
build: $(EXTENSION) ## build the extension module into .venv (release)

.PHONY: demo
demo: build ## train a digit classifier on real data and draw demo-output/digits.png
	$(BIN)/python examples/digits.py

.PHONY: test
test: build ## run every test: Rust, Python in lazy and in eager mode, doctests
	@mkdir -p $(LOGS)
	@if cargo nextest --version >/dev/null 2>&1; then \
		cargo nextest run --release $(RUST_ROOMS) --no-fail-fast 2>&1; \
	else \
		cargo test --release $(RUST_ROOMS) --lib --bins --tests --examples --no-fail-fast 2>&1; \
	fi | tee $(LOGS)/rust.log
	cargo test --release $(RUST_ROOMS) --doc --no-fail-fast 2>&1 | tee $(LOGS)/rust-doc.log
	env -u MXNET_EAGER $(BIN)/python -m pytest 2>&1 | tee $(LOGS)/python-lazy.log
	MXNET_EAGER=1 $(BIN)/python -m pytest 2>&1 | tee $(LOGS)/python-eager.log
	$(BIN)/python tools/doctests.py 2>&1 | tee $(LOGS)/doctests.log
	@echo; echo "make test: all suites passed"
	@cd $(LOGS) && for log in rust rust-doc python-lazy python-eager doctests; do \
		grep -hE '^ *Summary|^test result: .* [1-9][0-9]* passed|^=+ .*(passed|failed).* =+$$|^doctests: ' $$log.log \
			| sed "s/^/$$log: /" || true; \
	done

.PHONY: quick
quick: build ## the fast loop: Rust unit tests and the Python suite without its slow tests, stop at the first failure
	cargo test --release --quiet $(RUST_ROOMS) --lib
	$(BIN)/python -m pytest -x -q -m "not slow"

.PHONY: check
check: build ## what must be clean before a commit: format, lints, arrows, generated files
	cargo fmt --all --check
	cargo clippy --release --workspace --all-targets -- -D warnings
	$(BIN)/ruff check $(PYTHON_SOURCES)
	$(BIN)/ruff format --check $(PYTHON_SOURCES)
	$(BIN)/python -m pytest -q tests/test_arrows.py
	$(BIN)/python tools/gen.py --check

.PHONY: format
format: $(VENV)/.ready ## format Rust and Python sources
	cargo fmt --all
	$(BIN)/ruff check --fix-only $(PYTHON_SOURCES)
	$(BIN)/ruff format $(PYTHON_SOURCES)

# The peers live in their own environment: they are large, and the project never needs them.
$(BENCH_VENV)/.ready: pyproject.toml
	$(call create_venv,$(BENCH_VENV))
	$(call requirements,bench) > $(BENCH_VENV)/requirements.txt
	$(BENCH_VENV)/bin/python -m pip install --quiet --requirement $(BENCH_VENV)/requirements.txt
	-$(BENCH_VENV)/bin/python -m pip install --quiet jax
	-$(BENCH_VENV)/bin/python -m pip install --quiet torch
	touch $@

.PHONY: bench
bench: wheel $(BENCH_VENV)/.ready ## measure what users install against NumPy, SciPy, PyTorch, JAX; writes benches/RESULTS.md
	$(BENCH_VENV)/bin/python -m pip install --quiet --force-reinstall --no-deps target/wheels/*.whl
	$(BENCH_VENV)/bin/python benches/compare.py $(BENCH)

.PHONY: wheel
wheel: $(VENV)/.ready ## build the distributable wheel into target/wheels
	rm -rf target/wheels
	$(BIN)/maturin build --profile dist --interpreter $(BIN)/python --out target/wheels

.PHONY: gen
gen: build ## write type stubs and reference pages from the operator table
	$(BIN)/python tools/gen.py

.PHONY: docs
docs: gen ## the reference site, checked examples, and the Rust documentation
	$(BIN)/python tools/doctests.py
	$(call requirements,docs) > $(VENV)/requirements-docs.txt
	$(BIN)/python -m pip install --quiet --requirement $(VENV)/requirements-docs.txt
	$(BIN)/python tools/reference_site.py
	cargo doc --no-deps $(RUST_ROOMS)
	@echo "start reading at target/site/index.html; Rust: target/doc/mxnet/index.html"

.PHONY: size
size: ## lines per room, and files that have grown too long
	@$(PYTHON) tools/size.py

.PHONY: clean
clean: ## remove everything that was built, installed or drawn
	cargo clean
	rm -rf $(VENV) $(BENCH_VENV) demo-output $(EXTENSION)
