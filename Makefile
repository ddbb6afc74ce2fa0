# Everything starts here. Needs Python 3.11 or newer with venv, make and git; nothing else.
PYTHON ?= python3
PY := .venv/bin/python
EMBEDDED := $(PY) -m innomarket.embedded
export PORT
# Compiled modules halve each start; some machines forbid writing them, here they are ignored files.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.PHONY: help up services start stop status logs code demo test check bench messages api screenshots lock clean reset venv venv-dev

help:            ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

up: venv         ## start everything in the foreground; Ctrl-C stops it (PORT=8000)
	@$(EMBEDDED)

services: venv   ## start PostgreSQL and Valkey alone
	@$(EMBEDDED) --services-only

start: venv      ## the same as up, in the background
	@$(EMBEDDED) start

stop: venv       ## stop what start or up began
	@$(EMBEDDED) stop

status: venv     ## what runs, and whether it is ready
	@$(EMBEDDED) status

logs: venv       ## follow the logs (NAME=web for one, FOLLOW=no to show and end)
	@$(EMBEDDED) logs $(NAME) $(if $(filter no,$(FOLLOW)),--no-follow)

code: venv       ## a valid one-time code for a demo person: make code USER=name@example.org
	@$(PY) manage.py one_time_code "$(USER)"

demo: venv       ## play a whole small round over HTTP against this checkout's portal
	@$(PY) -m tools.demo

test: venv-dev   ## every test, on engines of their own (ARGS= goes to pytest)
	@$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: venv-dev  ## style, types, arrows, migrations, deployment, translations
	@$(PY) -m tools.check

bench: venv-dev  ## measure, about half an hour (ARGS="lastminute --people 40" for a part)
	@$(PY) -m benchmarks $(ARGS)

messages: venv-dev ## add new texts to locale/parts/ for their Korean, then compile
	@$(PY) -m tools.messages extract && $(PY) -m tools.messages compile

api: venv-dev    ## write the API's description and the client anew after a change of the API
	@$(PY) manage.py spectacular --lang en --validate --format openapi-json --file docs/schemas/api-v1.json
	@$(PY) -m tools.api_client

screenshots: venv-dev ## take the README's pictures of the running portal
	@$(PY) -m tools.screenshots

lock: venv-dev   ## resolve the packages anew into requirements/
	@$(PY) -m tools.lock

clean:           ## drop what can be made again; keeps var/, so the data stay
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
	@find locale -name '*.mo' -delete 2>/dev/null || true

reset:           ## stop, ask, then drop var/ with all its data
	@$(PYTHON) tools/reset.py

venv:
	@$(PYTHON) tools/venv.py

venv-dev:
	@$(PYTHON) tools/venv.py --dev
