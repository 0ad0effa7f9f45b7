#!/usr/bin/env bash
# Five real nodes in three regions, which are network namespaces with 60, 90 and 140 ms between them, as one Akka cluster over the mesh; Linux, as root.
#   scripts/region-lab.sh                      forms the cluster, cuts off each region for 30 s and heals it, lets a node change its address
#   scripts/region-lab.sh form                 only forms it, and asks sharded agents and a singleton
#   scripts/region-lab.sh cut [REGION...]      eu-west, us-east, ap-south
#   scripts/region-lab.sh roam
# With --naming mesh nodes are named by their mesh addresses and find each other over relays, else by host and port. --logs DIRECTORY keeps what they log.
# JSON lines on standard output, the last is the summary; a table on standard error.
# Exit code 0: all is as it should be; 1: something is not; 2: wrong command line; 3: this machine cannot run it.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
project="$root/tests/MeshActors.RegionLab"

if [[ $(uname -s) != Linux || $(id -u) -ne 0 ]] || ! command -v ip >/dev/null || [[ ! -c /dev/net/tun ]]; then
    echo "the region laboratory needs Linux, root, /dev/net/tun and ip (package iproute2)" >&2
    exit 3
fi

if ! built="$(dotnet build -c Release "$project" -v q -nologo 2>&1)"; then
    echo "$built" >&2
    exit 1
fi

export MESH_LAB_NAME="regionlab$$"
clean_up() {
    local place
    for place in /run/netns/"$MESH_LAB_NAME"-*; do
        if [[ -e $place ]]; then
            ip netns delete "$(basename "$place")" || true
        fi
    done
}
trap clean_up EXIT
trap 'exit 130' INT TERM

code=0
dotnet "$project/bin/Release/net10.0/MeshActors.RegionLab.dll" "$@" || code=$?
exit "$code"
