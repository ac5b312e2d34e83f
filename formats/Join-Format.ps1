<#
.SYNOPSIS
Makes the one file of views that the manifest names of the files by area beside this script.

.DESCRIPTION
PowerShell pays for each file of views at every import, and for white space in them: the file that it reads is one, and has
none that no view needs.

.PARAMETER OutputPath
The file that is written.
#>
#Requires -Version 7.4
[CmdletBinding()]
param([Parameter(Mandatory, Position = 0)] [string] $OutputPath)

$ErrorActionPreference = 'Stop'
$joined = [xml] '<Configuration><ViewDefinitions /></Configuration>'
foreach ($file in Get-ChildItem -LiteralPath $PSScriptRoot -Filter *.format.ps1xml | Sort-Object Name) {
    $source = [xml] (Get-Content -LiteralPath $file -Raw)
    $other = $source.SelectNodes('/*[not(self::Configuration)] | /Configuration/*[not(self::ViewDefinitions)]') | Select-Object -First 1
    if ($other) {
        [Console]::Error.WriteLine("$file(1): error : Views are joined, and nothing else: <$($other.Name)>")
        exit 1
    }
    $source.SelectNodes('//comment()') | ForEach-Object { $null = $_.ParentNode.RemoveChild($_) }
    foreach ($view in $source.SelectNodes('/Configuration/ViewDefinitions/*')) {
        $null = $joined.DocumentElement.FirstChild.AppendChild($joined.ImportNode($view, $true))
    }
}

$writer = [Xml.XmlWriter]::Create([IO.Path]::GetFullPath($OutputPath, $PWD.ProviderPath))
try { $joined.Save($writer) } finally { $writer.Dispose() }
