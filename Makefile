# Two commands suffice on a fresh machine with Python 3.11-3.13: `make run` and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
PY := .venv/bin/python
STAMP := .venv/.made

.PHONY: all setup run test test-browser lint bench soak bundle pictures clean

all: lint test

REQUIREMENTS := import tomllib; p = tomllib.load(open("pyproject.toml", "rb"))["project"]; extra = p["optional-dependencies"]; \
	print("\n".join(p["dependencies"] + extra["reports"] + extra["test"]))

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PY) -c '$(REQUIREMENTS)' > .venv/requirements.txt
	$(PY) -m pip install -q uv || echo "uv is not to be had; pip alone takes a little longer"
	if [ -x .venv/bin/uv ]; then .venv/bin/uv pip install -q --python $(PY) -r .venv/requirements.txt -c constraints.txt; \
	else $(PY) -m pip install -q -r .venv/requirements.txt -c constraints.txt; fi
	touch $(STAMP)

setup: $(STAMP)              ## the environment in .venv

run: setup                   ## the simulated city (made on the first run) in a browser
	$(PY) hezhang.py run --demo

test: setup                  ## every test; those that need Chromium say so and skip where it is absent
	$(PY) -m pytest

test-browser: setup          ## only the tests in a real browser
	$(PY) -m pytest -m browser

lint: setup                  ## style, types of our own edges, and the ladder of imports
	.venv/bin/ruff check .
	.venv/bin/mypy hezhang.py serve.py streamlit_app.py data analysis reports geo layers app_pages
	.venv/bin/lint-imports

bench: setup                 ## speed as ratios against named peers, in one run
	$(PY) -m tests.bench

soak: setup                  ## kill -9, twenty writers, lost updates: losses and errors, not times
	$(PY) -m tests.soak

bundle: setup                ## wheels for a machine without internet: wheels/ beside this file
	mkdir -p wheels && cp .venv/requirements.txt wheels/requirements.txt
	$(PY) -m pip download -q -d wheels -r wheels/requirements.txt -c constraints.txt

pictures: setup              ## the pictures of README and guide, taken by the browser tests
	HEZHANG_PICTURES=1 $(PY) -m pytest -m browser

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache build
