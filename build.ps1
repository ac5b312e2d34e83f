#!/usr/bin/env pwsh
<#
.SYNOPSIS
The tasks of this repository, for those who are in pwsh. Where there is bash, build.sh does them.
.EXAMPLE
./build.ps1 test
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('setup', 'build', 'demo', 'test', 'bench', 'fuzz', 'package')]
    [string] $Task = 'build',

    # What the task takes: the task to set up for, names of benchmarks, or how to fuzz.
    [Parameter(Position = 1, ValueFromRemainingArguments)]
    [string[]] $Arguments = @()
)

$ErrorActionPreference = 'Stop'
Set-Location -LiteralPath $PSScriptRoot

if (-not $IsWindows) {
    & bash ./build.sh $Task @Arguments
    exit $LASTEXITCODE
}

$bin = 'artifacts/bin'

function Invoke-Checked {
    param([scriptblock] $Command)
    & $Command
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}

function Invoke-Setup {
    # Cross-linking with C and containers are Linux's; a static build needs Go alone.
    $missing = foreach ($tool in 'dotnet', 'go') {
        if (-not (Get-Command $tool -CommandType Application -ErrorAction Ignore)) { $tool }
    }
    if ($missing) {
        Write-Host "Install these and run this again: $($missing -join ', ') (the .NET SDK 10; Go 1.21 or newer)."
        exit 69
    }
}

function Invoke-Build {
    Invoke-Checked { dotnet build Module.sln -c Release --nologo -v quiet -clp:NoSummary }
}

function Invoke-Test {
    Invoke-Setup
    Invoke-Build
    $passed = $failed = $skipped = 0
    foreach ($project in 'Module.Tests', 'Cmdlets.Tests') {
        $report = "out/test-results/$project.trx"
        Remove-Item $report -ErrorAction Ignore
        dotnet test "tests/$project" -c Release --no-build --nologo --results-directory out/test-results --logger "trx;LogFileName=$project.trx"
        $status = $LASTEXITCODE
        $outcomes = if (Test-Path $report) {
            ([xml](Get-Content -Raw $report)).TestRun.Results.UnitTestResult.outcome
        }
        $passed += @($outcomes -eq 'Passed').Count
        $failed += @($outcomes -eq 'Failed').Count
        $skipped += @($outcomes -eq 'NotExecuted').Count
        # A run that broke off, or never began, is a failure of its own.
        if (-not $outcomes -or ($status -ne 0 -and $outcomes -notcontains 'Failed')) { $failed++ }
    }
    foreach ($example in Get-ChildItem examples/*/go.mod) {
        $lines = go -C $example.DirectoryName test -json ./...
        $status = $LASTEXITCODE
        $events = $lines | ConvertFrom-Json | Where-Object Test
        $passed += @($events | Where-Object Action -EQ 'pass').Count
        $skipped += @($events | Where-Object Action -EQ 'skip').Count
        $fails = @($events | Where-Object Action -EQ 'fail').Count
        $failed += $fails
        if ($status -ne 0) {
            $lines | ConvertFrom-Json | ForEach-Object Output | Write-Host -NoNewline
            if ($fails -eq 0) { $failed++ }
        }
    }
    if (Test-Path tests/*.Tests.ps1) {
        if (Get-Module Pester -ListAvailable | Where-Object Version -GE 5.0) {
            Import-Module Pester -MinimumVersion 5.0
            $run = Invoke-Pester -Path tests -PassThru
            $passed += $run.PassedCount
            $failed += $run.FailedCount + $run.FailedContainersCount + $run.FailedBlocksCount
            $skipped += $run.SkippedCount + $run.NotRunCount
        }
        else {
            Write-Host 'skipped: tests/*.Tests.ps1 (needs Pester 5)'
            $skipped++
        }
    }
    Write-Host "$passed passed, $failed failed, $skipped skipped"
    exit [int]($failed -gt 0 -or $passed -eq 0)
}

function Invoke-Package {
    Remove-Item bin -Recurse -Force -ErrorAction Ignore
    Invoke-Build
    $version = (Import-PowerShellDataFile ./GoCross.psd1).ModuleVersion
    $folder = "out/GoCross/$version"
    Remove-Item $folder -Recurse -Force -ErrorAction Ignore
    $null = New-Item $folder -ItemType Directory -Force
    Copy-Item GoCross.psd1, bin, formats, en-US, LICENSE, README.md, CHANGELOG.md -Destination $folder -Recurse
    # In a process of its own: this one would hold the package's files open.
    Invoke-Checked { pwsh -NoProfile -Command "`$ErrorActionPreference = 'Stop'; Import-Module ./$folder/GoCross.psd1 -PassThru" }
}

switch ($Task) {
    setup { Invoke-Setup }
    build { Invoke-Build }
    demo { Invoke-Setup; Invoke-Build; Invoke-Checked { pwsh -NoProfile -File examples/demo.ps1 } }
    test { Invoke-Test }
    bench { Invoke-Build; Invoke-Checked { dotnet "$bin/GoCross.Bench/release/gocross-bench.dll" @Arguments } }
    fuzz { Invoke-Build; Invoke-Checked { dotnet "$bin/GoCross.Fuzz/release/gocross-fuzz.dll" @Arguments } }
    package { Invoke-Package }
}
