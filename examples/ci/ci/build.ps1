<#
.SYNOPSIS
Builds the program for the targets of gocross.psd1, or for those that are named, and lists what is in it.

.PARAMETER Target
The targets of this job. Without it all are built.

.OUTPUTS
dist/OS-ARCHITECTURE/NAME, and what is in it as dist/OS-ARCHITECTURE.cdx.json. The exit code is 1 if a build fails.
#>
#Requires -Version 7.4
[CmdletBinding()]
param([string[]] $Target)

$ErrorActionPreference = 'Stop'
$root = Split-Path $PSScriptRoot
$settings = (Import-PowerShellDataFile "$root/gocross.psd1")['Invoke-GoCrossBuild']
if ($Target) { $settings.Target = $Target }

# A build that fails does not end the others: all that is wrong is shown at once, beside the source where the system can.
$builds = Invoke-GoCrossBuild @settings -WorkingDirectory $root -OutputPath "$root/dist/{os}-{arch}/{name}" `
    -Annotate -ErrorAction Continue -ErrorVariable failed
$builds | Format-Table
$builds | Where-Object { -not $_.Success } | ForEach-Object Diagnostics | Format-Table
if ($failed) { exit 1 }

foreach ($build in $builds) { $null = Get-GoSbom $build.Path -OutputPath "$(Split-Path $build.Path).cdx.json" -Force }
