# Two commands do everything: `make demo` and `make test`. `make help` lists the rest.
GO      ?= go
BIN     := bin
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT  ?= $(shell git rev-parse --short HEAD 2>/dev/null || echo unknown)
DATE    ?= $(shell TZ=UTC git log -1 --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ 2>/dev/null || echo 1970-01-01T00:00:00Z)
LDFLAGS := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT) -X main.date=$(DATE)
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
PLUGIN  := $(BIN)/kubectl-mysqldrift
# All is compiled in one way, so that each package is compiled once; only the race
# detector wants another.
export CGO_ENABLED := 0
export GOFLAGS := $(GOFLAGS) -trimpath

.PHONY: help build lab demo test test-unit lint accuracy layouts incidents bench release man clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

build: ## build the plugin into bin/
	@mkdir -p $(BIN)
	$(GO) build -ldflags '$(LDFLAGS)' -o $(PLUGIN) ./cmd/kubectl-mysqldrift

lab: ## build the lab command into bin/ (a real cluster on this machine: bin/lab up)
	@mkdir -p $(BIN)
	cd test/lab && $(GO) build -o ../../$(BIN)/lab .

demo: build lab ## a real cluster with real drift, and the plugin run on it
	@test/demo/demo.sh

test: build lint ## all tests: unit, scripts, real servers, and the cluster tests in the lab
	@cd test/lab && $(GO) build -o ../../$(BIN)/lab .
	@$(GO) run ./test/runner

test-unit: ## tests that need neither root nor network
	$(GO) test ./...

lint: ## gofmt, go vet, staticcheck, tidiness of go.mod
	@test/lint.sh '$(STATICCHECK)'

accuracy: ## offline drift on the corpus of real option files, pt-config-diff beside it
	@$(GO) run ./test/accuracy

layouts: ## resolution of the governing ConfigMap on the layout cases
	@$(GO) run ./test/layouts

incidents: ## the table of incidents with a known culprit, with the lab up also those done in it
	@test/incidents/table.sh

bench: build ## speed and memory
	@test/bench/bench.sh

release: ## archives, checksums, SBOMs into dist/, the Krew manifest into krew/plugins/ too: make release VERSION=v1.2.3
	$(GO) run ./hack/release -version '$(VERSION)' -commit '$(COMMIT)' -date '$(DATE)' -index krew/plugins

man: ## manual pages into dist/man/man1/
	$(GO) run ./hack/release -version "$(VERSION)" -date '$(DATE)' -man dist

clean: ## remove what was built
	rm -rf $(BIN) dist
