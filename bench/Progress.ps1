#Requires -Version 7.4

<#
.SYNOPSIS
When a build of six targets shows progress, and what showing it costs.

.DESCRIPTION
First a build with an empty cache of go's: when the first record comes, and how long after the end of go list one with names and
counts does (that is the go in front, which notes when a list ends). Then warm builds, of a program to be linked for each target,
turn about with progress and without ($ProgressPreference). To be run in a terminal, whose drawing counts:

    ./build.sh build; dotnet pwsh bench/Progress.ps1

.PARAMETER Cold
How many builds with an empty cache.

.PARAMETER Warm
How many pairs of warm builds.
#>
param([int] $Cold = 3, [int] $Warm = 20)

$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../GoCross.psd1"
$go = (Get-GoCrossToolchain go | Where-Object Found)[0].Path
$folder = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "gocross-progress-$PID")).FullName
$cacheBefore = $env:GOCACHE
$targets = 'linux/amd64', 'linux/arm64', 'linux/386', 'linux/arm', 'windows/amd64', 'darwin/arm64'

function Get-Millisecond { [DateTimeOffset]::UtcNow.ToUnixTimeMilliseconds() }

# Compiled: a script block would wait for the runspace that it comes from.
Add-Type @"
using System;
using System.Collections.Concurrent;
using System.Management.Automation;

public static class ProgressLog {
    public static readonly ConcurrentQueue<Tuple<long, ProgressRecord>> Records = new();

    public static void Follow(PSDataCollection<ProgressRecord> stream) {
        Records.Clear();
        stream.DataAdding += (_, data) => Records.Enqueue(Tuple.Create(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), (ProgressRecord)data.ItemAdded));
    }
}
"@

# A build in a runspace of its own, with the moments of its records.
function Measure-Record {
    $shell = [powershell]::Create()
    try {
        $null = $shell.AddScript("Import-Module '$PSScriptRoot/../GoCross.psd1'; Get-GoTarget linux/amd64 -GoPath '$folder/go'").Invoke()
        $shell.Commands.Clear()
        [ProgressLog]::Follow($shell.Streams.Progress)
        Clear-Content "$folder/lists"
        $begun = Get-Millisecond
        $null = $shell.AddCommand('Invoke-GoCrossBuild').AddParameters(@{ Package = "$folder/hello"; Target = $targets; GoPath = "$folder/go"; OutputPath = "$folder/out/" }).Invoke()
        $ended = Get-Millisecond
    }
    finally { $shell.Dispose() }
    $listed = [long] (Get-Content "$folder/lists")[-1]
    $records = [ProgressLog]::Records.ToArray()
    $counted = $records.Where({ $_.Item2.StatusDescription -match '\d of 6 done' }, 'First')
    $named = $records.Where({ $_.Item2.StatusDescription -match '\d of 6 done; building' }, 'First')
    [pscustomobject]@{
        'first record, ms' = $records[0].Item1 - $begun
        'end of go list, ms' = $listed - $begun
        'counts after go list, ms' = $counted[0].Item1 - $listed
        'names after go list, ms' = $named[0].Item1 - $listed
        'completes' = $records[-1].Item2.RecordType -eq 'Completed'
        'in all, s' = [Math]::Round(($ended - $begun) / 1000, 1)
        'records' = $records.Count
    }
}

try {
    $null = New-Item -ItemType Directory "$folder/hello"
    Set-Content "$folder/hello/go.mod" "module example.com/hello`n`ngo 1.21"
    Set-Content "$folder/hello/main.go" "package main`n`nimport `"fmt`"`n`nfunc main() { fmt.Println(`"hello`") }"
    Set-Content "$folder/lists" ''
    Set-Content "$folder/go" "#!/bin/sh`n`"$go`" `"`$@`"; code=`$?`n[ `"`$1`" = list ] && date +%s%3N >> $folder/lists`nexit `$code"
    chmod +x "$folder/go"

    $measured = foreach ($i in 1..$Cold) {
        $env:GOCACHE = "$folder/cache$i"
        Measure-Record
    }

    $with = [Collections.Generic.List[double]]::new()
    $without = [Collections.Generic.List[double]]::new()
    foreach ($turn in 0..$Warm) {
        foreach ($shown in ($turn % 2 ? $true, $false : $false, $true)) {
            [IO.Directory]::Delete("$folder/out", $true)
            $ProgressPreference = $shown ? 'Continue' : 'SilentlyContinue'
            $process = [Diagnostics.Process]::GetCurrentProcess()
            $before = $process.TotalProcessorTime
            $clock = [Diagnostics.Stopwatch]::StartNew()
            $null = Invoke-GoCrossBuild "$folder/hello" -Target $targets -OutputPath "$folder/out/"
            $elapsed = $clock.Elapsed
            $process.Refresh()
            # The first turn is not counted.
            if ($turn) { ($shown ? $with : $without).AddRange([double[]] @($elapsed.TotalMilliseconds, ($process.TotalProcessorTime - $before).TotalMilliseconds)) }
        }
    }
    $ProgressPreference = 'Continue'

    function Get-Median([double[]] $Values) { ($Values | Sort-Object)[[int] [Math]::Floor(($Values.Count - 1) / 2)] }
    function Select-Half([double[]] $Values, [int] $Part) { for ($i = $Part; $i -lt $Values.Count; $i += 2) { $Values[$i] } }
    $measured | Format-List
    foreach ($part in 0, 1) {
        $shown, $silent = (Get-Median (Select-Half $with $part)), (Get-Median (Select-Half $without $part))
        '{0}: with progress {1:0} ms, without {2:0} ms, medians of {3}: {4:+0.0;-0.0} % of the build' -f ('wall clock', 'processor time of pwsh')[$part], $shown, $silent, $Warm,
        (100 * ($shown - $silent) / (Get-Median (Select-Half $without 0)))
    }
}
finally {
    $env:GOCACHE = $cacheBefore
    [IO.Directory]::Delete($folder, $true)
}
