#!/usr/bin/env bash
# An unmodified kubectl against basalt-cluster: the commands that docs/embedded-cluster.md
# lists. Without a kubectl on the path or named: skipped (exit 77).
#
#   embedded_kubectl.sh BASALT_CLUSTER [KUBECTL...]
set -euo pipefail

cluster="$1"
shift
kubectls=("$@")
if ((${#kubectls[@]} == 0)); then
  if command -v kubectl > /dev/null; then kubectls=(kubectl); fi
fi
if ((${#kubectls[@]} == 0)); then
  echo "no kubectl"
  exit 77
fi
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"

folder="$(mktemp -d "${TMPDIR:-/tmp}/basalt-kubectl.XXXXXX")"
server=
clean_up() {
  if [[ -n "$server" ]]; then
    kill "$server" 2> /dev/null || true
    wait "$server" 2> /dev/null || true
  fi
  rm -rf "$folder"
}
trap clean_up EXIT

# Between two looks at a condition.
pause() { read -rt 0.05 <> <(:) || true; }

start() { # FLAGS...
  "$cluster" --port 0 --kubeconfig-out "$folder/kubeconfig" --snapshot "$folder/snapshot" "$@" > "$folder/log" 2>&1 &
  server=$!
  local tries=0
  until grep -qs '^try:' "$folder/log"; do
    kill -0 "$server" 2> /dev/null && ((++tries < 600)) || { cat "$folder/log" >&2; exit 1; }
    pause
  done
}

stop() {
  kill "$server"
  wait "$server"
  server=
}

run() { "$kubectl" --kubeconfig "$folder/kubeconfig" --cache-dir "$folder/cache" "$@" 2>&1; }

# expect WORDS-OF-THE-OUTPUT -- COMMAND: it succeeds and says so
expect() {
  local wanted="$1" output
  shift 2
  if ! output="$(run "$@")"; then
    printf 'FAILED: kubectl %s\n%s\n' "$*" "$output" >&2
    exit 1
  fi
  if ! grep -qE -- "$wanted" <<< "$output"; then
    printf 'FAILED: kubectl %s\nexpected /%s/, got:\n%s\n' "$*" "$wanted" "$output" >&2
    exit 1
  fi
}

refuse() {
  local wanted="$1" output
  shift 2
  if output="$(run "$@")"; then
    printf 'FAILED: kubectl %s should be refused, said:\n%s\n' "$*" "$output" >&2
    exit 1
  fi
  if ! grep -qE -- "$wanted" <<< "$output"; then
    printf 'FAILED: kubectl %s\nexpected /%s/, got:\n%s\n' "$*" "$wanted" "$output" >&2
    exit 1
  fi
}

bind() { # POD NODE
  cat > "$folder/binding.json" << JSON
{"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "$1"}, "target": {"kind": "Node", "name": "$2"}}
JSON
  run create --raw "/api/v1/namespaces/default/pods/$1/binding" -f "$folder/binding.json" > /dev/null
}

write_manifests() {
  cat > "$folder/node.yaml" << 'YAML'
apiVersion: v1
kind: Node
metadata: {name: n1, labels: {zone: a}}
status:
  allocatable: {cpu: "4", memory: 8Gi, pods: "110"}
  capacity: {cpu: "4", memory: 8Gi, pods: "110"}
  conditions: [{type: Ready, status: "True", reason: KubeletReady, message: ok}]
  nodeInfo: {kubeletVersion: v1.34.0, osImage: none, kernelVersion: none, containerRuntimeVersion: none, machineID: "", systemUUID: "", bootID: "", kubeProxyVersion: "", operatingSystem: linux, architecture: amd64}
YAML
  cat > "$folder/pod.yaml" << 'YAML'
apiVersion: v1
kind: Pod
metadata: {name: p1, labels: {app: x}}
spec:
  containers: [{name: c, image: busybox:1, resources: {requests: {cpu: 100m}}}]
YAML
  sed 's/name: p1/name: p2/' "$folder/pod.yaml" > "$folder/pod2.yaml"
}

commands() {
  expect 'customresourcedefinition.*created' -- apply -f "$root/deploy/crds"
  expect 'condition met' -- wait --for=condition=Established --timeout=10s crd/queues.scheduling.volcano.sh
  expect 'n1 created' -- create -f "$folder/node.yaml"
  expect 'p1 created' -- apply -f "$folder/pod.yaml"
  expect 'p1 unchanged' -- apply -f "$folder/pod.yaml"
  sed -i 's/app: x}/app: x, more: z}/' "$folder/pod.yaml"
  expect 'p1 configured' -- apply -f "$folder/pod.yaml"
  expect 'p2 created' -- create -f "$folder/pod2.yaml"

  expect '^n1 +Ready +<none>' -- get nodes
  expect 'INTERNAL-IP.*CONTAINER-RUNTIME' -- get nodes -o wide
  expect '^p1 +0/1 +Pending +0 ' -- get pods
  expect 'NOMINATED NODE' -- get pods -o wide
  expect 'app: x' -- get pod p1 -o yaml
  expect '^p1$' -- get pods -l more=z -o 'jsonpath={.items[*].metadata.name}'
  expect 'default +p2' -- get pods --all-namespaces --field-selector metadata.name=p2
  expect 'Pending' -- get pods --show-labels
  expect '^pod/p2$' -- get pods -o name
  expect 'kube-system +Active' -- get ns
  expect 'queues +q,queue-v1beta1 +scheduling.volcano.sh/v1beta1 +false +Queue' -- api-resources
  expect 'scheduling.volcano.sh/v1beta1' -- api-versions
  expect 'v1.34' -- version

  bind p1 n1
  bind p2 n1
  expect '^p1 .* n1 ' -- get pods -o wide
  expect 'Node: +n1' -- describe pod p1
  expect 'Non-terminated Pods: +\(2 in total\)' -- describe node n1

  expect 'queue.scheduling.volcano.sh/q1 created' -- apply -f - <<< '{"apiVersion":"scheduling.volcano.sh/v1beta1","kind":"Queue","metadata":{"name":"q1"},"spec":{"weight":2,"parent":"root"}}'
  expect '^q1 +root' -- get queues
  expect 'traverse' -- get q q1 -o yaml
  expect 'Weight: +2' -- describe queue q1
  refuse 'spec.weight in body should be greater than or equal to 1' -- patch queue q1 --type=merge -p '{"spec":{"weight":0}}'
  expect 'patched' -- patch queue q1 --type=merge -p '{"spec":{"weight":3}}'
  expect 'patched' -- patch queue q1 --type=json -p '[{"op":"replace","path":"/spec/weight","value":4}]'
  expect 'patched' -- patch node n1 -p '{"metadata":{"labels":{"from":"patch"}}}'

  expect 'labeled' -- label node n1 rack=r1
  expect 'annotated' -- annotate pod p1 note=hello
  expect 'tainted' -- taint node n1 k=v:NoSchedule
  expect 'untainted' -- taint node n1 k:NoSchedule-
  expect 'n1 cordoned' -- cordon n1
  expect 'Ready,SchedulingDisabled' -- get node n1
  expect 'n1 uncordoned' -- uncordon n1
  expect '^yes' -- auth can-i create pods
  expect 'namespace/made created' -- create namespace made
  expect 'deployment.apps/web created' -- create deployment web --image=nginx
  expect 'scaled' -- scale deployment web --replicas=3
  expect '^web +0/3' -- get deployments
  expect 'deployment.apps/web +0/3' -- get all
  expect 'cm created' -- create configmap cm --from-literal=a=b
  expect 'a: b' -- get configmap cm -o yaml

  cat > "$folder/event.json" << 'JSON'
{"apiVersion": "v1", "kind": "Event", "metadata": {"name": "p1.1", "namespace": "default"}, "type": "Warning",
 "reason": "FailedScheduling", "message": "nothing fits", "count": 1, "involvedObject": {"kind": "Pod", "namespace": "default", "name": "p1"},
 "source": {"component": "test"}, "firstTimestamp": "2026-01-01T00:00:00Z", "lastTimestamp": "2026-01-01T00:00:00Z"}
JSON
  expect 'created' -- create -f "$folder/event.json"
  expect 'FailedScheduling +pod/p1 +nothing fits' -- get events

  # A watch shows what happens while it runs.
  run get pods -w --request-timeout=200s > "$folder/watch" & local watcher=$!
  until grep -qs '^p2' "$folder/watch"; do kill -0 "$watcher"; pause; done
  expect 'deleted' -- delete pod p2 --grace-period=0 --force
  until (($(grep -c '^p2' "$folder/watch") >= 2)); do kill -0 "$watcher"; pause; done
  kill "$watcher" 2> /dev/null || true
  wait "$watcher" 2> /dev/null || true

  # A drain evicts; the pod ends when its node (here: we) says so.
  run drain n1 --force --ignore-daemonsets --timeout=200s > "$folder/drain" & local drain=$!
  until [[ -n "$(run get pod p1 -o 'jsonpath={.metadata.deletionTimestamp}')" ]]; do kill -0 "$drain"; done
  run delete pod p1 --grace-period=0 --force > /dev/null
  wait "$drain"
  grep -q 'evicted' "$folder/drain" || { cat "$folder/drain" >&2; exit 1; }

  refuse 'not found' -- get pod p1
  refuse 'server-side apply is not served' -- apply --server-side -f "$folder/pod.yaml"
  expect 'deleted' -- delete queue q1
  expect 'deleted' -- delete deployment web
  expect 'labeled' -- label configmap cm away=yes
  expect 'cm" deleted' -- delete configmaps -l away=yes
  expect 'deleted' -- delete event p1.1
  expect 'deleted' -- delete node n1
}

# Simulated nodes and controllers. There is no scheduler: the templates name their node.
life_of_workloads() {
  until run get node node-0002 > /dev/null; do pause; done
  cat > "$folder/workloads.yaml" << 'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {nodeName: node-0001, containers: [{name: c, image: i}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: count}
spec:
  parallelism: 2
  completions: 3
  completionMode: Indexed
  template:
    spec: {nodeName: node-0002, restartPolicy: Never, containers: [{name: c, image: i}]}
YAML
  expect 'web created' -- apply -n made -f "$folder/workloads.yaml"
  expect 'successfully rolled out' -- rollout status -n made deployment/web --timeout=60s
  expect 'condition met' -- wait -n made --for=condition=Available deployment/web --timeout=60s
  expect 'condition met' -- wait -n made --for=condition=Complete job/count --timeout=60s
  expect 'deployment "?web"?|web.*image updated' -- set image -n made deployment/web c=new
  expect 'successfully rolled out' -- rollout status -n made deployment/web --timeout=60s
  expect '^2 ' -- rollout history -n made deployment/web
  expect 'rolled back' -- rollout undo -n made deployment/web
  expect 'restarted' -- rollout restart -n made deployment/web
  expect 'successfully rolled out' -- rollout status -n made deployment/web --timeout=60s
  expect '10.128.' -- get pods -n made -l app=web -o wide
  expect 'deleted' -- delete namespace made --timeout=60s
  refuse 'not found' -- get namespace made
}

for kubectl in "${kubectls[@]}"; do
  echo "== $kubectl"
  rm -rf "$folder/cache" "$folder/snapshot"
  write_manifests
  start
  commands
  stop
  start
  expect 'made' -- get namespaces
  expect 'queues.scheduling.volcano.sh' -- get crds
  stop
  start --nodes 2 --job-run-seconds 0
  life_of_workloads
  stop
done
echo "all commands work"
