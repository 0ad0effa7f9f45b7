#!/usr/bin/env bash
# Measures the engine against its limits and rivals, by turns in one run:
#   scripts/bench.sh tunnel [--seconds S] [--alternations N] [--only NAME,...] [--tunnels N] [--veth] [--short]
#   scripts/bench.sh idle [--tunnels N] [--seconds S] [--short]
#   scripts/bench.sh flood [--seconds S] [--alternations N] [--short]     (root)
#   scripts/bench.sh relay [--seconds S] [--alternations N] [--short]     (coturn)
#   scripts/bench.sh akka [--seconds S] [--alternations N] [--only NAME,...] [--short]
#   scripts/bench.sh messages [--seconds S] [--alternations N] [--short]
# One JSON object per line, the last is the summary; docs/benchmarks.md says what the fields mean.
# Exit code 0: measured; 1: could not be measured; 2: wrong command line.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
readonly root project="$root/tests/MeshActors.Benchmarks"

fail() {
  printf '%s\n' "bench.sh: $*" >&2
  exit 1
}

# Namespaces are named after this process, so that runs side by side do not meet.
readonly first="mesh-bench-$$-a" second="mesh-bench-$$-b"

remove_namespaces() {
  ip netns del "$first" 2>/dev/null || true
  ip netns del "$second" 2>/dev/null || true
}

require_namespaces() {
  [[ $(uname -s) == Linux ]] || fail "network namespaces are Linux's"
  [[ $(id -u) -eq 0 ]] || fail "$1 makes network namespaces, which takes root"
  command -v ip >/dev/null || fail "$1 needs the program ip (package iproute2)"
}

# Two namespaces with a cable between them: 10.77.0.1 and 10.77.0.2, packets of at most 1,500 bytes.
make_namespaces() {
  trap remove_namespaces EXIT
  trap 'exit 130' INT TERM
  ip netns add "$first"
  ip netns add "$second"
  ip -n "$first" link add veth0 mtu 1500 type veth peer name veth0 mtu 1500 netns "$second"
  ip -n "$first" address add 10.77.0.1/24 dev veth0
  ip -n "$second" address add 10.77.0.2/24 dev veth0
  local name
  for name in "$first" "$second"; do
    ip -n "$name" link set lo up
    ip -n "$name" link set veth0 up
  done
}

arguments=()
veth=false
for argument in "$@"; do
  if [[ $argument == --veth ]]; then
    veth=true
  else
    arguments+=("$argument")
  fi
done

readonly bench="${arguments[0]:-}"
if $veth && [[ $bench != tunnel ]]; then
  echo "bench.sh: --veth goes with tunnel" >&2
  exit 2
fi

if $veth || [[ $bench == flood ]]; then
  require_namespaces "$($veth && echo --veth || echo flood)"
fi

if [[ $bench == relay ]] && ! command -v turnserver >/dev/null; then
  if [[ $(id -u) -ne 0 ]] \
    || ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends coturn; } >/dev/null; then
    fail "relay needs the program turnserver (package coturn)"
  fi
fi

# Tests of this script say what to run in place of building it.
program="${MESH_BENCH_PROGRAM:-}"
if [[ -z $program ]] && ! built="$(dotnet build -c Release "$project" -v q -nologo 2>&1)"; then
  echo "$built" >&2
  exit 1
fi

if $veth || [[ $bench == flood ]]; then
  make_namespaces
  arguments+=(--source "$first@10.77.0.1" --sink "$second@10.77.0.2")
fi

# The flood comes from addresses in 100.64.0.0/10, all of which are the first namespace's own.
if [[ $bench == flood ]]; then
  ip -n "$first" route add local 100.64.0.0/10 dev lo
  ip -n "$second" route add 100.64.0.0/10 via 10.77.0.1
fi

commit="$(git -C "$root" describe --always --dirty --abbrev=12 2>/dev/null || true)"
if [[ ${#arguments[@]} -gt 0 && -n $commit ]]; then
  arguments+=(--commit "$commit")
fi

# Not exec: what was made above has to be removed after.
"${program:-$project/bin/Release/net10.0/MeshActors.Benchmarks}" "${arguments[@]}"
