#!/usr/bin/env bash
# The scheduler at work: a real control plane, twelve simulated nodes, the example
# gangs, and an account of what was placed where and why something waits.
#
#   deploy/demo.sh [--stay]     --stay: keep everything up until Ctrl-C
#
# Needs $BASALT_SCHEDULER (the binary), kubectl and jq; `make demo` sees to that.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
deploy="$root/deploy"
control_plane="$root/test/e2e/control_plane.sh"
scheduler="${BASALT_SCHEDULER:?the path of basalt-scheduler; try: make demo}"
readonly node_count=12 settle_deadline=90 ready_deadline=60

stay=false
case "${1:-}" in
  "") ;;
  --stay) stay=true ;;
  *) echo "usage: demo.sh [--stay]" >&2; exit 1 ;;
esac

folder="$(mktemp -d "${TMPDIR:-/tmp}/basalt-demo.XXXXXX")"
scheduler_pid=
failed=true

clean_up() {
  trap - EXIT INT TERM
  if [[ -n "$scheduler_pid" ]]; then
    kill -TERM "$scheduler_pid" 2> /dev/null || true
    wait "$scheduler_pid" 2> /dev/null || true
  fi
  if "$failed" && [[ -s "$folder/scheduler.log" ]]; then
    echo "--- end of the scheduler's log ---" >&2
    tail -n 20 "$folder/scheduler.log" >&2
  fi
  "$control_plane" stop "$folder/control-plane" || true
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

step() {
  if [[ -t 1 ]]; then printf '\n\033[1m== %s\033[0m\n' "$*"; else printf '\n== %s\n' "$*"; fi
}

kube() { kubectl --kubeconfig "$folder/control-plane/admin.kubeconfig" "$@"; }

free_port() {
  local port hex
  while port=$((20000 + RANDOM % 12000)); do
    printf -v hex ':%04X ' "$port"
    grep -qs -- "$hex" /proc/net/tcp /proc/net/tcp6 || { echo "$port"; return; }
  done
}

http_status() { # PORT PATH
  local line=
  exec 3<> "/dev/tcp/127.0.0.1/$1" || return 1
  printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$2" >&3
  read -r -t 5 line <&3 || true
  exec 3>&-
  cut -d' ' -f2 <<< "$line"
}

# --- the steps ---------------------------------------------------------------

start_control_plane() {
  step "A real control plane: etcd, kube-apiserver, kube-controller-manager"
  BASALT_CONTROL_PLANE_OWNER=$$ "$control_plane" start "$folder/control-plane"
  kube version 2> /dev/null | grep -i server || true
}

install() {
  step "Custom resources, role and $node_count simulated nodes"
  kube apply -f "$deploy/namespace.yaml" -f "$deploy/crds" -f "$deploy/rbac.yaml" > /dev/null
  kube wait --for=condition=Established --timeout=30s crd/podgroups.scheduling.volcano.sh \
    crd/queues.scheduling.volcano.sh > /dev/null
  "$root/test/e2e/fake_nodes.sh" "$folder/control-plane/admin.kubeconfig" "$node_count" 16 64Gi
  kube get nodes --no-headers | awk '{ printf "%s%s", (NR > 1 ? "  " : ""), $1 } END { print "" }'
}

# The scheduler runs under the shipped role: its token is not the administrator's.
start_scheduler() {
  local health deadline=$((SECONDS + ready_deadline))
  step "basalt-scheduler, with the configuration of deploy/configmap.yaml"
  mkdir "$folder/configuration"
  kube create --dry-run=client -o json -f "$deploy/configmap.yaml" | jq -r '.data["volcano-scheduler.conf"]' \
    > "$folder/configuration/volcano-scheduler.conf"
  health="$(free_port)"
  "$scheduler" --kubeconfig="$folder/control-plane/scheduler.kubeconfig" --scheduler-name=basalt \
    --scheduler-conf="$folder/configuration/volcano-scheduler.conf" --schedule-period=1s --leader-elect=false \
    --enable-metrics=true --listen-address="127.0.0.1:$(free_port)" \
    --enable-healthz=true --healthz-address="127.0.0.1:$health" > "$folder/scheduler.log" 2>&1 &
  scheduler_pid=$!
  until [[ "$(http_status "$health" /readyz 2> /dev/null)" == 200 ]]; do
    kill -0 "$scheduler_pid" 2> /dev/null || { echo "the scheduler has ended" >&2; exit 1; }
    ((SECONDS < deadline)) || { echo "the scheduler is not ready after ${ready_deadline}s" >&2; exit 1; }
    sleep 0.1
  done
  echo "ready"
}

apply_examples() {
  step "The examples of deploy/examples"
  kube apply -f "$deploy/examples/queues.yaml" -f "$deploy/examples/training.yaml" -f "$deploy/examples/mpi.yaml" \
    -f "$deploy/examples/elastic.yaml" -f "$deploy/examples/bare-pods.yaml" -f "$deploy/examples/too-big.yaml" \
    -f "$deploy/examples/not-admitted.yaml"
}

take_snapshot() {
  local kind
  for kind in pods podgroups nodes jobs deployments; do
    kube get "$kind" -o json > "$folder/$kind.json" || return 1
  done
  jq --null-input --slurpfile pods "$folder/pods.json" --slurpfile groups "$folder/podgroups.json" \
    --slurpfile nodes "$folder/nodes.json" --slurpfile jobs "$folder/jobs.json" \
    --slurpfile deployments "$folder/deployments.json" '{
    pods: $pods[0].items, groups: $groups[0].items, nodes: $nodes[0].items,
    owners: ($jobs[0].items + $deployments[0].items)}' > "$folder/snapshot.json"
}

# Settled: every pod that is to come is there, and each is bound or its gang says why not.
is_settled() {
  take_snapshot || return 1
  jq -e '
    ([.owners[] | .spec.parallelism // .spec.replicas] | add) as $wanted
    | ([.groups[] | select(any(.status.conditions[]?; .type == "Unschedulable" and .status == "True")) | .metadata.name])
      as $explained
    | (.pods | length) == $wanted
      and all(.pods[]; .spec.nodeName != null
                       or (.metadata.annotations["scheduling.k8s.io/group-name"] as $g | $explained | index($g)))
  ' "$folder/snapshot.json" > /dev/null
}

wait_until_settled() {
  local deadline=$((SECONDS + settle_deadline))
  until is_settled; do
    ((SECONDS < deadline)) || { echo "not everything has settled after ${settle_deadline}s; this is how it stands:"; return; }
    sleep 0.3
  done
  failed=false
}

tell_nodes() {
  step "What was placed where (CPU in use of each node)"
  jq -r '
    def cpu: if endswith("m") then .[:-1] | tonumber / 1000 else tonumber end;
    def bar($used; $size): "#" * ($used / $size * 24 | round) + "." * (24 - ($used / $size * 24 | round));
    .pods as $pods
    | .nodes[]
    | .metadata.name as $node | (.status.allocatable.cpu | cpu) as $size
    | [$pods[] | select(.spec.nodeName == $node)] as $here
    | ([$here[].spec.containers[].resources.requests.cpu | cpu] | add // 0) as $used
    | ($here | group_by(.metadata.labels["job-name"] // .metadata.labels.app)
       | map("\(.[0].metadata.labels["job-name"] // .[0].metadata.labels.app) x\(length)") | join(", ")) as $who
    | "  \($node)  [\(bar($used; $size))] \($used)/\($size)  \($who)"' "$folder/snapshot.json"
}

tell_gangs() {
  step "What became of each gang"
  jq -r '
    .pods as $pods
    | def members($name): [$pods[] | select(.metadata.annotations["scheduling.k8s.io/group-name"] == $name)];
      def pad($width): . + " " * ([0, $width - length] | max);
      (.groups[]
       | .metadata.name as $name | members($name) as $all
       | ([$all[] | select(.spec.nodeName)] | length) as $bound
       | "  \($name | pad(14)) queue \(.spec.queue | pad(11)) phase \(.status.phase // "Pending" | pad(9)) "
         + "\($bound) of \($all | length) pods bound, at least \(.spec.minMember) needed",
         (if $bound == 0 then
            [.status.conditions[]? | select(.type == "Unschedulable") | "    waits: \(.message)"] | first // "    waits, and does not say why"
          else empty end)),
      ([$pods[] | select(.metadata.annotations["scheduling.k8s.io/group-name"] == null)]
       | "  \("(no PodGroup)" | pad(14)) " + "\([.[] | select(.spec.nodeName)] | length) of \(length) pods bound, each on its own")
  ' "$folder/snapshot.json"
}

tell_commands() {
  step "To look for yourself$("$stay" || echo " (make demo ARGS=--stay keeps it up)")"
  cat << COMMANDS
  export KUBECONFIG=$folder/control-plane/admin.kubeconfig
  kubectl get podgroups -o wide
  kubectl describe podgroup too-big
  kubectl get queues -o yaml
  kubectl get pods -o wide
  kubectl get events --field-selector involvedObject.name=too-big
  kubectl delete job training        # makes room; see what happens
COMMANDS
}

start_control_plane
install
start_scheduler
apply_examples
wait_until_settled
tell_nodes
tell_gangs
tell_commands
if "$stay"; then
  step "Up until Ctrl-C; the scheduler's log is $folder/scheduler.log"
  wait "$scheduler_pid" || true
fi
if "$failed"; then exit 1; fi
