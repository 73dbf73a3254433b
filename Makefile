# Two commands matter: `make run` and `make test`. `make help` lists the rest.
.POSIX:
SHELL = /bin/sh
PORT = 8501
UPGRADE =
# PYTHON=/path/to/python3.12 chooses the interpreter; otherwise the first fitting one on the PATH is taken.
PYTHON =
BIN = .venv/bin
ALONE = OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
QUICK = not browser and not protocol and not slow and not postgres

.PHONY: help run test check lint format lock bench clean runtime development

help:
	@echo 'make run      install, make a demo home when there is no data yet, serve on http://localhost:$(PORT)'
	@echo 'make test     everything: format, ruff, mypy, import contracts, all tests'
	@echo 'make check    the quick half of it, under a minute'
	@echo 'make format   format and sort imports'
	@echo 'make lock     resolve requirements*.txt again (UPGRADE=--upgrade for newer versions)'
	@echo 'make bench    measure, and rewrite bench/RESULTS.md (needs the real data)'
	@echo 'make clean    remove everything made by these commands, except data'

runtime:
	@PYTHON='$(PYTHON)' .ci/venv runtime

development:
	@PYTHON='$(PYTHON)' .ci/venv dev

run: runtime
	@$(BIN)/waterline serve --demo-if-empty --port $(PORT)

lint: development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint
	$(ALONE) $(BIN)/pytest -q -n auto -m '$(QUICK)'

test: lint
	.ci/system-packages
	# One thread each, and a process more than there are cores: tests wait for the disk, for servers and for each other.
	$(ALONE) WATERLINE_REQUIRE_ALL=1 $(BIN)/pytest -n $$(($$(getconf _NPROCESSORS_ONLN) + 1)) --dist loadfile --no-loadscope-reorder -m 'not browser'
	# In processes of their own: a browser keeps an event loop running, in which other tests cannot start theirs.
	$(ALONE) WATERLINE_REQUIRE_ALL=1 $(BIN)/pytest -n auto --dist worksteal --timeout 900 -m browser

format: development
	$(BIN)/ruff check --fix --select I .
	$(BIN)/ruff format .

lock:
	uv=$$(.ci/venv uv) && \
	"$$uv" pip compile --quiet --universal --no-header --python-version 3.11 $(UPGRADE) \
	    pyproject.toml --output-file requirements.txt && \
	"$$uv" pip compile --quiet --universal --no-header --python-version 3.11 $(UPGRADE) \
	    --group dev --constraint requirements.txt pyproject.toml --output-file requirements-dev.txt

bench: development
	$(BIN)/python -m bench

clean:
	rm -rf .venv .uv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist *.egg-info tests/browser/out
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
