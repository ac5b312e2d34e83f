<#
.SYNOPSIS
Makes the image of what build.ps1 left in dist, and holds it against the gates of gocross.psd1.

.PARAMETER ReportFormat
The format of the gates' reports: sarif, which GitHub shows, or xml, JUnit's, which Azure and GitLab show.

.PARAMETER DatabasePath
The folder of the databases of Update-GoVulnerabilityDatabase, if it is not the user's own.

.OUTPUTS
dist/image.tar and dist/image.digest; a report for each platform and kind of gate in reports, whatever
the outcome. The exit code is 1 if a gate fails.
#>
#Requires -Version 7.4
[CmdletBinding()]
param(
    [ValidateSet('sarif', 'xml')] [string] $ReportFormat = 'sarif',
    [string] $DatabasePath
)

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
    $report = "$root/reports/$($platform.Replace('/', '-'))"
    Test-ImageLayer $image.Path -Platform $platform @forLayers -ReportPath "$report-image.$ReportFormat" -Force
    Test-GoVulnerability $image.Path -Platform $platform @forVulnerabilities -ReportPath "$report-vulnerabilities.$ReportFormat" -Force
}
$gates | Format-Table
if ($gates.Passed -contains $false) { exit 1 }
