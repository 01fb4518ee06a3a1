#!/usr/bin/env bash
# deploy/demo.sh as people use it, on the embedded cluster.
#
#   demo_test.sh CASE BASALT_SCHEDULER BASALT_CLUSTER BASALT_VIEW
set -euo pipefail

case="$1"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
export BASALT_SCHEDULER="$2" BASALT_CLUSTER="$3" BASALT_VIEW="$4"
demo="$root/deploy/demo.sh"

# The demo's own folder goes into ours, and its processes carry our mark: both must be gone at the end.
folder="$(mktemp -d "${TMPDIR:-/tmp}/basalt-demo-test.XXXXXX")"
export TMPDIR="$folder/tmp" BASALT_DEMO_TEST="$folder"
mkdir "$TMPDIR"
demo_pid=

fail() {
  echo "FAILED: $*" >&2
  cat "$folder/out" >&2 || true
  exit 1
}

# Programs of ours that were started from here and still run.
left_processes() {
  local environment folder_of name
  for environment in /proc/[0-9]*/environ; do
    folder_of="${environment%/environ}"
    name="$(cat "$folder_of/comm" 2> /dev/null)" || continue
    [[ "$name" == basalt-* ]] || continue
    grep -qsxz "BASALT_DEMO_TEST=$folder" "$environment" || continue
    echo "${folder_of#/proc/} $name"
  done
}

expect_nothing_left() {
  local left
  left="$(left_processes)"
  [[ -z "$left" ]] || fail "processes are left: $left"
  [[ -z "$(ls -A "$TMPDIR")" ]] || fail "files are left: $(ls -A "$TMPDIR")"
}

clean_up() {
  if [[ -n "$demo_pid" ]]; then
    kill -TERM "$demo_pid" 2> /dev/null || true
    wait "$demo_pid" 2> /dev/null || true
  fi
  rm -rf "$folder"
}
trap clean_up EXIT

pause() { read -rt 0.05 <> <(:) || true; }

# The shell lets what it starts in the background ignore SIGINT: not so here.
start() { # WORD...
  : > "$folder/out"
  env --default-signal=INT "$demo" "$@" > "$folder/out" 2>&1 &
  demo_pid=$!
}

until_said() { # PATTERN
  until grep -qE -- "$1" "$folder/out"; do
    kill -0 "$demo_pid" 2> /dev/null || fail "the demo has ended before it said /$1/"
    pause
  done
}

# Sends SIGINT to the demo alone, which is harder than Ctrl-C; its status is in $status.
interrupt() {
  status=0
  kill -INT "$demo_pid"
  wait "$demo_pid" || status=$?
  demo_pid=
  expect_nothing_left
}

RunsToItsEnd() {
  local status=0 word
  "$demo" > "$folder/out" 2>&1 || status=$?
  ((status == 0)) || fail "status $status"
  for word in 'training.*16 of 16 pods on nodes' 'mpi.*9 of 9' 'elastic.*6 of 6' 'web.*5 of 5' 'too-big.*0 of 30' \
    'not-admitted.*0 of 4' 'patient.*0 of 24' 'node-0012 +\[' 'research +weight 2'; do
    grep -qE -- "$word" "$folder/out" || fail "it does not say /$word/"
  done
  ! grep -q $'\033' "$folder/out" || fail "escape sequences though this is no terminal"
  expect_nothing_left
}

LeavesNothingWhenInterrupted() {
  start --stay
  until_said 'basalt-cluster: an API server'
  interrupt
  ((status == 130)) || fail "interrupted at the start: status $status"
  start --stay
  until_said 'Ready after'
  interrupt
  start --stay
  until_said 'web: 5 of 5'
  until_said 'too-big: 0 of 30 .*waits: '
  until_said 'patient: 0 of 24 .*waits: '
  until_said 'not-admitted: 0 of 4 .*waits: '
  until_said 'training: 16 of 16'
  until_said 'mpi: 9 of 9'
  until_said 'elastic: 6 of 6'
  pause
  interrupt
}

ShowsCommandsThatWork() {
  local kubeconfig line output count=0
  command -v kubectl > /dev/null || { echo "no kubectl"; exit 77; }
  start --stay
  until_said 'makes room'
  until_said 'training: 16 of 16'
  until_said 'too-big: 0 of 30 .*waits: '
  until_said 'patient: 0 of 24 .*waits: '
  kubeconfig="$(sed -n 's/^ *export KUBECONFIG=//p' "$folder/out")"
  [[ -s "$kubeconfig" ]] || fail "no kubeconfig at '$kubeconfig'"
  export KUBECONFIG="$kubeconfig"
  while read -r line; do
    [[ "$line" != curl* ]] || command -v curl > /dev/null || continue
    output="$(eval "$line" 2>&1)" || fail "$line: $output"
    [[ -n "$output" && "$output" != *'No resources found'* ]] || fail "$line: $output"
    count=$((count + 1))
  done < <(grep -E '^ *(kubectl|curl) ' "$folder/out")
  ((count >= 6)) || fail "only $count commands are shown"
  # The last of them deletes the Job of training: there is room for the patient gang now.
  until_said 'patient: 24 of 24'
  interrupt
  ((status == 0)) || fail "--stay, ended as it is meant to: status $status"
}

PaintsATerminal() {
  command -v script > /dev/null || { echo "no script"; exit 77; }
  TERM=xterm script --quiet --return --command "$demo" "$folder/out" < /dev/null > /dev/null || fail "status $?"
  grep -q $'\033\[?1049h' "$folder/out" || fail "no screen is painted"
  grep -q $'\033\[?1049l' "$folder/out" || fail "the screen is not given back"
  expect_nothing_left
}

"$case"
