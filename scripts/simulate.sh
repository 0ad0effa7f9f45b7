#!/usr/bin/env bash
# Plays seeds of a simulated world: scripts/simulate.sh WORLD [--seeds N] [--seed S] [--trace] [--matrix]
# One JSON object per line, the last is the summary. Exit code 1: a seed failed; 2: wrong command line.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
project="$root/tests/MeshActors.Simulator"
if ! built="$(dotnet build -c Release "$project" -v q -nologo 2>&1)"; then
  echo "$built" >&2
  exit 1
fi
exec dotnet "$project/bin/Release/net10.0/MeshActors.Simulator.dll" "$@"
