# Two commands for a newcomer: `make demo` and `make test`. Each does all of its own set-up in .venv.
# Tests of one file share what they set up (commands over a hundred documents, packages): work is stolen late, not dealt out early.

PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help demo test check format bench oracle oracle-fhir fhir-test-cases test-browser test-mutations test-oracle-fhir wheel lock clean

help:  ## what each target does
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

demo: $(VENV)/.runtime  ## play the whole campaign against a reference endpoint on loopback and write harness-report/index.html
	@$(BIN)/harness demo

test: $(VENV)/.dev  ## the whole test suite
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m "not browser and not mutations" $(ARGS)

check: $(VENV)/.dev  ## lint, format, types, layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.dev  ## rewrite the code in the project's format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.dev  ## the figures of benchmarks/, as ratios against a named peer in the same run
	@$(BIN)/python benchmarks/run.py
	@$(BIN)/python benchmarks/fhir_run.py

oracle: $(VENV)/.dev  ## our rules beside the official tool's on random edits: N=20 SEED=1 VOLET=VSM KINDS=rare JOBS=2 OFFICIAL=its checkout; PLACES=1 SECONDS=600 FROM=0: on every edit
	@$(BIN)/python benchmarks/oracle.py $(if $(N),--n $(N)) $(if $(SEED),--seed $(SEED)) $(if $(VOLET),--volet $(VOLET)) $(if $(KINDS),--kinds $(KINDS)) $(if $(JOBS),--jobs $(JOBS)) $(if $(PLACES),--places) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(FROM),--from $(FROM)) $(if $(OFFICIAL),--official $(OFFICIAL)) $(ARGS)

ORACLE_JAVA := benchmarks/java/target/.built
PACKAGES ?= ../shared/official/fhir/packages

oracle-fhir: $(VENV)/.dev $(ORACLE_JAVA)  ## our FHIR rules beside HL7's Java validator: N=2 DERIVED=0 SEED=1 ONLY=Patient KINDS=rare PACKAGES=folder of .tgz
	@$(BIN)/python benchmarks/oracle_fhir.py $(PACKAGES) $(if $(N),--n $(N)) $(if $(DERIVED),--derived $(DERIVED)) $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY)) $(if $(KINDS),--kinds $(KINDS)) $(ARGS)

$(ORACLE_JAVA): benchmarks/java/pom.xml benchmarks/java/src/main/java/oracle/Validator.java
	@command -v javac >/dev/null && command -v mvn >/dev/null || { export DEBIAN_FRONTEND=noninteractive; apt-get update -qq; \
		for jdk in openjdk-21-jdk-headless openjdk-17-jdk-headless; do \
			apt-get install -y -qq $$jdk maven >/dev/null 2>&1 && break; done; command -v javac && command -v mvn; } >/dev/null || \
		{ echo "A JDK (17 or newer) and Maven are needed, and apt-get could not bring them here."; exit 2; }
	@echo "Building the Java validator's driver with Maven (once)..."
	@mvn -B -q -f benchmarks/java/pom.xml package
	@touch $@

fhir-test-cases: $(VENV)/.dev  ## HL7's cases for validators, from your copy: CASES=folder that holds validator/ (ARGS=--selections, or a name)
	@test -d "$(CASES)/validator" || { echo "CASES=folder that holds HL7's validator/ is needed (a checkout of FHIR/fhir-test-cases)."; exit 2; }
	@FHIR_TEST_CASES="$(CASES)" $(BIN)/python tests/fhir_test_cases.py $(ARGS)

test-browser: $(VENV)/.dev  ## pages in Debian's chromium (installed when missing)
	@command -v chromium >/dev/null || (apt-get update -qq && apt-get install -y -qq chromium >/dev/null)
	@$(BIN)/python -m pytest -m browser $(ARGS)

test-mutations: $(VENV)/.dev  ## every mutation of every profile
	@$(BIN)/python -m pytest -n 2 --dist worksteal -rP -m mutations $(ARGS)

test-oracle-fhir: $(VENV)/.dev  ## published examples and an edit of each beside HL7's Java validator, where a JDK, Maven and PACKAGES are at hand
	@if ! command -v javac >/dev/null || ! command -v mvn >/dev/null; then echo "test-oracle-fhir skipped: no JDK or no Maven (make oracle-fhir brings them)"; \
	elif ! ls $(PACKAGES)/hl7.fhir.r4.core*.tgz >/dev/null 2>&1; then echo "test-oracle-fhir skipped: no FHIR packages in $(PACKAGES) (PACKAGES=folder)"; \
	elif ! timeout 150 $(MAKE) --no-print-directory $(ORACLE_JAVA); then echo "test-oracle-fhir skipped: Maven could not build the driver"; \
	else timeout 180 $(BIN)/python benchmarks/oracle_fhir.py $(PACKAGES) --n 1 --seed 1 --check $(ARGS) || { code=$$?; \
		test $$code = 124 && echo "test-oracle-fhir stopped: not done within three minutes" || exit $$code; }; fi

wheel: $(VENV)/.dev  ## dist/*.whl, data folders included
	@rm -rf dist
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist . >/dev/null
	@ls dist

lock: $(VENV)/.dev  ## lock the dependencies again, with hashes and without any registry address
	@$(PIP) install uv
	@printf 'hatchling\neditables\n' > $(VENV)/build.in
	@cd $(VENV)/.. && for out in requirements.lock requirements-dev.lock; do \
		group=$$([ $$out = requirements-dev.lock ] && echo '--group dev' || true); \
		$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
			$$group pyproject.toml $(VENV)/build.in -o $$out; done

clean:
	@rm -rf $(VENV) dist build harness-report *.egg-info

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv module is needed (Debian, Ubuntu: apt install python3 python3-venv)."; exit 2; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing dependencies into $(VENV) (once)..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q harness
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo "Installing development dependencies into $(VENV) (once)..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q harness
	@touch $@ $(VENV)/.runtime
