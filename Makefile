.PHONY: help setup build run dev test check accept generate bench pg
.DEFAULT_GOAL := help

help: ## list these recipes
	@sed -n 's/^\([a-z]*\): ## \(.*\)/  make \1 | \2/p' Makefile | column -t -s '|'
setup: ## install what the other recipes need
	@cargo xtask setup
build: ## the pages and the binary with them, as target/release/lockwork
	@cargo xtask build
run: ## build, start with a demo project, print a curl that works (LISTEN=127.0.0.1:7777)
	@cargo xtask run
dev: ## the same, restarted when a source file changes
	@cargo xtask dev
test: ## everything, installing what it needs
	@cargo xtask test
check: ## format, lints, walls, generated files unchanged
	@cargo xtask check
accept: ## accept new snapshots and generated files
	@cargo xtask accept
generate: ## write the OpenAPI documents and the configuration reference
	@cargo xtask generate
bench: ## measure (ARGS="…" is passed on; never part of the tests)
	@cargo xtask bench -- $(ARGS)
pg: ## a temporary PostgreSQL for development, until Ctrl-C
	@cargo xtask pg
