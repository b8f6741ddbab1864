# `make help` lists the targets. Every one installs what it needs first, on Debian 12 with a Swift toolchain.

PREFIX   ?= /usr/local
DESTDIR  ?=
TOOLS    := $(CURDIR)/.tools
# The broker that the tests and the demo use wants a newer librdkafka than Debian 12's; see CONTRIBUTING.md.
RUN      := LD_LIBRARY_PATH=$(TOOLS)/lib:$$LD_LIBRARY_PATH USHER_BROKER=$(TOOLS)/tansu
RELEASE  := swift build -c release --static-swift-stdlib --product usher
BINARY   := .build/release/usher

SECONDS  := 10
ROUNDS   := 1000
SEED     := 1

.PHONY: help setup build test check chaos fuzz documents format demo bench install uninstall clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## Install the servers and libraries that are missing
	@Scripts/setup $(TOOLS)

build: setup ## Build the release binary, with the Swift library inside
	$(RELEASE)

test: setup ## Run all tests on private PostgreSQL, Redis and Kafka servers; ONLY='PaceTests' those
	swift build --build-tests
	@$(RUN) Scripts/test $(if $(ONLY),--filter '$(ONLY)')

check: setup ## Look at format, warnings, generated documents and man pages
	@Scripts/check

chaos: setup ## Kill usher and Redis at random instants on a queue in use, ROUNDS=1000 of it
	swift build --build-tests
	@$(RUN) USHER_CHAOS_ROUNDS=$(ROUNDS) USHER_CHAOS_SEED=$(SEED) Scripts/test --filter ChaosTests

fuzz: setup ## Feed the argument parser what chance makes, SECONDS=10 for each target
	@Fuzzing/run $(SECONDS)

documents: setup ## Regenerate man/ and completions/ from the command definitions
	swift build --product usher
	@Scripts/documents .

format: ## Format the Swift sources
	swift format --in-place --parallel --recursive Package.swift Sources Tests Fuzzing

demo: build ## Watch an on-call engineer mend a ticket sale
	@$(RUN) Scripts/demo $(BINARY)

bench: build ## Compare with what people use today, in one run
	@$(RUN) Benchmarks/run $(BINARY)

install: build ## Install the program without its symbols, its manual and completions under PREFIX
	install -D -s -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/usher
	cd man && for page in *.[1-9]; do \
	  install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$$page; done
	install -D -m 644 completions/usher.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/usher
	install -D -m 644 completions/_usher $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_usher
	install -D -m 644 completions/usher.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/usher.fish

uninstall: ## Take away what install put there
	cd man && for page in *.[1-9]; do rm -f $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$$page; done
	rm -f $(DESTDIR)$(PREFIX)/bin/usher $(DESTDIR)$(PREFIX)/share/bash-completion/completions/usher \
	  $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_usher $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/usher.fish

clean: ## Delete what building made
	rm -rf .build .build-fuzz .tools
