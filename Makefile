# The front door. Each target does its own set-up on a bare Debian 12: packages from
# cmake/packages.txt, configure, build. CMake does the rest; see CMakePresets.json.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
.PHONY: help setup setup-control-plane control-plane test properties e2e demo bench bench-gangs bench-openb

JOBS ?= $(shell nproc)
# WERROR=ON: warnings are errors, as in CI.
WERROR ?= OFF
# Words for the program that a target runs, e.g. make demo ARGS=--stay, make e2e ARGS='-R Gang'.
ARGS ?=
# The folder of a data set that is not part of this repository.
DATA ?=

help:
	@cat <<- 'TEXT'
		make demo [ARGS=--stay]   a cluster in memory, the scheduler, example gangs, and a live view of them
		                          (ARGS=--control-plane: on a real kube-apiserver and etcd)
		make test                 all tests that need no control plane, with sanitizers
		make properties           the tests on generated clusters, optimised: all of their cases
		make e2e                  the tests on a real kube-apiserver and etcd
		make bench                the benchmarks
		make bench-gangs          how well gangs fill a cluster, in virtual time; ARGS: number of random orders
		make bench-openb DATA=F   how much of a cluster's GPUs get used, on Alibaba's trace in the folder F
		make setup                only install the packages that are missing
	TEXT

comma := ,

# $(call install,COMMAND): installs the packages that COMMAND lists and that are missing. Nothing is asked of the
# network when nothing is. A kubectl that is there is kept: the package's would clash with one from another source.
define install
missing=()
for package in $$($(1) | sed 's/#.*//'); do
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
endef

# All but what only a real control plane needs: the last part of the list.
setup:
	@$(call install,sed '/^# the real control plane/$(comma)$$d' cmake/packages.txt)

setup-control-plane: setup
	@$(call install,cat cmake/packages.txt)

# Builds kube-apiserver and kube-controller-manager the first time (some minutes), then finds them in a cache folder.
control-plane: setup-control-plane
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

demo: setup $(if $(findstring --control-plane,$(ARGS)),control-plane)
	@cmake --preset release > /dev/null
	cmake --build --preset release --parallel $(JOBS) --target basalt-scheduler basalt-cluster basalt-view
	export BASALT_SCHEDULER=build/release/src/daemon/basalt-scheduler
	export BASALT_CLUSTER=build/release/src/cluster/basalt-cluster
	export BASALT_VIEW=build/release/src/tools/view/basalt-view
	exec deploy/demo.sh $(ARGS)

# One JSON object a line; ARGS names workloads, see docs/performance.md.
bench: setup
	@cmake --preset release > /dev/null
	cmake --build --preset release --parallel $(JOBS) --target basalt-bench > /dev/null
	build/release/test/bench/basalt-bench $(ARGS)

bench-gangs: setup
	@cmake --preset release > /dev/null
	cmake --build --preset release --parallel $(JOBS) --target basalt-gang-waves > /dev/null
	build/release/test/bench/basalt-gang-waves $(ARGS)

# The trace is not part of this repository; ARGS: seeds and the name of one policy.
bench-openb: setup
	@if [[ ! -f "$(DATA)/openb_pod_list_default.csv" ]]; then
	  echo "skipped: DATA names no folder with openb_node_list_gpu_node.csv and openb_pod_list_default.csv"
	  exit 0
	fi
	cmake --preset release > /dev/null
	cmake --build --preset release --parallel $(JOBS) --target basalt-openb > /dev/null
	build/release/test/bench/basalt-openb "$(DATA)" $(ARGS)
