<#
.SYNOPSIS
Writes the targets of gocross.psd1 as the matrix of a CI system, in JSON.

.PARAMETER For
GitHub: a value for strategy.matrix. Azure: a value for strategy.matrix of a job. GitLab: a child pipeline, for what is JSON
is YAML, too.
#>
#Requires -Version 7.4
[CmdletBinding()]
param([Parameter(Mandatory)] [ValidateSet('GitHub', 'Azure', 'GitLab')] [string] $For)

$ErrorActionPreference = 'Stop'
$settings = Import-PowerShellDataFile "$PSScriptRoot/../gocross.psd1"

# What the toolchain does not know is an error here, and no job is begun.
$targets = Get-GoTarget $settings['Invoke-GoCrossBuild'].Target
$rows = foreach ($target in $targets.Target) { [ordered] @{ name = $target.Replace('/', '-'); target = $target } }

$matrix = switch ($For) {
    GitHub { @{ include = @($rows) } }
    Azure {
        $jobs = [ordered] @{}
        # A name of Azure's has letters, digits and underscores.
        foreach ($row in $rows) { $jobs[$row.name.Replace('-', '_')] = $row }
        $jobs
    }
    GitLab {
        [ordered] @{
            include = @{ local = 'ci/gitlab-jobs.yml' }
            build   = @{ extends = '.build'; parallel = @{ matrix = @(@{ TARGET = @($rows.target) }) } }
        }
    }
}
$matrix | ConvertTo-Json -Depth 5 -Compress
