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

    It 'fits a table' {
        Test-GoBinary $program -ArgumentList x | Format-Table | Out-String -Width 80 | Should -Match 'passed'
    }
}
