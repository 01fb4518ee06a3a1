# The front door. Each target does its own set-up on a bare Debian 12: packages from
# cmake/packages.txt, configure, build. CMake does the rest; see CMakePresets.json.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
.PHONY: help setup control-plane test properties e2e demo bench

JOBS ?= $(shell nproc)
# WERROR=ON: warnings are errors, as in CI.
WERROR ?= OFF
# Words for the program that a target runs, e.g. make demo ARGS=--stay, make e2e ARGS='-R Gang'.
ARGS ?=

help:
	@cat <<- 'TEXT'
		make demo [ARGS=--stay]   a real control plane, simulated nodes, example gangs, and what became of them
		make test                 all tests that need no control plane, with sanitizers
		make properties           the tests on generated clusters, optimised: all of their cases
		make e2e                  the tests on a real kube-apiserver and etcd
		make bench                the benchmarks
		make setup                only install the packages that are missing
	TEXT

# Nothing is asked of the network when nothing is missing. A kubectl that is there
# is kept: the package's would clash with one from another source.
setup:
	@missing=()
	for package in $$(sed 's/#.*//' cmake/packages.txt); do
	  if [[ $$package == kubernetes-client ]] && command -v kubectl > /dev/null; then continue; fi
	  status=$$(dpkg-query -W -f='$${db:Status-Status}' "$$package" 2> /dev/null || true)
	  [[ $$status == installed ]] || missing+=("$$package")
	done
	if (($${#missing[@]} == 0)); then exit 0; fi
	echo "installing: $${missing[*]}"
	as_root=()
	if [[ $$(id -u) != 0 ]]; then as_root=(sudo); fi
	export DEBIAN_FRONTEND=noninteractive
	"$${as_root[@]}" apt-get update -qq
	"$${as_root[@]}" apt-get install -y -qq --no-install-recommends "$${missing[@]}"

# Builds kube-apiserver and kube-controller-manager the first time (some minutes), then finds them in a cache folder.
control-plane: setup
	@test/e2e/control_plane_binaries.sh > /dev/null

test: setup
	@cmake --preset dev -DBASALT_WERROR=$(WERROR)
	cmake --build --preset dev --parallel $(JOBS)
	ctest --preset dev --label-exclude e2e --parallel $(JOBS) $(ARGS)

# Under sanitizers, each of these tries a part of its cases.
properties: setup
	@cmake --preset release -DBASALT_WERROR=$(WERROR)
	cmake --build --preset release --parallel $(JOBS) --target basalt_property_tests
	build/release/test/properties/basalt_property_tests --gtest_brief=1 $(ARGS)

# One case at a time: each has a control plane of its own, and some measure.
e2e: setup control-plane
	@cmake --preset release -DBASALT_WERROR=$(WERROR)
	cmake --build --preset release --parallel $(JOBS) --target basalt-scheduler basalt_e2e_tests basalt_api_real_tests
	BASALT_E2E_CONTROL_PLANE="$$(test/e2e/control_plane_binaries.sh)"
	export BASALT_E2E_CONTROL_PLANE
	ctest --preset release --label-regex e2e --no-tests=error $(ARGS)

demo: setup control-plane
	@cmake --preset release > /dev/null
	cmake --build --preset release --parallel $(JOBS) --target basalt-scheduler
	BASALT_E2E_CONTROL_PLANE="$$(test/e2e/control_plane_binaries.sh)"
	BASALT_SCHEDULER=build/release/src/daemon/basalt-scheduler
	export BASALT_E2E_CONTROL_PLANE BASALT_SCHEDULER
	exec deploy/demo.sh $(ARGS)

# One JSON object a line; ARGS names workloads, see docs/performance.md.
bench: setup
	@cmake --preset release > /dev/null
	cmake --build --preset release --parallel $(JOBS) --target basalt-bench > /dev/null
	build/release/test/bench/basalt-bench $(ARGS)
