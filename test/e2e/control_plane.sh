#!/usr/bin/env bash
# A real Kubernetes control plane on loopback: etcd, kube-apiserver and
# kube-controller-manager, with TLS, token authentication and RBAC, for tests and
# for the demo. There is no kubelet and no scheduler.
#
#   control_plane.sh start DIR              start in DIR (made if need be); returns when it is ready
#   control_plane.sh stop DIR               end exactly the processes that `start` started
#   control_plane.sh kubeconfig DIR [USER]  print the kubeconfig of USER: admin (default) or scheduler
#   control_plane.sh kill DIR SERVER        SIGKILL one of etcd, kube-apiserver, kube-controller-manager
#   control_plane.sh resume DIR SERVER      start it again as it was; returns when the API, if it runs, is ready
#
# The binaries come from $BASALT_E2E_CONTROL_PLANE, else from
# control_plane_binaries.sh. With $BASALT_CONTROL_PLANE_OWNER (a process id)
# everything is stopped when that process ends, however it ends.
#
# What differs from a usual cluster, and why:
# - etcd is never compacted, so that an observer can watch from the first revision;
# - the admission plugins ServiceAccount and TaintNodesByCondition are off: nobody
#   here makes tokens for pods, and no kubelet would take the taints of a new node off;
# - the node lifecycle and pod garbage collection controllers are off: nodes are
#   only objects, and would be declared dead;
# - the scheduler's token stands for the service account that deploy/rbac.yaml
#   binds, so the shipped role decides what the scheduler may do.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
readonly scheduler_account=system:serviceaccount:basalt-system:basalt-scheduler
readonly start_deadline=120 stop_deadline=20
readonly servers=(kube-controller-manager kube-apiserver etcd) # in the order in which they are stopped

fail() {
  echo "control_plane.sh: $*" >&2
  exit 1
}

# --- processes -------------------------------------------------------------

# A process is known by its id and its start time: an id alone may belong to somebody else by now.
start_time_of() {
  # The name of the program, field 2, may contain blanks: cut it off first.
  sed 's/.*) //' "/proc/$1/stat" 2> /dev/null | cut -d' ' -f20
}

is_running() { # NAME
  local pid started
  [[ -f "$dir/run/$1.pid" ]] || return 1
  read -r pid started < "$dir/run/$1.pid"
  [[ -n "$pid" && "$(start_time_of "$pid")" == "$started" ]] || return 1
  # A process that has ended but was not waited for yet is not running.
  [[ "$(sed 's/.*) //' "/proc/$pid/stat" 2> /dev/null | cut -c1)" != Z ]]
}

launch() { # NAME: runs the command line of DIR/run/NAME.command (one word a line)
  local name="$1" command pid
  mapfile -t command < "$dir/run/$name.command"
  setsid "${command[@]}" >> "$dir/log/$name.log" 2>&1 < /dev/null &
  pid=$!
  echo "$pid $(start_time_of "$pid")" > "$dir/run/$name.pid"
}

signal_server() { # SIGNAL NAME
  local pid _
  is_running "$2" || return 0
  read -r pid _ < "$dir/run/$2.pid"
  kill -"$1" "$pid" 2> /dev/null || true
}

end_server() { # NAME
  local deadline=$((SECONDS + stop_deadline))
  signal_server TERM "$1"
  while is_running "$1"; do
    ((SECONDS < deadline)) || { signal_server KILL "$1"; deadline=$((SECONDS + stop_deadline)); }
    sleep 0.05
  done
  rm -f "$dir/run/$1.pid"
}

# --- what the servers need -------------------------------------------------

port_is_taken() { # PORT
  local hex
  printf -v hex ':%04X ' "$1"
  grep -qs -- "$hex" /proc/net/tcp /proc/net/tcp6
}

# Below the range from which the kernel takes ports of outgoing connections. Somebody may take the port between this
# look and the start: then the start is tried again with others.
free_port() {
  local port
  for _ in {1..200}; do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    port_is_taken "$port" || { echo "$port"; return; }
  done
  fail "no free port between 20000 and 32000"
}

make_certificates() {
  local pki="$dir/pki"
  mkdir -p "$pki"
  (
    cd "$pki"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 \
      -subj /CN=basalt-test-ca -keyout ca.key -out ca.crt
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=kube-apiserver \
      -keyout server.key -out server.csr
    openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 365 -out server.crt \
      -extfile <(echo "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc,IP:10.0.0.1")
    openssl ecparam -genkey -name prime256v1 -noout -out service-accounts.key
    openssl ec -in service-accounts.key -pubout -out service-accounts.pub
  ) > "$dir/log/openssl.log" 2>&1 || fail "openssl failed, see $dir/log/openssl.log"
}

make_tokens() {
  local user
  for user in admin scheduler controllers; do
    (umask 077; openssl rand -hex 16 > "$dir/pki/$user.token")
  done
  (
    umask 077
    cat > "$dir/pki/tokens.csv" << LIST
$(< "$dir/pki/admin.token"),admin,admin,"system:masters"
$(< "$dir/pki/controllers.token"),system:kube-controller-manager,controllers,"system:masters"
$(< "$dir/pki/scheduler.token"),$scheduler_account,scheduler,"system:serviceaccounts,system:serviceaccounts:basalt-system"
LIST
  )
}

write_kubeconfig() { # USER PORT
  (
    umask 077
    cat > "$dir/$1.kubeconfig" << CONFIG
apiVersion: v1
kind: Config
current-context: $1
clusters:
  - name: basalt-test
    cluster:
      server: https://127.0.0.1:$2
      certificate-authority: $dir/pki/ca.crt
users:
  - name: $1
    user:
      token: $(< "$dir/pki/$1.token")
contexts:
  - name: $1
    context:
      cluster: basalt-test
      user: $1
CONFIG
  )
}

write_etcd_command() { # CLIENT_PORT PEER_PORT
  printf '%s\n' "$binaries/etcd" \
    --data-dir="$dir/etcd" \
    --listen-client-urls="http://127.0.0.1:$1" --advertise-client-urls="http://127.0.0.1:$1" \
    --listen-peer-urls="http://127.0.0.1:$2" --initial-advertise-peer-urls="http://127.0.0.1:$2" \
    --initial-cluster="default=http://127.0.0.1:$2" \
    --unsafe-no-fsync --log-level=warn > "$dir/run/etcd.command"
}

write_apiserver_command() { # ETCD_PORT PORT
  local pki="$dir/pki"
  printf '%s\n' "$binaries/kube-apiserver" \
    --etcd-servers="http://127.0.0.1:$1" --etcd-compaction-interval=0 \
    --bind-address=127.0.0.1 --advertise-address=127.0.0.1 --secure-port="$2" \
    --endpoint-reconciler-type=none --service-cluster-ip-range=10.0.0.0/24 \
    --cert-dir="$pki" --tls-cert-file="$pki/server.crt" --tls-private-key-file="$pki/server.key" \
    --client-ca-file="$pki/ca.crt" --token-auth-file="$pki/tokens.csv" \
    --service-account-issuer=https://kubernetes.default.svc \
    --service-account-key-file="$pki/service-accounts.pub" \
    --service-account-signing-key-file="$pki/service-accounts.key" \
    --authorization-mode=RBAC --allow-privileged=true \
    --disable-admission-plugins=ServiceAccount,TaintNodesByCondition \
    --audit-policy-file="$dir/audit-policy.yaml" --audit-log-path="$dir/log/audit.log" \
    --profiling=false > "$dir/run/kube-apiserver.command"
}

# Every request of the scheduler, with what became of it: what a client says about itself is no evidence.
write_audit_policy() {
  cat > "$dir/audit-policy.yaml" << POLICY
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: Metadata
    users: ["$scheduler_account"]
  - level: None
POLICY
}

write_controllers_command() {
  local plain_port=() flags
  # Up to 1.23 there is a second, plain HTTP port to be switched off; later the flag is unknown.
  flags="$("$binaries/kube-controller-manager" --help 2>&1)"
  if grep -q -- '^ *--port int' <<< "$flags"; then plain_port=(--port=0); fi
  printf '%s\n' "$binaries/kube-controller-manager" \
    --kubeconfig="$dir/controllers.kubeconfig" --leader-elect=false "${plain_port[@]}" --secure-port=0 \
    --cert-dir="$dir/pki" --kube-api-qps=400 --kube-api-burst=800 \
    --service-account-private-key-file="$dir/pki/service-accounts.key" --root-ca-file="$dir/pki/ca.crt" \
    --controllers=namespace,serviceaccount,garbagecollector,job,replicaset,deployment,statefulset \
    > "$dir/run/kube-controller-manager.command"
}

# --- the commands ----------------------------------------------------------

api_is_ready() {
  kubectl --kubeconfig "$dir/admin.kubeconfig" --request-timeout=5s get --raw /readyz > /dev/null 2>&1
}

# Returns 1 when a server ended; fails when it takes too long.
wait_until_ready() {
  local deadline=$((SECONDS + start_deadline)) name
  until api_is_ready; do
    for name in etcd kube-apiserver; do
      is_running "$name" || return 1
    done
    ((SECONDS < deadline)) || fail "the API server is not ready after ${start_deadline}s, see $dir/log"
    sleep 0.2
  done
}

start_once() {
  local etcd_port peer_port port user
  etcd_port="$(free_port)" peer_port="$(free_port)" port="$(free_port)"
  rm -rf "$dir/etcd"
  for user in admin scheduler controllers; do write_kubeconfig "$user" "$port"; done
  write_etcd_command "$etcd_port" "$peer_port"
  write_apiserver_command "$etcd_port" "$port"
  write_controllers_command
  launch etcd
  launch kube-apiserver
  wait_until_ready || return 1
  launch kube-controller-manager
}

watch_owner() {
  [[ -n "${BASALT_CONTROL_PLANE_OWNER:-}" ]] || return 0
  setsid bash -c "tail --pid=\"\$1\" -f /dev/null; exec \"\$2\" stop \"\$3\"" guard \
    "$BASALT_CONTROL_PLANE_OWNER" "$here/control_plane.sh" "$dir" > /dev/null 2>&1 < /dev/null &
  echo "$! $(start_time_of "$!")" > "$dir/run/guard.pid"
}

start() {
  local name attempt
  for name in "${servers[@]}"; do
    is_running "$name" && fail "$name is already running in $dir"
  done
  binaries="${BASALT_E2E_CONTROL_PLANE:-$("$here/control_plane_binaries.sh")}"
  for name in "${servers[@]}"; do
    [[ -x "$binaries/$name" ]] || fail "no executable '$name' in $binaries"
  done
  mkdir -p "$dir/run" "$dir/log"
  make_certificates
  make_tokens
  write_audit_policy
  trap 'for name in "${servers[@]}"; do end_server "$name"; done' EXIT  # nobody else would end a half-started one
  for attempt in 1 2 3; do
    if start_once; then
      trap - EXIT
      watch_owner
      return
    fi
    echo "control_plane.sh: attempt $attempt failed:" >&2
    tail -n 5 "$dir"/log/etcd.log "$dir"/log/kube-apiserver.log >&2 || true
    for name in "${servers[@]}"; do end_server "$name"; done
  done
  fail "the control plane does not start, see $dir/log"
}

# The guard runs this too, and is the leader of a session that it must not end under itself.
stop() {
  local name
  for name in "${servers[@]}"; do end_server "$name"; done
  if is_running guard; then
    local guard _
    read -r guard _ < "$dir/run/guard.pid"
    if [[ "$guard" != "$$" ]]; then kill -TERM -- "-$guard" 2> /dev/null || true; fi
  fi
  rm -f "$dir/run/guard.pid"
}

known_server() { # NAME
  [[ -f "$dir/run/$1.command" ]] || fail "no server '$1' in $dir; there are: ${servers[*]}"
}

[[ $# -ge 2 ]] || fail "usage: control_plane.sh start|stop|kubeconfig|kill|resume DIR [USER|SERVER]"
command="$1"
dir="$(mkdir -p "$2" && cd "$2" && pwd)"
case "$command" in
  start) start ;;
  stop) stop ;;
  kubeconfig)
    [[ -f "$dir/${3:-admin}.kubeconfig" ]] || fail "no kubeconfig of '${3:-admin}' in $dir"
    echo "$dir/${3:-admin}.kubeconfig"
    ;;
  kill)
    known_server "${3:-}"
    signal_server KILL "$3"
    while is_running "$3"; do sleep 0.02; done
    ;;
  resume)
    known_server "${3:-}"
    is_running "$3" && fail "$3 is running in $dir"
    launch "$3"
    if is_running kube-apiserver; then
      wait_until_ready || fail "a server ended again, see $dir/log"
    fi
    ;;
  *) fail "unknown command '$command'" ;;
esac
