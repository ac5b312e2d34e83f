#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

# Not part of the test run yet: it passed at rest and failed on a busy machine. Invoke-Pester tests/Terminal.ByHand.ps1 runs it.
# What only a person at a terminal sees: progress, Ctrl+C, completion. Each test has a PowerShell of its own in a terminal of
# 80 columns, tmux's, and looks at its screen.

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $missing = @('go', 'tmux').Where({ $_ -eq 'go' ? -not (Find-Go) : -not (Find-Program $_) })
}

Describe 'In a terminal (needs go and tmux)' -Tag Slow -Skip:($missing.Count -gt 0) {
    BeforeAll {
        . "$PSScriptRoot/PesterSupport.ps1"
        $program, $first = & "$PSScriptRoot/PowerShellProgram.ps1"
        $socket = "gocross-$PID"
        $hello = New-GoModule $TestDrive
        $six = 'linux/amd64, linux/arm64, linux/386, linux/arm, windows/amd64, darwin/arm64'

        # A go that takes its time.
        $slow = "$TestDrive/slow/go"
        $null = New-Item -ItemType Directory "$TestDrive/slow"
        Set-Content $slow @"
#!/bin/sh
case "`$1" in list) sleep 1.5 ;; build) sleep 1.2 ;; test) sleep 1 ;; esac
exec "$(Find-Go)" "`$@"
"@
        chmod +x $slow
        $server = New-GoModule $TestDrive server @'
package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	fmt.Println("starting", os.Getpid())
	time.Sleep(time.Minute)
}
'@
        $sleeper = (Invoke-GoCrossBuild $server -OutputPath "$TestDrive/sleeper" -ErrorAction Stop).Path

        function Get-Now { [DateTimeOffset]::UtcNow.ToUnixTimeMilliseconds() }

        function Get-Screen { (tmux -L $socket capture-pane -p) -join "`n" }

        # Types; Enter is a key of tmux.
        function Send-Key { tmux -L $socket send-keys @args }

        # Looks until the screen matches; the moment when it did.
        function Wait-Screen([string] $Pattern, [int] $Seconds = 180) {
            $end = (Get-Now) + 1000 * $Seconds
            do {
                $script:screen = Get-Screen
                $now = Get-Now
                if ($screen -match $Pattern) { return $now }
                Start-Sleep -Milliseconds 10
            } while ($now -lt $end)
            throw "There was no '$Pattern' on the screen within $Seconds s:`n$screen"
        }

        # Runs a command line that says when it begins and when it has ended.
        function Start-Command([string] $Command) {
            # What is still on the screen from the one before is not this one's.
            $script:number = 1 + $script:number
            Set-Content "$TestDrive/command.ps1" @"
Clear-Host
"BEGUN $number `$([DateTimeOffset]::UtcNow.ToUnixTimeMilliseconds())"
$Command
'ENDED'
"@
            Send-Key '. ' "$TestDrive/command.ps1" Enter
            $null = Wait-Screen "(?m)^BEGUN $number \d+"
            [long] ($screen -replace '(?s).*BEGUN \d+ (\d+).*', '$1')
        }
    }

    BeforeEach {
        tmux -L $socket -f /dev/null new-session -d -x 80 -y 24 (@($program) + $first + '-NoProfile' -join ' ')
        $null = Wait-Screen '(?m)^PS '
        Send-Key "Import-Module $((Resolve-Path "$PSScriptRoot/../GoCross.psd1").Path)" Enter
        Send-Key "Set-Location $hello; 'READY'.ToLower()" Enter
        $null = Wait-Screen '(?m)^ready'
    }

    AfterEach {
        tmux -L $socket kill-server 2>$null
    }

    It 'shows what a build of six targets does, and its names and counts as soon as go has listed them' {
        # When it shows them is not asked here: a machine with other work may be late, or its screen be read too late.
        $null = Start-Command "`$null = Invoke-GoCrossBuild . -GoPath $slow -Target $six -OutputPath $TestDrive/out/"
        $null = Wait-Screen 'asking go about|\d of 6 done|(?m)^ENDED'
        $screen | Should -Match 'Building Go programs \[(\d+ s: )?(asking go about|\d of 6 done)'
        $null = Wait-Screen '\d of 6 done; building hello|(?m)^ENDED'
        $screen | Should -Match 'Building Go programs \[(\d+ s: )?\d of 6 done; building hello \w+/'
        $null = Wait-Screen '(?m)^ENDED'
        $screen | Should -Not -Match 'Building Go programs' -Because 'its record completes'
        Get-ChildItem "$TestDrive/out" | Should -HaveCount 6
    }

    It 'shows what <Case> does, how many of how many, and for how long' -ForEach @(
        @{ Case = '-Reproducible'; Command = { "Invoke-GoCrossBuild . -GoPath $slow -Reproducible -OutputPath $TestDrive/twice" }
            Pattern = 'Building Go programs \[\d+ s: 0 of 1 done; building twice hello' }
        @{ Case = 'Test-GoBinary'; Command = { "Test-GoBinary $sleeper -TimeLimit 2 -ErrorAction Ignore" }
            Pattern = 'Running programs \[\d+ s: 0 of 1 done; running sleeper' }
        @{ Case = 'Test-GoBinary with a server'; Command = { "Test-GoBinary $sleeper -ReadyPort 9 -TimeLimit 2 -ErrorAction Ignore" }
            Pattern = 'Running programs \[\d+ s: 0 of 1 done; running sleeper, which is to be ready' }
        @{ Case = 'Test-GoBinary -GoTest'; Command = { "Test-GoBinary -GoTest ./... -GoPath $slow -ErrorAction Ignore" }
            Pattern = 'Running tests for \w+/\w+ \[(\d+ s: )?(building the tests|0 of 1 done)' }
    ) {
        $null = Start-Command "$(& $Command) | Out-Null"
        $null = Wait-Screen $Pattern
        $null = Wait-Screen '(?m)^ENDED'
        $screen | Should -Not -Match 'Building Go programs|Running (programs|tests)' -Because 'its record completes'
    }

    It 'ends <Case> with Ctrl+C, and leaves nothing' -ForEach @(
        @{ Case = 'a build'; Command = { "Invoke-GoCrossBuild . -GoPath $slow -Target $six -OutputPath '$TestDrive/stopped/{os}/{arch}/'" }; Seen = '0 of 6 done' }
        @{ Case = 'a listing'; Command = { "Invoke-GoCrossBuild . -GoPath $slow -Target $six -OutputPath $TestDrive/stopped/" }; Seen = 'asking go' }
        @{ Case = 'a program'; Command = { "Test-GoBinary $sleeper" }; Seen = 'running sleeper' }
        @{ Case = 'a server'; Command = { "Test-GoBinary $sleeper -ReadyPort 9" }; Seen = 'running sleeper' }
        @{ Case = 'tests'; Command = { "Test-GoBinary -GoTest ./... -GoPath $slow" }; Seen = 'Running tests' }
        @{ Case = 'a trial build for a Dockerfile'; Command = { "New-ScratchDockerfile -SourcePath . -GoPath $slow -OutputPath $hello/Stopped" }; Seen = 'Writing a Dockerfile' }
        @{ Case = 'a table of strategies'; Command = { "Measure-GoBuildStrategy . -GoPath $slow" }; Seen = '\[(asking|\d|build|measur)' }
    ) {
        $before = @(Get-ChildItem $TestDrive -Recurse -Force).FullName
        $null = Start-Command (& $Command)
        $null = Wait-Screen $Seen
        Send-Key C-c
        $stopped = Get-Now
        Send-Key "'AFTER'.ToLower()" Enter
        (Wait-Screen '(?m)^after') - $stopped | Should -BeLessThan 5000
        $screen | Should -Not -Match '(?m)^ENDED'
        $screen | Should -Not -Match 'Exception|error'
        @(Get-Process sleeper, go -ErrorAction Ignore | Where-Object Path -Match ([regex]::Escape("$TestDrive"))) | Should -BeNullOrEmpty
        @(Get-ChildItem $TestDrive -Recurse -Force).FullName | Where-Object { $_ -notin $before -and $_ -notmatch 'command.ps1' } |
            Should -BeNullOrEmpty
    }

    It 'completes <Typed>' -ForEach @(
        @{ Typed = 'Invoke-GoCrossBuild -Strategy Mu'; Completed = '-Strategy Musl' }
        @{ Typed = 'Test-GoBinary x -StopSignal SIGT'; Completed = '-StopSignal SIGT\w+' }
        @{ Typed = 'Get-GoTarget linux/ar'; Completed = 'Get-GoTarget linux/arm' }
    ) {
        Send-Key -l $Typed
        Send-Key Tab
        $null = Wait-Screen $Completed 20
    }
}
