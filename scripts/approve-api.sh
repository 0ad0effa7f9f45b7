#!/usr/bin/env bash
# Writes the public API as it stands to tests/MeshActors.Conventions.Tests/PublicApi, and shows what changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly project=tests/MeshActors.Conventions.Tests
dotnet build "$project" -c Release -v q -nologo
MESHACTORS_APPROVE_API=1 dotnet test "$project" -c Release --no-build -nologo --filter PublicApiTests
git --no-pager diff --stat -- "$project/PublicApi"
git status --short -- "$project/PublicApi"
