<#
.SYNOPSIS
The main job of GoCross from end to end, on the examples beside this file.

.DESCRIPTION
Builds a program three ways for two platforms, reads back what each binary needs, runs the builds of both platforms,
writes a Dockerfile and two images, and compares the images.

It runs in pwsh 7.4 or later and in tools/Shell, and so keeps to what PowerShell's engine itself has.

.PARAMETER OutputPath
Where the binaries and images go. What stands there is replaced.
#>
[CmdletBinding()]
param([string] $OutputPath = [IO.Path]::Combine($PSScriptRoot, '..', 'out', 'demo'))

$ErrorActionPreference = 'Stop'
$OutputPath = [IO.Path]::GetFullPath($OutputPath)
Import-Module ([IO.Path]::Combine($PSScriptRoot, '..', 'GoCross.psd1'))

function Show-Step([string] $Title, [string] $Command) {
    "`n$($PSStyle.Bold)# $Title$($PSStyle.Reset)`n$($PSStyle.Foreground.BrightBlack)PS> $Command$($PSStyle.Reset)" | Out-Default
}

# A program for another machine than this one runs under QEMU's user mode.
function Invoke-Binary([string] $Path, [string] $Architecture, [string[]] $Arguments) {
    $native = switch ([Runtime.InteropServices.RuntimeInformation]::OSArchitecture) { X64 { 'amd64' } Arm64 { 'arm64' } }
    $output = if ($Architecture -eq $native) { & $Path @Arguments }
    else {
        $emulator = @{ amd64 = 'qemu-x86_64-static'; arm64 = 'qemu-aarch64-static' }[$Architecture]
        & $emulator $Path @Arguments
    }
    if ($LASTEXITCODE -ne 0) { throw "$Path ended with status $LASTEXITCODE." }
    $output
}

Show-Step 'One program with C code of its own: three strategies, two platforms' @'
Invoke-GoCrossBuild examples/hello-cgo -Target linux/amd64, linux/arm64 -Strategy Static, Musl, Glibc
'@
$template = [IO.Path]::Combine($OutputPath, '{strategy}-{arch}', '{name}')
$builds = Invoke-GoCrossBuild "$PSScriptRoot/hello-cgo" -Target linux/amd64, linux/arm64 -Strategy Static, Musl, Glibc `
    -OutputPath $template -Force
$builds | Out-Default

Show-Step 'What each binary needs to run, read from its own headers' '$builds | Get-ElfDependency'
$builds | Get-ElfDependency | Out-Default

Show-Step 'What C code changed: the static build beside the one with glibc' 'Compare-ElfDependency static/hello-cgo glibc/hello-cgo'
$static, $glibc = foreach ($strategy in 'Static', 'Glibc') {
    $builds | Where-Object { $_.Strategy -eq $strategy -and $_.Target -eq 'linux/amd64' }
}
$glibc | Compare-ElfDependency $static.Path | Out-Default

Show-Step 'What starts anywhere runs here, too: the foreign builds under QEMU' 'qemu-aarch64-static hello-cgo'
foreach ($build in $builds | Where-Object RunsInScratch -EQ Yes) {
    "$($build.Target) $($build.Strategy):" | Out-Default
    Invoke-Binary $build.Path $build.Architecture | ForEach-Object { "    $_" } | Out-Default
}

Show-Step 'A web server: the Dockerfile that fits, with its reasons' @'
Invoke-GoCrossBuild examples/hello-http -Target linux/amd64 | New-ScratchDockerfile
'@
$server = Invoke-GoCrossBuild "$PSScriptRoot/hello-http" -Target linux/amd64 -Strategy Static `
    -OutputPath ([IO.Path]::Combine($OutputPath, 'server', '{name}')) -Force
$server | New-ScratchDockerfile -OutputPath ([IO.Path]::Combine($OutputPath, 'server', 'Dockerfile')) -Force | Out-Default

Show-Step 'Two images, with no daemon' '$builds | Where-Object RunsInScratch -EQ Yes | New-ScratchImage'
$images = foreach ($strategy in 'Static', 'Musl') {
    $builds | Where-Object { $_.Strategy -eq $strategy -and $_.Target -eq 'linux/amd64' } |
        New-ScratchImage -Tag "hello-cgo:$strategy".ToLowerInvariant() -Force `
            -OutputPath ([IO.Path]::Combine($OutputPath, "hello-cgo-$strategy.tar".ToLowerInvariant()))
}
$images | Out-Default

Show-Step 'What lies between them' 'Compare-ImageLayer hello-cgo-static.tar hello-cgo-musl.tar'
Compare-ImageLayer $images[0].Path $images[1].Path | Out-Default
