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

    It 'says what a program said, and not the end of its usage' {
        $source = New-GoModule $TestDrive talker "package main`n`nimport `"os`"`n`nfunc main() {`n`tif len(os.Args) > 1 { panic(`"on purpose`") }`n`tos.Stderr.WriteString(`"error: no configuration\nUsage: talker\n  -v  more words\n`")`n`tos.Exit(2)`n}`n"
        $talker = (Invoke-GoCrossBuild $source -Target "linux/$native" -OutputPath "$TestDrive/talker-out/{name}").Path
        (Test-GoBinary $talker -ErrorAction SilentlyContinue).Reason | Should -BeLike '*error: no configuration*'
        (Test-GoBinary $talker -ArgumentList x -ErrorAction SilentlyContinue).Reason | Should -BeLike '*panic: on purpose*'
    }

    It 'names packages without tests, and what does not compile in tests' -Tag Slow {
        $module = New-GoModule $TestDrive tested
        $null = New-Item -ItemType Directory "$module/broken"
        Set-Content "$module/broken/a_test.go" "package broken`n`nimport `"testing`"`n`nfunc TestIt(t *testing.T) { undefinedThing() }"
        $runs = @(Test-GoBinary -GoTest "$module/..." -ErrorAction SilentlyContinue)
        $without = $runs | Where-Object Package -EQ 'example.com/tested'
        $without.Success, $without.ExitCode | Should -Be @($true, $null)
        $without.Reason | Should -Match 'no tests'
        $broken = $runs | Where-Object Package -EQ 'example.com/tested/broken'
        $broken.ErrorId | Should -Be GoTestNotBuilt
        $broken.Diagnostics.Line, $broken.Diagnostics.Message | Should -Be 5, 'undefined: undefinedThing'
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

Describe 'Test-GoBinary with a server <Machine>' -Tag Slow -Skip:$cannotRun -ForEach @(
    @{ Machine = 'of this machine'; Architecture = $native; Runner = 'native' }
    if (-not $noQemu) { @{ Machine = 'under QEMU'; Architecture = 'riscv64'; Runner = 'qemu-riscv64*' } }
) {
    BeforeAll {
        $source = New-GoModule $TestDrive server @'
package main

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	fmt.Fprintln(os.Stderr, "server of the tests")
	switch os.Args[1] {
	case "dies":
		fmt.Fprintln(os.Stderr, "error: no configuration")
		os.Exit(3)
	case "never":
		time.Sleep(time.Hour)
	case "ignores":
		signal.Ignore(syscall.SIGTERM)
	}
	listener, err := net.Listen("tcp", os.Args[2])
	if err != nil {
		panic(err)
	}
	fmt.Println("listening")
	for {
		c, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		c.Read(make([]byte, 4096))
		fmt.Fprint(c, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\nanswer")
		c.Close()
	}
}
'@
        $server = (Invoke-GoCrossBuild $source -Target "linux/$Architecture" -OutputPath "$TestDrive/built/{name}" -ErrorAction Stop).Path
        $port = Find-Port
        $address = "127.0.0.1:$port"
    }

    AfterEach {
        Get-Process | Where-Object { "$($_.CommandLine)".Contains($server) } | Should -BeNullOrEmpty
    }

    It 'knows that it is ready by <By>' -ForEach @(
        @{ By = 'its port'; Ready = { @{ ReadyPort = $port } } }
        @{ By = 'its URL'; Ready = { @{ ReadyUrl = "http://$address/"; ExpectedOutput = '^answer$' } } }
        @{ By = 'what it writes'; Ready = { @{ ReadyPattern = '^listening' } } }
    ) {
        $ready = & $Ready
        $run = Test-GoBinary $server -ArgumentList serves, $address @ready
        $run.Success | Should -BeTrue -Because $run.Reason
        $run.Runner | Should -BeLike $Runner
        $run.ReadyTime, $run.StopTime | ForEach-Object { $_ | Should -BeGreaterThan ([timespan]::Zero) }
        $run.ReadyMemory | Should -BeGreaterThan 500KB
        $run.PeakMemory | Should -BeGreaterOrEqual $run.ReadyMemory
        $run.Signal, $run.ExitCode | Should -Be 'SIGTERM', $null
        if ($By -eq 'its URL') { $run.ResponseStatus, $run.Response | Should -Be 200, 'answer' }
    }

    It 'names one that <Does>' -ForEach @(
        @{ Does = 'never gets ready'; Mode = 'never'; ErrorId = 'RunNotReady'; Said = 'server of the tests'; With = @{ TimeLimit = 3 } }
        @{ Does = 'ignores its stop signal'; Mode = 'ignores'; ErrorId = 'RunStopIgnored'; Said = 'SIGTERM'; With = @{ StopTimeout = 1 } }
        @{ Does = 'dies at once'; Mode = 'dies'; ErrorId = 'RunServerEnded'; Said = 'no configuration'; With = @{} }
    ) {
        $run = Test-GoBinary $server -ArgumentList $Mode, $address -ReadyPort $port @With -ErrorAction SilentlyContinue -ErrorVariable failures
        $run.Success, $run.ErrorId | Should -Be @($false, $ErrorId)
        $run.Reason | Should -BeLike "*$Said*"
        $failures | Should -HaveCount 1
        $failures[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}
