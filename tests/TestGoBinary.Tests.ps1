#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $native = @{ X64 = 'amd64'; Arm64 = 'arm64' }[[string] [Runtime.InteropServices.RuntimeInformation]::OSArchitecture]
    $cannotRun = -not (Find-Go) -or -not $IsLinux -or -not $native
    $noQemu = $cannotRun -or -not (Find-Program qemu-riscv64-static, qemu-riscv64)
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
    $native = @{ X64 = 'amd64'; Arm64 = 'arm64' }[[string] [Runtime.InteropServices.RuntimeInformation]::OSArchitecture]
}

Describe 'Test-GoBinary (needs go, on Linux)' -Skip:$cannotRun {
    BeforeAll {
        $hello = New-GoModule $TestDrive
        $program = (Invoke-GoCrossBuild $hello -Target "linux/$native" -OutputPath "$TestDrive/native/{name}").Path
    }

    It 'runs a program and tells how it went' {
        $run = Test-GoBinary $program -ArgumentList hello, 'big world' -ExpectedOutput '^hello big world$'
        $run.Success | Should -BeTrue
        $run.Output | Should -Be "hello big world`n"
        $run.ExitCode | Should -Be 0
        $run.Runner | Should -Be 'native'
        $run.StartupTime | Should -BeLessOrEqual $run.Duration
        $run.FullName | Should -Be $program
    }

    It 'writes an error and emits the run where something else was expected' {
        $run = Test-GoBinary $program -ExpectedOutput nonsense -ErrorAction SilentlyContinue -ErrorVariable failures
        $run.Success | Should -BeFalse
        $run.ErrorId | Should -Be 'RunUnexpectedOutput'
        $failures.Count | Should -Be 1
        $failures[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'annotates what failed, and reports all runs' {
        $reports = 'xml', 'sarif', 'md' | ForEach-Object { "$TestDrive/runs.$_" }
        $null = Test-GoBinary $program -ArgumentList other -ExpectedOutput nonsense -ReportPath $reports -Annotate `
            -ErrorAction SilentlyContinue -InformationVariable said 6>$null
        [string] $said | Should -BeLike "*error*$program*"
        ([xml] (Get-Content -Raw $reports[0])).testsuites.testsuite.testcase.failure.type | Should -Be 'Run'
        (Get-Content -Raw $reports[1] | ConvertFrom-Json).runs[0].results.message.text | Should -Match 'nonsense'
        @(Get-Content $reports[2])[0] | Should -Be '## Test-GoBinary: 1 of 1 failed'
        $null = Test-GoBinary $program -ArgumentList x -ReportPath $reports -Force
        @(Get-Content $reports[2])[0] | Should -Be '## Test-GoBinary: all 1 passed'
    }

    It 'reports and annotates what it could not run' {
        $null = Test-GoBinary $program, "$TestDrive/no-such-program", '' -ArgumentList x -ReportPath "$TestDrive/missing.xml" -Annotate `
            -ErrorAction SilentlyContinue -ErrorVariable failures -InformationVariable said 6>$null
        $failures.Count | Should -Be 2
        $suites = ([xml] (Get-Content -Raw "$TestDrive/missing.xml")).testsuites
        $suites.tests, $suites.failures, $suites.errors | Should -Be 3, 0, 2
        ($suites.testsuite | Where-Object errors -EQ 1).name | Should -Contain "$TestDrive/no-such-program"
        @($said).Count | Should -Be 2
        "$said" | Should -BeLike '*error*no-such-program*'
    }

    It 'runs programs of another architecture under QEMU (needs qemu-user)' -Skip:$noQemu {
        $run = Invoke-GoCrossBuild $hello -Target linux/riscv64 -OutputPath "$TestDrive/riscv64/{name}" |
            Test-GoBinary -ArgumentList far -ExpectedOutput far
        $run.Success | Should -BeTrue
        $run.Runner | Should -Match '^qemu-riscv64'
    }

    It 'takes files of Get-ChildItem' {
        (Get-ChildItem "$TestDrive/native" | Test-GoBinary -ArgumentList x).Output | Should -Be "x`n"
    }

    It 'says of a script that it is none of its business' {
        Set-Content "$TestDrive/script" "#!/bin/sh`necho hello"
        $run = Test-GoBinary "$TestDrive/script" -ErrorAction SilentlyContinue
        $run.Reason | Should -Match '/bin/sh'
    }

    It 'runs the tests of a package' -Tag Slow {
        Set-Content "$hello/main_test.go" "package main`n`nimport `"testing`"`n`nfunc TestNothing(t *testing.T) {}"
        (Test-GoBinary -GoTest $hello).Success | Should -BeTrue
    }

    It 'takes a number for seconds' {
        $server = New-GoModule $TestDrive waiter "package main`n`nimport `"time`"`n`nfunc main() { time.Sleep(time.Hour) }`n"
        $waiter = (Invoke-GoCrossBuild $server -Target "linux/$native" -OutputPath "$TestDrive/waiter-out/{name}").Path
        foreach ($limit in 1, '1', 0.5) {
            $run = Test-GoBinary $waiter -TimeLimit $limit -ErrorAction SilentlyContinue
            $run.TimedOut | Should -BeTrue
            $run.Duration.TotalSeconds | Should -BeGreaterOrEqual ([double] $limit)
        }
    }

    It 'waits for a server until it is ready, and asks it to end' {
        $server = New-GoModule $TestDrive server "package main`n`nimport (`n`t`"fmt`"`n`t`"net/http`"`n`t`"os`"`n)`n`nfunc main() { fmt.Println(`"starting`"); fmt.Fprintln(os.Stderr, http.ListenAndServe(os.Args[1], http.NotFoundHandler())) }`n"
        $program = (Invoke-GoCrossBuild $server -Target "linux/$native" -OutputPath "$TestDrive/server-out/{name}").Path
        $port = Find-Port
        $run = Test-GoBinary $program -ArgumentList "127.0.0.1:$port" -ReadyPort $port
        $run.Success | Should -BeTrue -Because $run.Reason
        $run.ReadyTime | Should -BeGreaterThan ([timespan]::Zero)
        $run.Signal | Should -Be SIGTERM
        $late = Test-GoBinary $program -ArgumentList "127.0.0.1:$port" -ReadyUrl "http://127.0.0.1:$port/" -TimeLimit 5 -ErrorAction SilentlyContinue
        $late.ErrorId | Should -Be RunNotReady
        $late.Reason | Should -Match 404
        { Test-GoBinary $program -ReadyUrl ftp://x -ErrorAction Stop } | Should -Throw -ErrorId 'ReadyUrlInvalid*'
    }

    It 'fits a table' {
        Test-GoBinary $program -ArgumentList x | Format-Table | Out-String -Width 80 | Should -Match 'passed'
    }
}
