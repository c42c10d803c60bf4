# The course in one word each. `make help` lists them.
SHELL := /bin/bash
PY := .venv/bin/python
BROWSER_SHOTS := .browser-shots

.DEFAULT_GOAL := help
.PHONY: help lab test lint unit notebooks test-notebooks browser-test bench latency slides homework doctor clean ready-lab ready-test ready-browser

help:  ## list what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  (TORCH=cpu behind a target takes PyTorch's CPU build, a tenth of the download)"

ready-lab:
	@TORCH=$(TORCH) bash .ci/setup.sh lab

ready-test:
	@TORCH=$(TORCH) bash .ci/setup.sh test

ready-browser:
	@TORCH=$(TORCH) bash .ci/setup.sh browser

lab: ready-lab  ## open the course in JupyterLab
	@bash .ci/lab.sh

test: ready-test lint unit test-notebooks  ## test everything: style, imports, units, every notebook's stored outputs

lint: ready-test
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	.venv/bin/lint-imports

unit: ready-test
	COURSE_PROGRESS= $(PY) -m pytest tests -p no:nbval

test-notebooks: ready-test
	COURSE_PROGRESS= $(PY) -m pytest --nbval --nbval-current-env --nbval-cell-timeout=300 \
	    --nbval-sanitize-with=.ci/nbval_sanitize.cfg --timeout=0 notebooks --ignore=notebooks/homework

notebooks: ready-test  ## run notebooks/solutions/ and make the learners' lessons from them
	$(PY) .ci/notebooks.py build $(ONLY)
	$(PY) .ci/notebooks.py lint $(ONLY)

browser-test: ready-browser  ## run every lesson in a real Chromium; screenshots go to .browser-shots/
	COURSE_PROGRESS= BROWSER_SHOTS=$(BROWSER_SHOTS) $(PY) -m pytest tests/browser -p no:nbval --timeout=0

bench: ready-test  ## measure speed and memory against other libraries, as ratios in one run
	$(PY) -m tests.bench

latency: ready-browser  ## measure in Chromium how long a panel takes from key press to painted picture
	$(PY) -m tests.browser.latency

slides: ready-test  ## make reveal.js slides of the lessons in .slides/, for use without a network
	$(PY) .ci/slides.py build $(ONLY)

homework: ready-test  ## play a whole class with nbgrader on the four graded sets, and compare with `grade`
	$(PY) -W ignore .ci/homework.py

doctor: ready-lab  ## say what is missing on this computer, and the cure
	@$(PY) -m course_utils doctor

clean:  ## remove the environment and everything that was made
	rm -rf .venv .ruff_cache .import_linter_cache .hypothesis $(BROWSER_SHOTS) .slides .homework
