#!/usr/bin/env bash
# Every check of this repository: locked restore, build without warnings, formatting, all tests, the short simulation.
# Ends with one line, `N passed, N failed, N skipped`, and exit code 1 when anything failed.
# Results and logs of each project: artifacts/test-results.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly results="$PWD/artifacts/test-results"
readonly solution=MeshActors.sln
readonly simulation_seeds=500
# Longest run of one test project. One that hangs is ended, and counts as failed.
readonly project_timeout=12m
# Debian packages that tests start as programs: iproute2 for network namespaces (the bench and the laboratories), nftables for NATs in them,
# coturn for STUN, miniupnpd for port mapping.
readonly debian_packages=(iproute2 nftables coturn miniupnpd)
# These start processes and measure time, so each runs alone; the others run side by side.
readonly alone=(MeshActors.Simulation.Tests MeshActors.EndToEnd.Tests)

export CI=true DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
export MESH_VECTORS="${MESH_VECTORS:-$PWD/../shared/vectors}"

passed=0
failed=0
skipped=0

say() { printf '%s\n' "== $*"; }

finish() {
    trap - EXIT
    printf '%s\n' "$passed passed, $failed failed, $skipped skipped"
    [[ $failed -eq 0 ]] || exit 1
    exit 0
}

# A mistake of this script itself is a failure too, and has its closing line.
unfinished() {
    failed=$((failed + 1))
    finish
}
trap unfinished EXIT

# Runs one step, its output shown only when it fails: step NAME COMMAND...
step() {
    local name=$1 log started=$SECONDS
    shift
    log="$results/${name// /-}.log"
    say "$name"
    if "$@" >"$log" 2>&1; then
        say "$name: done in $((SECONDS - started)) s"
        return 0
    fi

    tail -n 80 "$log"
    say "$name: FAILED after $((SECONDS - started)) s, whole output in ${log#"$PWD"/}"
    failed=$((failed + 1))
    return 1
}

retry() {
    local attempt
    for attempt in 1 2 3; do
        "$@" && return 0
        sleep $((attempt * 2))
    done
    return 1
}

install_packages() {
    local missing=() package
    for package in "${debian_packages[@]}"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
    done

    [[ ${#missing[@]} -gt 0 ]] || return 0
    if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
        say "not installed: ${missing[*]} (that takes root on Debian); tests that need them are skipped and say so"
        return 0
    fi

    say "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    if ! { retry apt-get update -qq && retry apt-get install -y -qq --no-install-recommends "${missing[@]}"; } \
        >"$results/packages.log" 2>&1; then
        tail -n 5 "$results/packages.log"
        say "could not install ${missing[*]}; tests that need them are skipped and say so"
    fi
}

# Runs one test project: its results go to PROJECT.trx, its output to PROJECT.log, its exit code to PROJECT.exit.
run_project() {
    local project=$1 code=0
    timeout --kill-after=20s "$project_timeout" \
        dotnet test "tests/$project" -c Release --no-build \
        --logger "trx;LogFileName=$project.trx" --results-directory "$results" \
        >"$results/$project.log" 2>&1 </dev/null || code=$?
    printf '%s\n' "$code" >"$results/$project.exit"
}

# Reads a number of the counters of a trx file: counter FILE NAME
counter() {
    sed -n 's/.*<Counters [^>]*\b'"$2"'="\([0-9]*\)".*/\1/p' "$1" | head -n 1
}

# Adds a project's results to the sums. One that crashed, hung or ran no test counts as failed.
count_project() {
    local project=$1 trx="$results/$1.trx" code total executed ok bad
    code=$(cat "$results/$project.exit" 2>/dev/null || echo 1)
    total=0 executed=0 ok=0
    if [[ -f $trx ]]; then
        total=$(counter "$trx" total)
        executed=$(counter "$trx" executed)
        ok=$(counter "$trx" passed)
    fi

    total=${total:-0} executed=${executed:-0} ok=${ok:-0}
    bad=$((executed - ok))
    if [[ $bad -eq 0 && ( $code -ne 0 || $total -eq 0 ) ]]; then
        bad=1
        if [[ $code -eq 124 || $code -eq 137 ]]; then
            say "$project: ended after $project_timeout"
        elif [[ $code -ne 0 ]]; then
            say "$project: exit code $code without a failed test"
        else
            say "$project: ran no test"
        fi
    fi

    passed=$((passed + ok))
    failed=$((failed + bad))
    skipped=$((skipped + total - executed))
    say "$project: $ok passed, $bad failed, $((total - executed)) skipped"
    if [[ $bad -gt 0 ]]; then
        tail -n 120 "$results/$project.log"
    fi

    grep -E '^ *(Skipped |\[xUnit.*\[SKIP\])' "$results/$project.log" | sort -u || true
}

rm -rf "$results"
mkdir -p "$results"
install_packages
[[ -d $MESH_VECTORS ]] || say "no vectors in $MESH_VECTORS: tests that read them are skipped (set MESH_VECTORS)"

step restore retry dotnet restore "$solution" --locked-mode || finish
step build dotnet build "$solution" -c Release --no-restore -warnaserror || finish
step format dotnet format "$solution" --verify-no-changes --no-restore || true

projects=()
for file in tests/*.Tests/*.Tests.csproj; do
    projects+=("$(basename "$file" .csproj)")
done

say "tests: ${projects[*]}"
for project in "${projects[@]}"; do
    if [[ " ${alone[*]} " != *" $project "* ]]; then
        while [[ $(jobs -rp | wc -l) -ge 2 ]]; do
            wait -n || true
        done
        run_project "$project" &
    fi
done
wait
for project in "${alone[@]}"; do
    run_project "$project"
done

for project in "${projects[@]}"; do
    count_project "$project"
done

step simulation scripts/simulate.sh pair --seeds "$simulation_seeds" || true
finish
