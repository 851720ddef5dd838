# make help lists the targets. Every tool's version is in tools/go.mod.
GO      ?= go
TOOL    := cd tools && $(GO) tool
FUZZ    ?= 30s
RACE    := $(if $(filter 1,$(shell $(GO) env CGO_ENABLED)),-race,)

.PHONY: help build demo test check fmt e2e metamorphic bench fuzz gen cause

help: ## list the targets
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: ## the main job on recorded incidents: no cluster needed
	$(GO) run . demo

build: ## the binary, and the same one as kubectl plugin
	$(GO) build -trimpath -o bin/unloop . && cp bin/unloop bin/kubectl-unloop

test: check ## format, vet, staticcheck, all tests with the race detector, generated files fresh
	$(GO) test $(RACE) ./...
	$(GO) -C printed/roundtrip test ./...
	$(GO) -C lab test ./...

check:
	@out=$$($(TOOL) gofumpt -l ..); [ -z "$$out" ] || { echo "not formatted (run 'make fmt'): $$out"; exit 1; }
	$(GO) vet ./...
	$(GO) -C lab vet ./...
	$(GO) -C printed/roundtrip vet ./...
	cd tools && $(GO) build -o ../bin/ honnef.co/go/tools/cmd/staticcheck
	bin/staticcheck ./...
	@$(MAKE) -s gen && git diff --exit-code --stat -- docs/causes.md docs/lab.md docs/inputs.md causes/rules.json 'causes/*/doc.md' || { echo "generated files are stale: run 'make gen' and commit"; exit 1; }

e2e: build ## real kubelets and real crashes: make e2e RUN=oom-child KEEP=1
	$(GO) -C lab build -o ../bin/lab .
	bin/lab e2e -bin bin/unloop $(if $(RUN),-run $(RUN)) $(if $(KEEP),-keep)

metamorphic: ## every recorded input in every wrapping and mixture: the answer stays (MORE=folders of further inputs)
	$(GO) test ./bundle -run TestMetamorphic -timeout 30m -all $(if $(MORE),-more $(abspath $(MORE)))

bench: ## the figures of docs/performance.md
	$(GO) test -run '^$$' -bench . -benchmem ./crashlog ./rule ./bundle ./cli

fuzz: ## every fuzz target for FUZZ (default 30s) each
	@for pkg in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "$$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZ) -fuzzminimizetime 5s $$pkg || exit 1; \
	  done; \
	done

fmt: ## format
	$(TOOL) gofumpt -w ..

gen: ## docs/causes.md, the pages' links and the tables that are generated
	$(GO) generate ./...
	$(GO) -C lab run . table > docs/lab.md
	$(GO) -C lab run . inputs ../docs/inputs.md

cause: ## a new cause: make cause ID=my-cause
	$(GO) run ./rule/tools/newcause $(ID)
