# make book   set up, execute what is stale, build the site     make serve   show it
# make test   everything that CI checks and this machine can run
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
BIN := .venv/bin
PIN := -q --disable-pip-version-check

.PHONY: book serve test test-browser notebooks check zip clean
book: .venv/ready
	@$(BIN)/python -m tools.book build

serve: .venv/ready
	@$(BIN)/python -m tools.book serve

test: .venv/ready-dev
	@$(BIN)/python -m tools.run_tests

test-browser: .venv/ready-dev
	@$(BIN)/python -m tools.run_tests --browser-only

notebooks: .venv/ready
	@$(BIN)/python -m tools.book notebooks

check: .venv/ready
	@$(BIN)/python -m tools.book check

zip: .venv/ready
	@$(BIN)/python -m tools.book zip

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or 3.12 is needed and none was found; set PYTHON=/path/to/python"; exit 1; }
	@"$(PYTHON)" -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if v in ((3, 11), (3, 12)) else "Python 3.11 or 3.12 is needed, this is %d.%d; set PYTHON=/path/to/python" % v)'
	@"$(PYTHON)" -m venv .venv

.venv/ready: .venv/bin/python requirements.txt constraints.txt pyproject.toml
	$(BIN)/pip install $(PIN) -r requirements.txt
	@touch $@

.venv/ready-dev: .venv/ready requirements-dev.txt
	$(BIN)/pip install $(PIN) -r requirements-dev.txt
	@touch $@

clean:
	rm -rf _build
