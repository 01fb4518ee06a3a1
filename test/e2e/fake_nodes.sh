#!/usr/bin/env bash
# Creates nodes that are only objects: no machine and no kubelet stands behind them.
#
#   fake_nodes.sh KUBECONFIG COUNT [CPU [MEMORY [PODS]]]
#
# They are named node-01, node-02, ... A kubelet registers its node together with
# its status; so does this, with one request a node.
set -euo pipefail

[[ $# -ge 2 ]] || { echo "usage: fake_nodes.sh KUBECONFIG COUNT [CPU [MEMORY [PODS]]]" >&2; exit 1; }
jq --null-input --argjson count "$2" --arg cpu "${3:-16}" --arg memory "${4:-64Gi}" --arg pods "${5:-110}" '
  def padded: tostring | if length < 2 then "0" + . else . end;
  {cpu: $cpu, memory: $memory, pods: $pods} as $amounts
  | {apiVersion: "v1", kind: "List", items: [range(1; $count + 1) | ("node-" + padded) as $name | {
      apiVersion: "v1", kind: "Node",
      metadata: {name: $name, labels: {"kubernetes.io/hostname": $name}},
      status: {
        capacity: $amounts, allocatable: $amounts,
        conditions: [{type: "Ready", status: "True", reason: "FakeNode", message: "there is no kubelet"}]
      }
    }]}' | kubectl --kubeconfig "$1" create -f - > /dev/null
