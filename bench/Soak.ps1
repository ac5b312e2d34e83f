<#
.SYNOPSIS
Calls every cmdlet of GoCross in this process, ten thousand times in all, and sees whether it keeps anything.

.DESCRIPTION
Of a hundred calls, one starts a program, builds or writes, and the others read. At every thousand calls it looks at the
memory after a forced collection, the open handles and the threads. What the process has at the last look may be a tenth more
memory than at the first, and as many handles and threads, with some room for what .NET keeps by itself. It needs go.

.PARAMETER Calls
How many calls, a multiple of a thousand.

.OUTPUTS
The looks. The status is 1 where something grows.
#>
#Requires -Version 7.4
[CmdletBinding()]
param([ValidateRange(2000, 1000000)] [int] $Calls = 10000)

$ErrorActionPreference = 'Stop'
$step = 1000
# What .NET keeps for itself: the workers of its thread pool, and what they wait on.
$spareHandles = 16
$spareThreads = 8

. "$PSScriptRoot/../tests/PesterSupport.ps1"
$folder = [IO.Directory]::CreateTempSubdirectory('gocross-soak-').FullName
try {
    $source = New-GoModule $folder
    $other = New-GoModule $folder other "package main`n`nfunc main() { println(`"other`") }`n"
    $program = (Invoke-GoCrossBuild $source -Target linux/amd64 -OutputPath "$folder/hello").Path
    $otherProgram = (Invoke-GoCrossBuild $other -Target linux/amd64 -OutputPath "$folder/second").Path
    $image = (New-ScratchImage $program -OutputPath "$folder/hello.tar").Path
    $otherImage = (New-ScratchImage $otherProgram -OutputPath "$folder/second.tar").Path
    $null = New-Item -ItemType Directory "$folder/reports/ID", "$folder/reports/index"
    Set-Content "$folder/reports/index/db.json" '{"modified":"2026-01-02T03:04:05Z"}'
    Set-Content "$folder/reports/ID/GO-2099-0001.json" ('{"id":"GO-2099-0001","modified":"2026-01-02T03:04:05Z","affected":[{"package":{"ecosystem":"Go","name":"stdlib"},' +
        '"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}],"ecosystem_specific":{"imports":[{"path":"runtime"}]}}]}')
    $database = "$folder/database"
    $null = Update-GoVulnerabilityDatabase -ImportPath "$folder/reports" -DatabasePath $database

    $readers = @(
        { Get-ElfDependency $program }
        { Get-ElfDependency ([Environment]::ProcessPath) -Resolve }
        { Get-ElfDependency $program, $otherProgram, "$folder/nothing" -ErrorAction Ignore }
        { Get-ElfDependency $program, $otherProgram | Select-Object -First 1 }
        { Compare-ElfDependency $otherProgram $program }
        { Measure-GoBinary $program }
        { Get-GoSbom $program }
        { Get-GoSbom $image }
        { Get-ImageLayer $image }
        { Compare-ImageLayer $otherImage $image }
        { Test-ImageLayer $image -MaximumSize 1KB }
        { Find-GoVulnerability $program -DatabasePath $database }
        { Test-GoVulnerability $image -DatabasePath $database }
    )
    $workers = @(
        { Invoke-GoCrossBuild $source -Target linux/amd64 -OutputPath "$folder/hello" -Force }
        { Test-GoBinary $program -ArgumentList ready -ExpectedOutput '^ready' }
        { New-ScratchImage $program -OutputPath "$folder/written.tar" -Force }
        { New-ScratchDockerfile $program -OutputPath "$folder/Dockerfile" -Force }
        { Update-GoVulnerabilityDatabase -ImportPath "$folder/reports" -DatabasePath $database }
        { Get-GoTarget }
        { Get-GoCrossToolchain }
        { Measure-GoBuildStrategy $source -Strategy Static -Target linux/amd64 -Repeat 1 }
        { Compress-GoBinary $program "$folder/packed" -Repeat 0 -Force }
    )
    $missing = (Get-Command -Module GoCross).Name | Where-Object { "$readers $workers" -notlike "*$_ *" }
    if ($missing) { throw "No call of $missing." }
    foreach ($call in $readers + $workers) {
        # Once each, for what a cmdlet keeps on purpose to be there, and for a call that fails to be seen at once.
        if (-not (& $call)) { throw "Nothing came of: $call" }
    }

    $looks = foreach ($number in 1..$Calls) {
        $call = $number % 100 -eq 0 ? $workers[$number / 100 % $workers.Count] : $readers[$number % $readers.Count]
        $null = & $call
        if ($number % $step -eq 0) {
            # What the collector has freed goes back to the system, too: resident is what is in use.
            [GC]::Collect()
            [GC]::WaitForPendingFinalizers()
            [GC]::Collect([GC]::MaxGeneration, [GCCollectionMode]::Aggressive, $true, $true)
            $process = [Diagnostics.Process]::GetCurrentProcess()
            [pscustomobject] @{
                Calls   = $number
                Heap    = [GC]::GetTotalMemory($true) / 1MB
                Memory  = $process.WorkingSet64 / 1MB
                Handles = $IsLinux ? @([IO.Directory]::EnumerateFileSystemEntries('/proc/self/fd')).Count : $process.HandleCount
                Threads = $process.Threads.Count
            }
            $process.Dispose()
        }
    }
}
finally { Remove-Item -LiteralPath $folder -Recurse -Force }

$looks | Format-Table Calls, @{ Name = 'Heap MiB'; Expression = { '{0:0.0}' -f $_.Heap } }, @{ Name = 'Memory MiB'; Expression = { '{0:0.0}' -f $_.Memory } }, Handles, Threads |
    Out-String | Write-Host
$first, $last = $looks[0], $looks[-1]
$grown = @(
    if ($last.Memory -gt 1.1 * $first.Memory) { 'memory' }
    if ($last.Handles -gt $first.Handles + $spareHandles) { 'handles' }
    if ($last.Threads -gt $first.Threads + $spareThreads) { 'threads' }
)
Write-Host "$Calls calls: $($grown ? "NOT flat: $($grown -join ', ')" : 'memory, handles and threads are flat')"
exit [int] ($grown.Count -gt 0)
