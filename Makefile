# The two commands that a newcomer needs are `make demo` and `make test`; `make help` lists the rest.
PYTHON ?= python3
BIN := .venv/bin
COMPILE := $(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes --no-header \
           --no-emit-index-url --no-emit-trusted-host --no-emit-find-links

.PHONY: help install demo test check pythons bench fuzz kills wires soak year simulate simulate-self-test lives mutate docs picture format lock

help:  ## list what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

.venv/demo: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: .venv/demo requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

install: .venv/demo  ## put the program into .venv

demo: .venv/demo  ## run the main job on embedded servers and show what happens
	$(BIN)/synpunkten demo

test: export PYTHONDONTWRITEBYTECODE =  # or each process that a test starts compiles all of the service anew
test: .venv/dev  ## install what the tests need (real servers included) and run all of them
	@tests/servers/install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses 2 --dist worksteal

.venv/audit: .venv/dev requirements-audit.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.lock
	@touch $@

check: .venv/audit  ## look at the code without running it, at the libraries' licences and at weaknesses known in them
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m tests.supply.licences
	@$(BIN)/python -m tests.supply.audit

pythons:  ## run the demo and the core's tests with every Python from 3.11 on that the machine has
	@tests/pythons

.venv/fuzz: .venv/dev requirements-fuzz.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-fuzz.lock
	@touch $@

fuzz: .venv/fuzz  ## look for mails, words, replies, rules and configurations that crash or hang, for SECONDS seconds (60) each
	$(BIN)/python -m tests.fuzz.reading -max_total_time=$(or $(SECONDS),60)
	$(BIN)/python -m tests.fuzz.words -max_total_time=$(or $(SECONDS),60)
	$(BIN)/python -m tests.fuzz.replies -max_total_time=$(or $(SECONDS),60)
	$(BIN)/python -m tests.fuzz.settings -max_total_time=$(or $(SECONDS),60)

bench: .venv/dev  ## measure speed beside a bare loop, over real servers, as a page in build/; BENCH="--million --keep" gives options
	@tests/servers/install
	$(BIN)/python -m tests.bench $(BENCH)

kills: .venv/dev  ## kill the daemon KILLS times (200), at each of its steps: nothing may be lost
	@tests/servers/install
	KILLS=$(or $(KILLS),200) $(BIN)/pytest -v -rP -o faulthandler_timeout=1800 --numprocesses 2 tests/wire/test_kills.py

wires: .venv/dev  ## spoil the wires to the mail servers STRIKES times each (100): nothing may be lost
	@tests/servers/install
	STRIKES=$(or $(STRIKES),100) $(BIN)/pytest -v -rP -o faulthandler_timeout=1800 tests/wire/test_proxy.py

soak: .venv/dev  ## mixed load on real servers for MINUTES minutes (60): memory stays flat, nothing is left over
	@tests/servers/install
	$(BIN)/python -m tests.wire.soak --minutes $(or $(MINUTES),60)

year: .venv/dev  ## let a year of MAILS (1000) mails happen in TOWN (hjo) and account for every one
	$(BIN)/python -m tests.simulation $(or $(TOWN),hjo) --mails $(or $(MAILS),1000) --seed $(or $(SEED),1)

docs: .venv/demo  ## write the reference of commands and configuration, and the man page, from the code
	$(BIN)/python -m service.reference docs rules

picture: .venv/demo  ## draw what the demo shows on a terminal, for the README
	$(BIN)/python -m service.reference.picture docs/demo.svg

simulate: .venv/dev  ## let what can break break in a made-up town, for SECONDS (90) or HOURS, in the mix MIX (all)
	$(BIN)/python -m tests.simulation.storms --mix $(or $(MIX),all) --processes 2 $(if $(GRAVE),--grave) \
	  $(if $(HOURS),--hours $(HOURS),--seconds $(or $(SECONDS),90))

simulate-self-test: .venv/dev  ## put faults into the service, one at a time: does the simulation find each within a minute?
	$(BIN)/python -m tests.simulation.storms --self-test --processes 2

lives: .venv/dev  ## let cases live through anything in the core alone, for SECONDS seconds (60), other lives each time
	$(BIN)/python -m tests.core.lives --seconds $(or $(SECONDS),60)

mutate: .venv/dev  ## change EACH (35) places in each of MODULES, one at a time, and show those that no test notices
	nice -n 15 $(BIN)/python -m tests.mutants $(MODULES) --each $(or $(EACH),35) $(if $(SEED),--seed $(SEED))

format: .venv/dev  ## let ruff format and mend what it can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: .venv/dev  ## resolve the dependencies anew
	$(COMPILE) --extra postgresql --extra demo --extra build -o requirements.lock pyproject.toml
	$(COMPILE) --extra postgresql --extra demo --extra build --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml
	$(COMPILE) --extra fuzz -c requirements-dev.lock -o requirements-fuzz.lock pyproject.toml
	$(COMPILE) --extra audit -c requirements-dev.lock -o requirements-audit.lock pyproject.toml
