#!/usr/bin/env bash
# The scheduler at work: a cluster with twelve simulated nodes, the example gangs and
# queues, and a live view of who is placed where, and who waits and why.
#
#   deploy/demo.sh [--stay] [--control-plane]
#
#   --stay           keep everything up until Ctrl-C
#   --control-plane  on a real kube-apiserver and etcd instead of basalt-cluster
#
# Ends with 0 if what the examples promise has happened. Needs $BASALT_SCHEDULER,
# $BASALT_CLUSTER and $BASALT_VIEW (the binaries), and for --control-plane kubectl and
# $BASALT_E2E_CONTROL_PLANE; `make demo` sees to that.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
deploy="$root/deploy"
control_plane="$root/test/e2e/control_plane.sh"
scheduler="${BASALT_SCHEDULER:?the path of basalt-scheduler; try: make demo}"
cluster="${BASALT_CLUSTER:?the path of basalt-cluster; try: make demo}"
view="${BASALT_VIEW:?the path of basalt-view; try: make demo}"
readonly node_count=12 settle_deadline=90 start_deadline=60
# How many pods of each example are on nodes in the end, and which of them wait.
readonly promises=(training=16 mpi=9 elastic=6 web=5 patient=waits too-big=waits not-admitted=waits)
readonly examples=(queues training mpi elastic bare-pods too-big not-admitted)
# Created once the others have their places: it is to wait behind them.
readonly latecomer=patient

stay=false
real=false
for word in "$@"; do
  case "$word" in
    --stay) stay=true ;;
    --control-plane) real=true ;;
    *) echo "demo.sh: unknown word '$word'; usage: demo.sh [--stay] [--control-plane]" >&2; exit 2 ;;
  esac
done

folder="$(mktemp -d "${TMPDIR:-/tmp}/basalt-demo.XXXXXX")"
kubeconfig="$folder/kubeconfig"
scheduler_kubeconfig="$kubeconfig"
cluster_pid=
scheduler_pid=
view_pid=
failed=true

end() { # PID: ends it, and returns its status
  [[ -n "$1" ]] || return 0
  kill -TERM "$1" 2> /dev/null || true
  wait "$1" 2> /dev/null
}

clean_up() {
  trap - EXIT
  trap '' INT TERM HUP
  end "$view_pid" || true
  end "$scheduler_pid" || true
  end "$cluster_pid" || true
  if "$real"; then "$control_plane" stop "$folder/control-plane" || true; fi
  if "$failed"; then
    local log
    for log in cluster scheduler; do
      [[ -s "$folder/$log.log" ]] || continue
      echo "--- end of the $log's log ---" >&2
      tail -n 20 "$folder/$log.log" >&2
    done
  fi
  rm -rf "$folder"
}
trap clean_up EXIT

# Ctrl-C. The view knows whether all promises were kept: --stay is meant to end like this.
interrupted() {
  failed=false
  if end "$view_pid" && "$stay" && [[ -n "$view_pid" ]]; then exit 0; fi
  exit 130
}
trap interrupted INT TERM HUP

step() {
  if [[ -t 1 ]]; then printf '\033[1m== %s\033[0m\n' "$*"; else printf '== %s\n' "$*"; fi
}

give_up() { echo "demo.sh: $*" >&2; exit 1; }

# Waits until a command succeeds; its words are in $@ after what it waits for and for whom.
until_ready() { # WHAT PID COMMAND...
  local what="$1" pid="$2" deadline=$((SECONDS + start_deadline))
  shift 2
  until "$@"; do
    kill -0 "$pid" 2> /dev/null || give_up "$what has ended"
    ((SECONDS < deadline)) || give_up "$what is not ready after ${start_deadline}s"
    read -rt 0.05 <> <(:) || true
  done
}

free_port() {
  local port hex
  while port=$((20000 + RANDOM % 12000)); do
    printf -v hex ':%04X ' "$port"
    grep -qs -- "$hex" /proc/net/tcp /proc/net/tcp6 || { echo "$port"; return; }
  done
}

answers_ready() { # PORT
  local line=""
  { exec 3<> "/dev/tcp/127.0.0.1/$1"; } 2> /dev/null || return 1
  printf 'GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
  read -r -t 5 line <&3 || true
  exec 3>&-
  [[ "$line" == *' 200 '* ]]
}

# --- the steps ---------------------------------------------------------------

start_embedded() {
  local name files=(--load "$deploy/namespace.yaml")
  for name in "$deploy"/crds/*.yaml; do files+=(--load "$name"); done
  for name in "${examples[@]}"; do files+=(--load "$deploy/examples/$name.yaml"); done
  step "basalt-cluster: an API server in memory, $node_count simulated nodes, the examples of deploy/examples"
  "$cluster" --port 0 --kubeconfig-out "$kubeconfig" --nodes "$node_count" --job-run-seconds forever "${files[@]}" \
    > "$folder/cluster.log" 2>&1 &
  cluster_pid=$!
  until_ready "basalt-cluster" "$cluster_pid" test -s "$kubeconfig"
}

create() { # PATH FILE: on the cluster in memory, which speaks plain HTTP and reads YAML
  local port line=""
  port="$(sed -n 's#.*server: http://127.0.0.1:##p' "$kubeconfig")"
  exec 3<> "/dev/tcp/127.0.0.1/$port"
  printf 'POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/yaml\r\nContent-Length: %d\r\n\r\n' \
    "$1" "$(wc -c < "$2")" >&3
  cat "$2" >&3
  read -r -t 10 line <&3 || true
  exec 3>&-
  [[ "$line" == *' 201 '* ]] || give_up "$2 is not created: $line"
}

create_latecomer() {
  local promise placed=()
  for promise in "${promises[@]}"; do
    [[ "$promise" == *=waits ]] || placed+=("$promise")
  done
  "$view" --kubeconfig "$kubeconfig" --deadline "$settle_deadline" --plain "${placed[@]}" > "$folder/view.log" 2>&1 ||
    { cat "$folder/view.log" >&2; give_up "not everything is as the examples promise"; }
  step "And one more: $latecomer"
  local file="$deploy/examples/$latecomer.yaml"
  if "$real"; then
    kube apply -f "$file" > /dev/null
    return
  fi
  sed '/^---$/,$d' "$file" > "$folder/group.yaml"
  sed '1,/^---$/d' "$file" > "$folder/job.yaml"
  create /apis/scheduling.volcano.sh/v1beta1/namespaces/default/podgroups "$folder/group.yaml"
  create /apis/batch/v1/namespaces/default/jobs "$folder/job.yaml"
}

start_control_plane() {
  local name
  kube() { kubectl --kubeconfig "$kubeconfig" "$@"; }
  step "A real control plane: etcd, kube-apiserver, kube-controller-manager"
  BASALT_CONTROL_PLANE_OWNER=$$ "$control_plane" start "$folder/control-plane"
  cp "$folder/control-plane/admin.kubeconfig" "$kubeconfig"
  # The scheduler runs under the shipped role: its token is not the administrator's.
  scheduler_kubeconfig="$folder/control-plane/scheduler.kubeconfig"
  kube apply -f "$deploy/namespace.yaml" -f "$deploy/crds" -f "$deploy/rbac.yaml" > /dev/null
  kube wait --for=condition=Established --timeout=30s crd/podgroups.scheduling.volcano.sh \
    crd/queues.scheduling.volcano.sh > /dev/null
  step "$node_count simulated nodes, the examples of deploy/examples"
  "$cluster" nodes --kubeconfig "$kubeconfig" --nodes "$node_count" --job-run-seconds forever \
    > "$folder/cluster.log" 2>&1 &
  cluster_pid=$!
  for name in "${examples[@]}"; do kube apply -f "$deploy/examples/$name.yaml" > /dev/null; done
}

start_scheduler() {
  local health
  health="$(free_port)"
  telemetry="$(free_port)"
  step "basalt-scheduler, with the configuration of deploy/configmap.yaml"
  mkdir "$folder/configuration"
  sed '1,/volcano-scheduler.conf: |/d; s/^    //' "$deploy/configmap.yaml" \
    > "$folder/configuration/volcano-scheduler.conf"
  "$scheduler" --kubeconfig="$scheduler_kubeconfig" --scheduler-name=basalt \
    --scheduler-conf="$folder/configuration/volcano-scheduler.conf" --schedule-period=1s --leader-elect=false \
    --enable-metrics=true --listen-address="127.0.0.1:$telemetry" \
    --enable-healthz=true --healthz-address="127.0.0.1:$health" > "$folder/scheduler.log" 2>&1 &
  scheduler_pid=$!
  until_ready "the scheduler" "$scheduler_pid" answers_ready "$health"
  step "Ready after $SECONDS s"
}

commands() {
  cat << COMMANDS
  export KUBECONFIG=$kubeconfig
  kubectl get nodes
  kubectl get podgroups,queues
  kubectl describe podgroup too-big
  kubectl get pods -o wide
  kubectl get events --field-selector involvedObject.name=too-big
  curl http://127.0.0.1:$telemetry/v1/explain/jobs/default/patient
  kubectl delete job training    # makes room: patient starts
COMMANDS
}

# Every thing that runs is needed: whichever ends first decides.
show() {
  local flags=(--kubeconfig "$kubeconfig" --deadline "$settle_deadline") ended="" status=0
  if "$stay"; then
    step "Up until Ctrl-C. To try in another terminal:"
    commands
    flags+=(--stay --foot "Ctrl-C ends all. To try in another terminal:"$'\n'"$(commands)")
  fi
  "$view" "${flags[@]}" "${promises[@]}" &
  view_pid=$!
  wait -n -p ended "$view_pid" "$scheduler_pid" "$cluster_pid" || status=$?
  [[ "$ended" == "$view_pid" ]] || give_up "the scheduler or the cluster has ended"
  view_pid=
  ((status == 0)) || give_up "not everything is as the examples promise"
  failed=false
}

if "$real"; then start_control_plane; else start_embedded; fi
start_scheduler
create_latecomer
show
step "As the examples promise. To look for yourself: make demo ARGS=--stay"
