# Run "make" or "make help" for the list of targets.

FUZZTIME ?= 20s
LDFLAGS  := -s -w
comma    := ,
# The detector watches our code and its libraries, but not inside the translated SQLite, which it slows down tenfold. That package alone:
# others bring copies of generic code of the standard library, sync.Map among it, which would then hide from the detector what they order.
RACE     := CGO_ENABLED=1 go test -race -gcflags=modernc.org/sqlite/lib=-race=false -short -count=1 -timeout 20m

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build the static program bin/idkit
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/idkit ./cmd/idkit

.PHONY: run
run: build ## Build and start the portal on its embedded database (needs only Go)
	bin/idkit serve

.PHONY: demo
demo: ## Make up three organizations with 60 people and six weeks of history, and serve them (needs only Go)
	CGO_ENABLED=0 go build -trimpath -o bin/demo ./test/demo
	bin/demo

.PHONY: test
test: tools-for-test check test-race test-sqlite test-postgres test-browser ## Pass everything, installing what is missing

# The longest package first, so that it does not run last and alone.
EVERYTHING := ./internal/transport/web ./...

.PHONY: check
check: ## Formatting, go vet, go.mod and docs/schema.sql
	scripts/check

# In short: what does one thing at a time only gets slow under the detector, and runs in full below.
.PHONY: test-race
test-race: ## The suite on SQLite with the race detector
	$(RACE) $(EVERYTHING)

# How often each race is run, and how long the audit log is that tamperers meet.
ROUNDS ?= 20
AUDIT_LINES ?= 100000
FULL = env TEST_RACE_ROUNDS=$(ROUNDS) TEST_AUDIT_LINES=$(AUDIT_LINES) go test -count=1

.PHONY: test-sqlite
test-sqlite: ## The suite on SQLite in full
	$(FULL) -timeout 20m $(EVERYTHING)

# Each test makes a database of its own; more than two packages at once would only queue. What knows no database ran above.
STORES := ./internal/transport/web ./internal/app ./internal/domain/... ./internal/platform/...

.PHONY: test-postgres
test-postgres: ## The suite on a private PostgreSQL in full
	scripts/with-postgres $(FULL) -timeout 20m -p 2 $(STORES)
	scripts/with-postgres $(FULL) -timeout 20m -run $(PROCESSES) ./cmd/idkit

# What the program promises of several of its processes, and of one that is killed.
PROCESSES := 'TestNothingAcknowledgedIsLostByAKill|TestASuspensionHoldsOnEveryProcess'

# The rooms in which something may meet something else.
RACING = $(shell grep -rlE 'RACE_ROUNDS|RaceRounds|EachRound' --include=*_test.go cmd internal/domain | xargs -n1 dirname | sort -u | sed 's,^,./,')

.PHONY: soak
soak: ROUNDS = 1000
soak: ## Run each race 1,000 times on both engines (hours)
	$(FULL) -timeout 6h $(RACING)
	scripts/with-postgres $(FULL) -timeout 6h -p 2 $(RACING)

.PHONY: test-browser
test-browser: ## The journeys in a real browser
	go test -tags browser -count=1 -timeout 30m ./test/browser

.PHONY: tools-for-test
tools-for-test: ## Install what the tests need and is missing (Debian's apt)
	scripts/install-missing gcc libc6-dev chromium-headless-shell nginx caddy postgresql zbar-tools oathtool

.PHONY: lint
lint: ## go vet, staticcheck and gofumpt
	scripts/lint

.PHONY: fuzz
fuzz: ## Run each fuzz target for FUZZTIME (20s)
	scripts/fuzz $(FUZZTIME)

.PHONY: screenshots
screenshots: ## Visit the demo and save what it shows under docs/screenshots
	scripts/install-missing chromium-headless-shell zbar-tools oathtool fonts-wqy-zenhei
	go test -tags browser,screenshots -count=1 -timeout 30m -run '^TestScreenshots' ./test/browser

.PHONY: bench
bench: build ## Print the figures of speed and size (BENCH='-database postgres://...')
	go run ./test/bench -binary bin/idkit $(BENCH)

.PHONY: bench-users
bench-users: build ## Print the figures of the list at USERS=10000,100000,1000000 users (BENCH='-database postgres://...')
	go build -o bin/seed ./test/seed
	go run ./test/bench -binary bin/idkit -seed bin/seed -span 1s -users $(or $(USERS),10000$(comma)100000$(comma)1000000) $(BENCH)

.PHONY: seed
seed: ## Fill an organization with USERS=10000 people (IDKIT_DATABASE says where)
	go run ./test/seed -users $(or $(USERS),10000)

.PHONY: schema
schema: ## Write docs/schema.sql from the migrations
	mkdir -p bin
	go run ./cmd/idkit schema > bin/schema.sql
	mv bin/schema.sql docs/schema.sql

.PHONY: clean
clean: ## Remove what was built; data/ stays
	rm -rf bin
