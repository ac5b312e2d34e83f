# What the *.Tests.ps1 beside this file share. They dot-source it in BeforeDiscovery, to tell which tests can run here,
# and in BeforeAll, to run them.

Import-Module "$PSScriptRoot/../GoCross.psd1"

# A new session of the PowerShell that runs the tests.
function Invoke-PowerShell {
    $program, $first = & "$PSScriptRoot/PowerShellProgram.ps1"
    & $program @(@($first) + '-NoProfile' + '-NonInteractive' + $args | Where-Object { $_ })
}

function Find-Program([string[]] $Name) {
    (Get-Command -Name $Name -CommandType Application -ErrorAction Ignore | Select-Object -First 1).Source
}

# Where GoCross finds Go, too: on PATH, or where Debian and go.dev put it.
function Find-Go {
    $found = Find-Program go
    if (-not $found) {
        $found = Get-Item '/usr/lib/go-*/bin/go', '/usr/local/go/bin/go' -ErrorAction Ignore |
            Sort-Object FullName | Select-Object -Last 1 -ExpandProperty FullName
    }
    $found
}

# A module with one main package. The program prints its arguments, and its name where there are none.
function New-GoModule([string] $Path, [string] $Name = 'hello', [string] $Source) {
    if (-not $Source) {
        $Source = @'
package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	fmt.Println(strings.Join(os.Args[min(1, len(os.Args)-1):], " "))
}
'@
    }
    $folder = Join-Path $Path $Name
    $null = New-Item -ItemType Directory -Force $folder
    Set-Content (Join-Path $folder go.mod) "module example.com/$Name`n`ngo 1.21"
    Set-Content (Join-Path $folder main.go) $Source
    $folder
}

# A report of a vulnerability database of the tests' own, in a folder laid out as the Go database's server has it. Without
# -Package it is about the whole module. Gives the folder.
function New-VulnerabilityReport {
    param(
        [string] $Path, [string] $Id = 'GO-2099-0001', [string] $Module = 'stdlib', [string] $Package, [string[]] $Symbol,
        [string] $Fixed = '99.0.0', [string] $Modified = '2026-01-02T03:04:05Z'
    )
    $null = New-Item -ItemType Directory -Force "$Path/index", "$Path/ID"
    $affected = @{
        package = @{ ecosystem = 'Go'; name = $Module }
        ranges  = @(@{ type = 'SEMVER'; events = @(@{ introduced = '0' }, @{ fixed = $Fixed }) })
    }
    if ($Package) {
        $import = @{ path = $Package }
        if ($Symbol) { $import.symbols = $Symbol }
        $affected.ecosystem_specific = @{ imports = @($import) }
    }
    @{ id = $Id; modified = $Modified; aliases = @("CVE-$Id"); summary = "about $Id"; affected = @($affected) } |
        ConvertTo-Json -Depth 9 | Set-Content "$Path/ID/$Id.json"
    @{ modified = $Modified } | ConvertTo-Json | Set-Content "$Path/index/db.json"
    @(Get-ChildItem "$Path/ID" | ForEach-Object { @{ id = $_.BaseName; modified = $Modified } }) | ConvertTo-Json -AsArray |
        Set-Content "$Path/index/vulns.json"
    $Path
}

# The names of files that somebody began to write and did not take away.
function Get-Leftover([string] $Path) {
    Get-ChildItem -Path $Path -Recurse -Force -File -Filter '.*.tmp' | Select-Object -ExpandProperty FullName
}

# A TCP port of this machine that nobody listens at.
function Find-Port {
    $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
    $listener.Start()
    $listener.LocalEndpoint.Port
    $listener.Stop()
}

# Waits until a server answers: Invoke-WebRequest tries again where an answer is an error, and not where nobody listens.
function Wait-Answer([string] $Uri, [Diagnostics.Process] $Server) {
    foreach ($i in 1..300) {
        try {
            $null = Invoke-WebRequest $Uri -ProgressAction SilentlyContinue
            return
        } catch [Net.Http.HttpRequestException] {
            if ($Server.HasExited) { break }
            Start-Sleep -Milliseconds 100
        }
    }
    $Server | Stop-Process -ErrorAction Ignore
    throw "Nobody answers at $Uri."
}

# Starts a registry that keeps what it has in a folder. Who starts it ends it.
function Start-Registry([string] $Path, [string] $Address) {
    Set-Content "$Path/registry.yml" @"
version: 0.1
log: { level: error }
storage: { filesystem: { rootdirectory: '$Path/registry' } }
http: { addr: '$Address' }
"@
    $registry = Start-Process (Find-Program docker-registry) -ArgumentList 'serve', "$Path/registry.yml" -PassThru `
        -RedirectStandardOutput "$Path/access.log" -RedirectStandardError "$Path/registry.log"
    Wait-Answer "http://$Address/v2/" $registry
    $registry
}
