<#
.SYNOPSIS
The main job of GoCross from end to end, on the examples beside this file.

.DESCRIPTION
Builds a program three ways for two platforms, reads back what each binary needs, runs the builds of both platforms,
writes a Dockerfile and two images, and compares the images.

.PARAMETER OutputPath
Where the binaries and images go. What stands there is replaced.
#>
#Requires -Version 7.4
[CmdletBinding()]
param([string] $OutputPath = (Join-Path $PSScriptRoot .. out demo))

$ErrorActionPreference = 'Stop'
$OutputPath = [IO.Path]::GetFullPath($OutputPath, $PWD.ProviderPath)
Import-Module "$PSScriptRoot/../GoCross.psd1"
"GoCross $((Get-Module GoCross).Version) in PowerShell $($PSVersionTable.PSVersion)"

function Show-Step([string] $Title, [string] $Command) {
    Write-Host "`n$($PSStyle.Bold)# $Title$($PSStyle.Reset)`n$($PSStyle.Foreground.BrightBlack)PS> $Command$($PSStyle.Reset)"
}

Show-Step 'One program with C code of its own: three strategies, two platforms' @'
Invoke-GoCrossBuild examples/hello-cgo -Target linux/amd64, linux/arm64 -Strategy Static, Musl, Glibc
'@
$builds = Invoke-GoCrossBuild "$PSScriptRoot/hello-cgo" -Target linux/amd64, linux/arm64 -Strategy Static, Musl, Glibc `
    -OutputPath (Join-Path $OutputPath '{strategy}-{arch}' '{name}') -Force
$builds | Out-Default

Show-Step 'The smallest first' '$builds | Sort-Object Length | Format-Table Target, Strategy, Length, RunsInScratch'
$builds | Sort-Object Length | Format-Table Target, Strategy, Length, RunsInScratch | Out-Default

Show-Step 'What each binary needs to run, read from its own headers' '$builds | Get-ElfDependency'
$builds | Get-ElfDependency | Out-Default

Show-Step 'What C code changed: the static build beside the one with glibc' 'Compare-ElfDependency static/hello-cgo glibc/hello-cgo'
$native = $builds | Where-Object Target -EQ linux/amd64 | Group-Object { [string] $_.Strategy } -AsHashTable
$native.Glibc | Compare-ElfDependency $native.Static.Path | Out-Default

Show-Step 'What starts anywhere runs here, too: the foreign builds under QEMU' '$builds | Where-Object RunsInScratch -EQ Yes | Test-GoBinary'
$runs = $builds | Where-Object RunsInScratch -EQ Yes | Test-GoBinary
$runs | Out-Default
$runs.Output | Select-Object -First 1 | Out-Default

Show-Step 'A web server: the Dockerfile that fits, with its reasons' @'
Invoke-GoCrossBuild examples/hello-http -Target linux/amd64 | New-ScratchDockerfile
'@
Invoke-GoCrossBuild "$PSScriptRoot/hello-http" -Target linux/amd64 -Strategy Static -OutputPath (Join-Path $OutputPath server '{name}') -Force |
    New-ScratchDockerfile -OutputPath (Join-Path $OutputPath server Dockerfile) -Force | Out-Default

Show-Step 'Two images, with no daemon' '$builds | Where-Object RunsInScratch -EQ Yes | New-ScratchImage'
$images = foreach ($strategy in 'static', 'musl') {
    $native.$strategy | New-ScratchImage -Tag "hello-cgo:$strategy" -OutputPath (Join-Path $OutputPath "hello-cgo-$strategy.tar") -Force
}
$images | Out-Default

Show-Step 'What lies between them' 'Compare-ImageLayer hello-cgo-static.tar hello-cgo-musl.tar'
Compare-ImageLayer $images[0].Path $images[1].Path | Out-Default

Show-Step 'All that was written' 'Get-ChildItem out/demo -Recurse -File | Sort-Object Length'
Get-ChildItem $OutputPath -Recurse -File | Sort-Object Length |
    Select-Object Length, @{ Name = 'Path'; Expression = { [IO.Path]::GetRelativePath($OutputPath, $_.FullName) } } | Out-Default
