.PHONY: demo test bench check check-style check-types check-imports check-templates check-django check-js \
	format lock clean install-dev node_modules

RUN = .venv/bin/python -m

# Make, install what is missing, start. HOST, PORT and all else come from the environment or .env (see .env.example).
demo:
	@scripts/install demo
	@.venv/bin/python manage.py migrate --verbosity 0 --skip-checks
	@.venv/bin/python manage.py collectstatic --noinput --verbosity 0
	@exec .venv/bin/python -m realtime_demo

# Every test. Installs what it needs, Chromium included where it can.
test: install-dev node_modules
	scripts/with-node scripts/install-browser
	scripts/with-node $(RUN) pytest
	scripts/with-node npm test

# What is measured, and how, is in docs/benchmarks.md.
CLIPS = $${SPEECH_CLIPS:-../shared/audio}
FIGURES = var/figures
bench: install-dev
	@rm -rf $(FIGURES) && mkdir -p $(FIGURES)
	$(RUN) benchmarks.turn_quality "$(CLIPS)" --per-clip --json $(FIGURES)/turn_quality.jsonl
	$(RUN) benchmarks.turn_quality "$(CLIPS)" --format g711_ulaw --reduction off --json $(FIGURES)/telephone.jsonl
	$(RUN) benchmarks.turn_quality "$(CLIPS)" --curve --reduction off --json $(FIGURES)/curve.jsonl
	$(RUN) benchmarks.echo "$(CLIPS)" --json $(FIGURES)/echo.jsonl
	$(RUN) benchmarks.recognition "$(CLIPS)" --json $(FIGURES)/recognition.jsonl
	$(RUN) benchmarks.voices --json $(FIGURES)/voices.jsonl
	$(RUN) benchmarks.first_audio --json $(FIGURES)/first_audio.jsonl
	$(RUN) benchmarks.cost "$(CLIPS)" --peer --json $(FIGURES)/cost.jsonl

# Everything that can be said without running the product; "make -k check" goes on after the first fault.
check: check-style check-types check-imports check-templates check-django check-js

check-style: install-dev
	$(RUN) ruff check
	$(RUN) ruff format --check

check-types: install-dev
	$(RUN) mypy

check-imports: install-dev
	.venv/bin/lint-imports

check-templates: install-dev
	find templates -name '*.html' -exec .venv/bin/djade --check {} +

check-django: install-dev
	.venv/bin/python manage.py makemigrations --check --dry-run
	HTTPS=1 TRUST_X_FORWARDED_PROTO=1 ALLOWED_HOSTS=demo.example .venv/bin/python manage.py check --deploy --fail-level WARNING

check-js: install-dev node_modules
	scripts/with-node npm run check:types
	scripts/with-node npm run lint

format: install-dev
	$(RUN) ruff check --fix
	$(RUN) ruff format
	find templates -name '*.html' -exec .venv/bin/djade {} +

# Needs uv (https://docs.astral.sh/uv/). What is locked stays, unless pyproject.toml asks for something else.
UV_COMPILE = uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header --quiet
lock:
	$(UV_COMPILE) --extra engine -o requirements/demo.txt
	$(UV_COMPILE) --group dev --extra engine --extra scale -c requirements/demo.txt -o requirements/dev.txt

# What can be made again. Keeps var/: keys and database.
clean:
	rm -rf .venv node_modules var/static .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

install-dev:
	@scripts/install dev

node_modules: install-dev
	@cmp -s package-lock.json node_modules/installed-lock.json || \
		{ scripts/with-node npm ci && cp package-lock.json node_modules/installed-lock.json; }
