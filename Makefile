# What people and CI call. `make test` is the whole check; the others are its parts and the release build.

SWIFT ?= swift
RELEASE_FLAGS = -c release --static-swift-stdlib --disable-local-rpath

.PHONY: all setup lint build test demo release bench fuzz format clean

all: build

setup:
	@Scripts/setup

# Layout, file length and import rules.
lint:
	@$(SWIFT) format lint --strict --parallel -r Sources Tests Benchmarks/*Benchmark* Package.swift Benchmarks/Package.swift
	@Scripts/check-style

build: setup
	@$(SWIFT) build --build-tests

# Everything: setup, lint, one debug build, every test.
test: setup lint build
	@Scripts/test

# From git push to a production canary, and one back, in front of your eyes. DEMO="--keep" leaves the system running.
demo:
	@Scripts/demo $(DEMO)

# One static executable: .build/release/slipway
release: setup
	@SLIPWAY_COMMIT=$$(git rev-parse HEAD 2>/dev/null) $(SWIFT) build $(RELEASE_FLAGS) --product slipway

bench: setup
	@Benchmarks/run

# FUZZ_SECONDS=600 make fuzz: so long for each of the YAML reader, the JSON reader and the editor.
fuzz: setup
	@$(SWIFT) build -c release --product FuzzManifest
	@for target in yaml json edit; do \
		.build/release/FuzzManifest --target $$target --seconds $${FUZZ_SECONDS:-60} || exit 1; done

format:
	@$(SWIFT) format -i --parallel -r Sources Tests Benchmarks/*Benchmark* Package.swift Benchmarks/Package.swift

clean:
	@$(SWIFT) package clean
