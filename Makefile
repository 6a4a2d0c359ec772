.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
# Errors only: a fresh machine's pip warns of its own configuration, of new versions of pip, and of much else.
PIP_INSTALL := pip install --quiet --quiet --disable-pip-version-check
CHECKOV := .checkov-venv
AWS_CLI := .awscli-venv
BUILDX := .buildx/cli-plugins
BASE_IMAGE := python:3.11-slim-bookworm
DATABASE_IMAGE := postgres:17-alpine
OLDER_DATABASE_IMAGE := postgres:15-alpine
FUNCTION_IMAGE := public.ecr.aws/lambda/python:3.13
TERRAFORM := $(or $(shell command -v terraform),$(shell command -v tofu),terraform)

help: ## List the habits
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.installed ## Make the virtual environment from the locked requirements

$(VENV)/.installed: pyproject.toml requirements/dev.txt
	@echo "Installing the locked requirements into $(VENV): a minute or two."
	@python3 -m venv $(VENV)
	@$(BIN)/$(PIP_INSTALL) --require-hashes --only-binary :all: -r requirements/dev.txt
	@$(BIN)/$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

# Checkov pins many versions of its own, so it does not share the environment above.
checkov: $(CHECKOV)/.installed setup ## Look at the Terraform modules with checkov, without the network
	$(BIN)/pytest tests/contract/infra/test_checkov.py -q

$(CHECKOV)/.installed: requirements/checkov.txt
	python3 -m venv $(CHECKOV)
	$(CHECKOV)/bin/$(PIP_INSTALL) --require-hashes --only-binary :all: -r requirements/checkov.txt
	@touch $@

# The AWS CLI pins versions of its own, too.
aws-cli: $(AWS_CLI)/.installed ## Have the AWS CLI, with which the embedded AWS is tested

$(AWS_CLI)/.installed: requirements/awscli.txt
	python3 -m venv $(AWS_CLI)
	$(AWS_CLI)/bin/$(PIP_INSTALL) --require-hashes --only-binary :all: -r requirements/awscli.txt
	@touch $@

# Debian 12 has none; the tests use this one whatever the machine has.
buildx: $(BUILDX)/docker-buildx ## Have `docker buildx` for the tests, from Debian 13

$(BUILDX)/docker-buildx:
	scripts/get-buildx.sh $(BUILDX)

lock: ## Lock the requirements again (needs uv)
	uv pip compile pyproject.toml --all-extras --group dev --group example --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet --upgrade -o requirements/dev.txt
	uv pip compile requirements/checkov.in --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet --upgrade -o requirements/checkov.txt
	uv pip compile requirements/awscli.in --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet --upgrade -o requirements/awscli.txt

demo: setup engine ## Ship the example app three times by pushing tags, on an AWS of its own
	@$(BIN)/python scripts/demo.py

clean-demo: setup ## Remove everything that the demo made
	@scripts/clean-demo.sh

# Contract tests wait for health checks and drains rather than compute: six at a time, whatever the processors.
test: lint images $(CHECKOV)/.installed $(AWS_CLI)/.installed $(BUILDX)/docker-buildx ## What CI runs, but for the whole-product tests
	$(BIN)/pytest tests/unit tests/seatrial/unit -n auto --dist worksteal -q
	$(BIN)/pytest tests/contract tests/seatrial/contract -n 6 --dist worksteal -q
	cd examples/notes && ../../$(BIN)/pytest -q

# Each story has an embedded AWS of its own, and mostly waits: two at a time.
test-all: test ## What CI runs: test, the whole product, and the built wheel
	$(BIN)/pytest tests/functional -n 2 --dist loadfile -q
	scripts/test-wheel.sh

golden: setup ## Write what the product says into the files that tests compare it with
	REWRITE_GOLDEN=1 $(BIN)/pytest tests/unit -m golden -q

lint: setup ## Ruff, mypy, shellcheck, terraform fmt
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	MYPYPATH=scripts $(BIN)/mypy scripts/*.py
	MYPYPATH=examples/notes $(BIN)/mypy examples/notes/notes
	$(BIN)/shellcheck .ci/run scripts/*.sh src/seatrial/process/images/*.sh
	$(TERRAFORM) fmt -check -recursive src/tagship/infra/terraform tests

sizes: setup ## List the longest functions, classes and files, and the fullest folders
	@PYTHONPATH=. $(BIN)/python scripts/sizes.py

tour: setup engine database-image function-image ## Play the whole architecture, chapter by chapter; one alone: CHAPTER=release
	@$(BIN)/python -m tour $(CHAPTER) $(if $(FRESH),--fresh)

test-aws: setup engine ## The same chapters on the AWS account of AWS_PROFILE; says first what it takes and costs
	@$(BIN)/python -m tour $(CHAPTER) --on aws $(if $(FRESH),--fresh)

bench: setup ## Measure what the README promises
	@$(BIN)/python scripts/bench.py

bench-cli: setup ## Measure the processor that commands take before they answer
	@$(BIN)/python bench/cli/run.py

bench-scenarios: setup engine ## Release good and bad versions under load, on the embedded AWS
	@PYTHONPATH=bench:scripts:. $(BIN)/python bench/scenarios/run.py

bench-recovery: setup engine ## Kill the embedded AWS at ten random moments, and look what is lost
	@PYTHONPATH=bench:scripts:. $(BIN)/python bench/recovery/run.py

bench-idle: setup engine ## Measure what 5, 20 and 50 idle services cost
	@PYTHONPATH=bench:scripts:. $(BIN)/python bench/idle/run.py

bench-verdicts: setup engine ## Tell how soon a release is decided, beside the AWS CLI and Amazon's GitHub action
	@PYTHONPATH=bench:. $(BIN)/python bench/verdicts/run.py

bench-hundred: setup engine ## Plan and release a hundred services of one manifest, and count the calls
	@PYTHONPATH=bench:. $(BIN)/python bench/hundred/run.py

bench-infra: setup engine database-image function-image ## Apply, release to and destroy the whole architecture
	@PYTHONPATH=bench:scripts:. $(BIN)/python bench/infra/run.py

bench-elb: setup ## Measure the load balancer beside nginx and MiniStack's own (needs wrk and nginx)
	@PYTHONPATH=bench $(BIN)/python bench/elb/compare.py

bench-cloudfront: setup ## Measure the way through CloudFront, and the AWS API meanwhile (needs wrk and nginx)
	@PYTHONPATH=bench $(BIN)/python bench/cloudfront/compare.py

bench-calls: setup ## Measure what the table of limits and rights cost a call of the AWS API
	@$(BIN)/python bench/calls/run.py

bench-scaling: setup engine ## Load a service until it scales out, and let it scale in
	@PYTHONPATH=bench:scripts:. $(BIN)/python bench/scaling/run.py

matrix: setup engine ## Let a small app meet every failure, and write docs/failure-matrix.md
	@PYTHONPATH=bench:scripts:. $(BIN)/python bench/failures/run.py

engine: setup ## Have a Docker engine and the base image that the example needs
	@scripts/ensure-docker-engine.sh
	@$(BIN)/seatrial images --install $(BASE_IMAGE)

database-image: engine ## Have the image that the embedded AWS runs databases from
	@$(BIN)/seatrial images --install $(DATABASE_IMAGE)

# PostgreSQL 16 changed what a role that makes roles may do, so the tests ask one from before it too.
older-database-image: engine
	@$(BIN)/seatrial images --install $(OLDER_DATABASE_IMAGE)

function-image: engine ## Have the image that the embedded AWS runs Lambda functions in
	@$(BIN)/seatrial images --install $(FUNCTION_IMAGE)

images: engine database-image older-database-image function-image

.PHONY: help setup checkov aws-cli golden lock demo clean-demo test test-all lint sizes bench bench-cli bench-scenarios bench-recovery bench-elb bench-cloudfront bench-calls bench-idle bench-verdicts bench-hundred bench-infra matrix tour test-aws engine images database-image older-database-image function-image
