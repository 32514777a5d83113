# The commands of the README. Each installs what is missing on a fresh Debian machine with Rust and Node.

# Started by root, PostgreSQL runs as another user, who must be able to reach the data: not below /root.
DATA ?= $(shell [ "$$(id -u)" = 0 ] && echo /var/lib/quell-demo || echo quell-data)
# Where the demo answers: make demo LISTEN=0.0.0.0:8420 for every phone of the network.
LISTEN ?= 127.0.0.1:8420

.PHONY: build demo test deps page lint bench screenshots

# Only the program: target/release/quell.
build: deps page
	cargo build --release --bin quell

# The web page, which the program holds.
page:
	scripts/build-page

# Lives two days of an outbreak in a county of 462,462 people, then serves it on http://127.0.0.1:8420/v1
demo: build
	./target/release/quell --data $(DATA) demo --listen $(LISTEN)

test: deps
	./scripts/test

# Every screen, both languages, four sizes: target/screenshots/role-screen-language-width.png, and the pictures of the README.
screenshots: build
	scripts/screenshots

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

# The long forms; see docs/measurements.md
bench: deps
	bench/city-day --people 1000000
	bench/unbatched
	bench/kill
	bench/faults
	bench/histories --seeds 1000
	bench/overload
	bench/looks
	bench/status
	bench/candidates
	bench/caseload
	bench/rt
	bench/trees
	bench/epidemic
	bench/verify-audit
	bench/fuzz

deps:
	@scripts/install-deps
