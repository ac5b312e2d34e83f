<#
.SYNOPSIS
Makes the image of what build.ps1 left in dist, and holds it against the gates of gocross.psd1.

.PARAMETER DatabasePath
The folder of the databases of Update-GoVulnerabilityDatabase, if it is not the user's own.

.OUTPUTS
dist/image.tar and dist/image.digest; in reports, whatever the outcome, for each platform and kind of gate SARIF, which GitHub
shows, JUnit (.xml), which Azure and GitLab show, and a summary in Markdown. The exit code is 1 if a gate fails.
#>
#Requires -Version 7.4
[CmdletBinding()]
param([string] $DatabasePath)

$ErrorActionPreference = 'Stop'
$root = Split-Path $PSScriptRoot
$settings = Import-PowerShellDataFile "$root/gocross.psd1"
$forImage, $forLayers, $forVulnerabilities = $settings['New-ScratchImage', 'Test-ImageLayer', 'Test-GoVulnerability']
if ($DatabasePath) { $forVulnerabilities.DatabasePath = $DatabasePath }
$null = New-Item -ItemType Directory -Force "$root/reports"

$image = New-ScratchImage "$root/dist/*/*" @forImage -OutputPath "$root/dist/image.tar" -Force
$image | Format-Table
# push.ps1 pushes what was tested here and nothing else.
Set-Content "$root/dist/image.digest" $image.Digest

$gates = foreach ($platform in $image.Manifests.Platform) {
    $name = "$root/reports/$($platform.Replace('/', '-'))"
    $reports = 'sarif', 'xml', 'md' | ForEach-Object { "$name-image.$_" }
    Test-ImageLayer $image.Path -Platform $platform @forLayers -ReportPath $reports -Annotate -Force
    $reports = 'sarif', 'xml', 'md' | ForEach-Object { "$name-vulnerabilities.$_" }
    Test-GoVulnerability $image.Path -Platform $platform @forVulnerabilities -ReportPath $reports -Annotate -Force
}
$gates | Format-Table

# The summary of the step, where the system has one.
Get-Content "$root/reports/*.md" | Set-Content "$root/reports/summary.md"
if ($env:GITHUB_STEP_SUMMARY) { Get-Content "$root/reports/summary.md" | Add-Content $env:GITHUB_STEP_SUMMARY }
if ($env:TF_BUILD) { "##vso[task.uploadsummary]$root/reports/summary.md" }

if ($gates.Passed -contains $false) { exit 1 }
