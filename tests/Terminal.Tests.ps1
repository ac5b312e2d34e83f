#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

# What only a person at a terminal sees: progress, Ctrl+C, completion. Each scenario has a PowerShell of its own in a terminal
# of 80 columns, tmux's; all run side by side before the tests look at what they showed. What a terminal gets is recorded, so
# that nothing is missed on a machine with other work, and no test asks when it was shown: that is the bench's business.

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $missing = @('go', 'tmux').Where({ $_ -eq 'go' ? -not (Find-Go) : -not (Find-Program $_) })
    $six = 'linux/amd64, linux/arm64, linux/386, linux/arm, windows/amd64, darwin/arm64'
    $shown = @(
        @{ Name = 'a build of six targets'; Command = "Invoke-GoCrossBuild . -GoPath ./go -Target $six -OutputPath ./out/"
            Patterns = 'Building Go programs \[(\d+ s: )?asking go about', 'Building Go programs \[(\d+ s: )?\d of 6 done; building hello \w+/' }
        @{ Name = '-Reproducible'; Command = 'Invoke-GoCrossBuild . -GoPath ./go -Reproducible -OutputPath ./out/'
            Patterns = @('Building Go programs \[\d+ s: 0 of 1 done; building twice hello') }
        @{ Name = 'Test-GoBinary'; Command = 'Test-GoBinary ./sleeper -TimeLimit 2 -ErrorAction Ignore'
            Patterns = @('Running programs \[\d+ s: 0 of 1 done; running sleeper') }
        @{ Name = 'Test-GoBinary with a server'; Command = 'Test-GoBinary ./sleeper -ReadyPort 9 -TimeLimit 2 -ErrorAction Ignore'
            Patterns = @('Running programs \[\d+ s: 0 of 1 done; running sleeper, which is to be ready') }
        @{ Name = 'Test-GoBinary -GoTest'; Command = 'Test-GoBinary -GoTest ./... -GoPath ./go -ErrorAction Ignore'
            Patterns = @('Running tests for \w+/\w+ \[(\d+ s: )?(building the tests|0 of 1 done)') }
    )
    $stopped = @(
        @{ Name = 'a build'; Command = "Invoke-GoCrossBuild . -GoPath ./go -Target $six -OutputPath './out/{os}/{arch}/'"; Stuck = 'build'; Seen = '0 of 6 done' }
        @{ Name = 'a listing'; Command = "Invoke-GoCrossBuild . -GoPath ./go -Target $six -OutputPath ./out/"; Stuck = 'list'; Seen = 'asking go' }
        @{ Name = 'a program'; Command = 'Test-GoBinary ./sleeper'; Seen = 'running sleeper' }
        @{ Name = 'a server'; Command = 'Test-GoBinary ./sleeper -ReadyPort 9'; Seen = 'running sleeper' }
        @{ Name = 'tests'; Command = 'Test-GoBinary -GoTest ./... -GoPath ./go'; Stuck = 'test'; Seen = 'Running tests' }
        @{ Name = 'a trial build for a Dockerfile'; Command = 'New-ScratchDockerfile -SourcePath . -GoPath ./go -OutputPath ./Stopped'; Stuck = 'build'; Seen = 'Writing a Dockerfile' }
        @{ Name = 'a table of strategies'; Command = 'Measure-GoBuildStrategy . -GoPath ./go'; Stuck = 'list'; Seen = '\[(asking|\d|build|measur)' }
    )
    $completed = @(
        @{ Name = 'a strategy'; Typed = 'Invoke-GoCrossBuild -Strategy Mu'; Completed = '-Strategy Musl' }
        @{ Name = 'a signal'; Typed = 'Test-GoBinary x -StopSignal SIGT'; Completed = '-StopSignal SIGT\w+' }
        @{ Name = 'a target'; Typed = 'Get-GoTarget linux/ar'; Completed = 'Get-GoTarget linux/arm' }
    )
}

Describe 'In a terminal (needs go and tmux)' -Tag Slow -Skip:($missing.Count -gt 0) -ForEach @{
    Shown = $shown; Stopped = $stopped; Completed = $completed
} {
    BeforeAll {
        . "$PSScriptRoot/PesterSupport.ps1"
        $program, $first = & "$PSScriptRoot/PowerShellProgram.ps1"
        $shell = @($program) + $first + '-NoLogo', '-NoProfile' -join ' '
        $manifest = (Resolve-Path "$PSScriptRoot/../GoCross.psd1").Path
        $socket = "gocross-$PID"
        $limit = [timespan]::FromMinutes(5)
        $sessions = @{}
        $source = New-GoModule $TestDrive sleeper @'
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
        $sleeper = (Invoke-GoCrossBuild $source -OutputPath "$TestDrive/built/{name}" -ErrorAction Stop).Path

        # What the terminal got so far, without colours and movements.
        function Get-Record($Session) {
            $text = (Test-Path $Session.Record) ? (Get-Content -Raw $Session.Record) : ''
            $text -replace '\e\][^\a\e]*(\a|\e\\)' -replace '\e\[[0-9;?]*[ -/]*[@-~]' -replace '\e.'
        }

        function Get-Screen($Session) { (tmux -L $socket capture-pane -p -t $Session.Id) -join "`n" }

        function Send-Key($Session) { tmux -L $socket send-keys -t $Session.Id @args }

        function Get-File($Session) { @(Get-ChildItem $Session.Folder -Recurse -Force).FullName }

        # A terminal with PowerShell in a folder of its own, in which are the program's source, a go that takes its time, the
        # built program and the folder for temporary files. Steps: what to wait for, and what to do then. Of what is to be
        # stopped, a command of go's takes a minute.
        function Start-Scenario([string] $Key, [string] $Command, [object[]] $Steps, [string] $Stuck) {
            $minute = "60.$PID$($sessions.Count)"
            $folder = New-GoModule "$TestDrive/$($sessions.Count)"
            $null = New-Item -ItemType Directory "$folder/tmp"
            Set-Content "$folder/go" @"
#!/bin/sh
case "`$1" in "$Stuck") sleep $minute ;; list) sleep 1.5 ;; build) sleep 1.2 ;; test) sleep 1 ;; esac
exec "$(Find-Go)" "`$@"
"@
            chmod +x "$folder/go"
            Copy-Item $sleeper $folder
            Set-Content "$folder/command.ps1" "Import-Module $manifest`n'READY'`n$Command`n'ENDED'"
            $session = @{ Id = "s$($sessions.Count)"; Folder = $folder; Minute = $minute; Record = "$TestDrive/record$($sessions.Count)"
                Steps = [Collections.Generic.Queue[object]]::new($Steps); Text = ''; Screen = ''; Since = [timespan]::Zero; Answered = $false }
            $sessions[$Key] = $session
            # What PowerShell keeps of what was typed is not for the user's own history.
            tmux -L $socket new-session -d -s $session.Id -x 80 -y 24 -c $folder -e "TMPDIR=$folder/tmp" -e "XDG_DATA_HOME=$TestDrive/data" $shell
            tmux -L $socket pipe-pane -O -t $session.Id "cat >> $($session.Record)"
        }

        # A session that does nothing keeps the server; the first command's words are the server's own.
        tmux -L $socket -f /dev/null new-session -d -s none 'sleep 3600'

        $prompt = @{ Record = 'PS /'; Do = { param($s) $s.Before = Get-File $s; Send-Key $s '. ./command.ps1' Enter } }
        foreach ($case in $Shown) {
            Start-Scenario "shown $($case.Name)" "$($case.Command) | Out-Null" $prompt, @{ Screen = '(?m)^ENDED'; Do = {} }
        }
        foreach ($case in $Stopped) {
            Start-Scenario "stopped $($case.Name)" $case.Command $prompt,
            @{ Record = $case.Seen; Do = { param($s) Send-Key $s C-c; Send-Key $s "'AFTER'.ToLower()" Enter } },
            @{ Record = 'after'; IsStop = $true; Do = { param($s)
                    $s.Left = Get-File $s | Where-Object { $_ -notin $s.Before }
                    $s.Running = @(Get-Process | Where-Object { "$($_.CommandLine)" -match [regex]::Escape($s.Folder) + "|sleep $($s.Minute)$" }).CommandLine } } $case.Stuck
        }
        foreach ($case in $Completed) {
            Start-Scenario "completed $($case.Name)" '' $prompt,
            @{ Record = 'ENDED'; Typed = $case.Typed; Do = { param($s, $step) Send-Key $s -l $step.Typed; Send-Key $s Tab } },
            @{ Screen = $case.Completed; Do = {} }
        }

        $clock = [Diagnostics.Stopwatch]::StartNew()
        while ($clock.Elapsed -lt $limit -and ($open = @($sessions.Values | Where-Object { $_.Steps.Count }))) {
            foreach ($session in $open) {
                $step = $session.Steps.Peek()
                $session.Text = Get-Record $session
                if ($step.Screen) { $session.Screen = Get-Screen $session }
                if ($step.Record ? $session.Text -cmatch $step.Record : $session.Screen -cmatch $step.Screen) {
                    $null = $session.Steps.Dequeue()
                    & $step.Do $session $step
                    $session.Since = $clock.Elapsed
                }
                elseif ($step.IsStop -and -not $session.Answered -and $clock.Elapsed - $session.Since -gt [timespan]::FromSeconds(10)) {
                    # PowerShell asked the terminal where the cursor is, to show progress, and Ctrl+C took the answer out of what
                    # is to be read: it waits for ever, whatever it runs (PowerShell/PowerShell#12814). It gets another answer.
                    $session.Answered = $true
                    Send-Key $session -l "`e[24;1R"
                }
            }
            Start-Sleep -Milliseconds 50
        }
    }

    AfterAll {
        tmux -L $socket kill-server 2>$null
    }

    It 'shows what <Name> does, how many of how many, and for how long' -ForEach $shown {
        $session = $sessions["shown $Name"]
        $session.Steps | Should -BeNullOrEmpty -Because "it should have ended: $($session.Text)"
        foreach ($pattern in $Patterns) { $session.Text | Should -Match $pattern }
        $session.Screen | Should -Match ENDED
        $session.Screen | Should -Not -Match 'Building Go programs|Running (programs|tests)' -Because 'its record completes'
        if ($Name -eq 'a build of six targets') { Get-ChildItem "$($session.Folder)/out" | Should -HaveCount 6 }
    }

    It 'ends <Name> with Ctrl+C, and leaves nothing' -ForEach $stopped {
        $session = $sessions["stopped $Name"]
        $session.Steps | Should -BeNullOrEmpty -Because "it should have come back to the prompt: $($session.Text)"
        $session.Text | Should -Not -Match 'ENDED'
        $session.Text | Should -Not -Match 'Exception|error'
        $session.Running | Should -BeNullOrEmpty
        $session.Left | Should -BeNullOrEmpty
    }

    It 'completes <Name>' -ForEach $completed {
        $session = $sessions["completed $Name"]
        $session.Steps | Should -BeNullOrEmpty -Because "it should show '$Completed': $($session.Screen)"
    }
}
