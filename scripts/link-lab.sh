#!/usr/bin/env bash
# Measures flows of real processes over a link of the project's own, between two network namespaces; Linux, as root.
#   scripts/link-lab.sh calibrate | cell | matrix | loss | fairness   (without arguments it tells the options)
# JSON lines on standard output, tables on standard error.
# Exit code 0: every bar held; 1: one was missed; 2: wrong command line; 3: this machine cannot run it.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
project="$root/tests/MeshActors.LinkLab"

if [[ $(uname -s) != Linux || $(id -u) -ne 0 || ! -c /dev/net/tun ]] \
    || ! command -v ip >/dev/null || ! command -v chrt >/dev/null; then
    echo "the link lab needs Linux, root, /dev/net/tun, ip (package iproute2) and chrt (util-linux)" >&2
    exit 3
fi

if ! built="$(dotnet build -c Release "$project" -v q -nologo 2>&1)"; then
    echo "$built" >&2
    exit 1
fi

export MESH_LAB_NAME="meshlab$$"
clean_up() {
    local name
    for name in "$MESH_LAB_NAME-left" "$MESH_LAB_NAME-right"; do
        if [[ -e /run/netns/$name ]]; then
            ip netns delete "$name" || true
        fi
    done
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# What is measured goes before all ordinary work of the machine, all flows alike: the link, and with it the kernel's TCP, does too.
code=0
chrt --rr 1 dotnet "$project/bin/Release/net10.0/MeshActors.LinkLab.dll" "$@" || code=$?
exit "$code"
