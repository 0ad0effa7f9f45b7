#!/usr/bin/env bash
# Fuzzes under coverage guidance: scripts/fuzz.sh [TARGET...|all] [--minutes M] [--no-build]
# All targets unless some are named. M is processor time of each target, in minutes; 1 unless said. One JSON object per target
# on standard output, and at the end a summary of all.
# SharpFuzz instruments the product's assemblies, AFL++ finds the inputs; it begins with the committed corpus, the target's
# seeds, and what earlier runs found. Work is kept in artifacts/fuzz/TARGET; findings in its folder `findings`.
# Exit code 1: something was found, or the fuzzer ended early; 2: wrong command line.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
readonly root
readonly project="$root/tests/MeshActors.Fuzz"
readonly work="$root/artifacts/fuzz"
readonly program="$work/bin/MeshActors.Fuzz.dll"
# Processor time beyond which one input is a finding is the program's matter (1 s); this ends one that never returns.
readonly endless_ms=60000

usage() {
    echo "usage: scripts/fuzz.sh [TARGET...|all] [--minutes M] [--no-build]" >&2
    exit 2
}

wanted=()
minutes=1
build=true
while [[ $# -gt 0 ]]; do
    if [[ $1 == --minutes ]]; then
        [[ ${2:-} =~ ^[0-9]+(\.[0-9]+)?$ ]] || usage
        minutes=$2
        shift 2
    elif [[ $1 == --no-build ]]; then
        build=false
        shift
    else
        wanted+=("$1")
        shift
    fi
done
[[ ${#wanted[@]} -gt 0 ]] || wanted=(all)

if ! command -v afl-fuzz >/dev/null; then
    if [[ $(id -u) -ne 0 ]] || ! { apt-get update -q && apt-get install -y -q --no-install-recommends afl++; } >/dev/null; then
        echo "AFL++ is needed: install the package afl++" >&2
        exit 1
    fi
fi

mkdir -p "$work"
if $build && ! built="$(dotnet build -c Release "$project" -v q -nologo -p:RunAnalyzers=false 2>&1)"; then
    echo "$built" >&2
    exit 1
fi

# Instrumented copies of our own assemblies; everything else runs as it is.
rm -rf "$work/bin"
cp -r "$project/bin/Release/net10.0" "$work/bin"
for assembly in MeshActors.Transport MeshActors.Core; do
    dotnet "$program" instrument "$work/bin/$assembly.dll"
done

# Processor time of a process and all its descendants so far, in hundredths of a second.
processor_time() {
    local pid=$1 total=0 child fields
    if fields="$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null)"; then
        read -ra fields <<<"$fields"
        total=$((fields[11] + fields[12]))
        for child in $(cat "/proc/$pid/task/$pid/children" 2>/dev/null); do
            total=$((total + $(processor_time "$child")))
        done
    fi
    echo "$total"
}

statistic() { sed -n "s/^$2 *: //p" "$1/out/default/fuzzer_stats" | tr -d '%'; }

results=()

# Fuzzes one target for so long: fuzz TARGET; returns 1 when it found something.
fuzz() {
    local target=$1 folder="$work/$1" spent=0 now limit fuzzer ended="" result
    limit="$(awk "BEGIN { print int($minutes * 6000) }")"
    mkdir -p "$folder/in" "$folder/findings"
    dotnet "$program" seeds "$target" "$folder/in"
    if [[ -d "$project/Corpus/$target" ]]; then
        find "$project/Corpus/$target" -type f -exec cp -t "$folder/in" {} +
    fi
    if [[ -d "$folder/out/default/queue" ]]; then
        find "$folder/out/default/queue" -maxdepth 1 -type f -exec cp -t "$folder/in" {} +
    fi
    rm -rf "$folder/out"

    AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
        afl-fuzz -i "$folder/in" -o "$folder/out" -t "$endless_ms" -m none \
        -- dotnet "$program" fuzz "$target" >"$folder/afl.log" 2>&1 &
    fuzzer=$!
    while ((spent < limit)); do
        sleep 1
        if ! kill -0 "$fuzzer" 2>/dev/null; then
            ended="early"
            break
        fi
        now="$(processor_time "$fuzzer")"
        ((now < spent)) || spent=$now
    done
    kill -INT "$fuzzer" 2>/dev/null || true
    wait "$fuzzer" 2>/dev/null || true

    find "$folder/out/default/crashes" "$folder/out/default/hangs" -type f -name 'id*' \
        -exec cp -t "$folder/findings" {} + 2>/dev/null || true
    if [[ -n $ended ]]; then
        tail -n 20 "$folder/afl.log" >&2
        cp "$folder/out/default/.cur_input" "$folder/findings/last-input" 2>/dev/null || true
    fi
    printf -v result '{"kind":"target","name":"%s","executions":%s,"edges":%s,"corpus":%s,"crashes":%s,"hangs":%s,"endedEarly":%s,"cpuMinutes":%s}' \
        "$target" "$(statistic "$folder" execs_done)" "$(statistic "$folder" edges_found)" \
        "$(statistic "$folder" corpus_count)" "$(statistic "$folder" saved_crashes)" \
        "$(statistic "$folder" saved_hangs)" "$([[ -n $ended ]] && echo true || echo false)" \
        "$(awk "BEGIN { printf \"%.2f\", $spent / 6000 }")"
    echo "$result"
    results+=("$result")
    [[ -z $ended && $(statistic "$folder" saved_crashes) == 0 && $(statistic "$folder" saved_hangs) == 0 ]]
}

mapfile -t targets < <(dotnet "$program" targets)
if [[ ${wanted[*]} != all ]]; then
    for target in "${wanted[@]}"; do
        printf '%s\n' "${targets[@]}" | grep -qx -- "$target" || usage
    done
    targets=("${wanted[@]}")
fi

found=0
for target in "${targets[@]}"; do
    fuzz "$target" || found=1
done
printf '{"kind":"summary","bench":"fuzz","pass":%s,"targets":[%s]}\n' \
    "$([[ $found -eq 0 ]] && echo true || echo false)" "$(IFS=,; echo "${results[*]}")"
exit "$found"
