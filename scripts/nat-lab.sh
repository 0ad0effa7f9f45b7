#!/usr/bin/env bash
# Hosts behind NATs that Linux itself plays, in network namespaces; Linux, as root.
#   scripts/nat-lab.sh kinds [NAME...]    builds each kind, measures it by packets, compares it with the simulator's and with what nodes find out
#   scripts/nat-lab.sh pairs [NAME...]    lets hosts behind each pair reach each other by plain datagrams, compares it with the oracle
#   scripts/nat-lab.sh matrix [NAME...] [--pair A:B]... [--runs N]   real nodes behind each pair: path, time to first byte, time to direct path
#   scripts/nat-lab.sh cuts [--harm NAME] [--runs N]                 real nodes talk while their path, their relay or their address goes away
# JSON lines on standard output, the last is the summary; of the matrix a table on standard error.
# Exit code 0: all is as it should be; 1: something is not; 2: wrong command line; 3: this machine cannot run it.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
project="$root/tests/MeshActors.NatLab"

if [[ $(uname -s) != Linux || $(id -u) -ne 0 ]] || ! command -v ip >/dev/null || ! command -v nft >/dev/null \
    || [[ ! -c /dev/net/tun ]]; then
    echo "the NAT laboratory needs Linux, root, /dev/net/tun, ip (package iproute2) and nft (package nftables)" >&2
    exit 3
fi

if ! built="$(dotnet build -c Release "$project" -v q -nologo 2>&1)"; then
    echo "$built" >&2
    exit 1
fi

export MESH_LAB_NAME="natlab$$"
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
dotnet "$project/bin/Release/net10.0/MeshActors.NatLab.dll" "$@" || code=$?
exit "$code"
