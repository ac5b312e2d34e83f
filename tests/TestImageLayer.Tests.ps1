#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $noGo = -not (Find-Go)
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
    $command = 'GoCross.Cmdlets.Commands.TestImageLayerCommand'
}

Describe 'Test-ImageLayer (needs go)' -Skip:$noGo {
    BeforeAll {
        $image = Invoke-GoCrossBuild (New-GoModule $TestDrive) -Target linux/amd64 -OutputPath "$TestDrive/bin/{name}" |
            New-ScratchImage -Tag hello:1 -OutputPath "$TestDrive/hello.tar" -WarningAction Ignore
    }

    It 'emits a gate for each limit' {
        $gates = @($image | Test-ImageLayer -MaximumSize 50MB -MaximumReclaimableBytes 0 -NonRoot -NoSetuid -CanStart)
        $gates.Rule | Should -Be 'MaximumReclaimableBytes', 'MaximumSize', 'NoSetuid', 'NonRoot', 'CanStart'
        $gates.Passed | Should -Not -Contain $false
        $gates[1].Limit | Should -Be 50MB
        $gates[1].Actual | Should -BeGreaterThan 500KB
    }

    It 'fails what is beyond its limit, and says why' {
        $gate = Test-ImageLayer $image.Path -MaximumSize 1KB
        $gate.Passed | Should -BeFalse
        $gate.Reason | Should -Not -BeNullOrEmpty
        $gate | Format-Table | Out-String -Width 80 | Should -Match 'FAIL\s+MaximumSize'
        $gate | Format-List | Out-String -Width 80 | Should -Match 'Reason'
    }

    It 'is one value with -Quiet' {
        Test-ImageLayer $image.Path -MaximumSize 50MB -Quiet | Should -BeTrue
        Test-ImageLayer $image.Path -MaximumSize 1KB -Quiet | Should -BeFalse
    }

    It 'gives a script its exit code in the line that the help has' -ForEach @(
        @{ Size = '50MB'; Code = 0 }
        @{ Size = '1KB'; Code = 1 }
    ) {
        $script = Join-Path $TestDrive 'gate.ps1'
        Set-Content $script @"
Import-Module '$PSScriptRoot/../GoCross.psd1'
`$ErrorActionPreference = 'Stop'; exit [int](-not (Test-ImageLayer '$($image.Path)' -MaximumSize $Size -Quiet))
"@
        Invoke-PowerShell -File $script
        $LASTEXITCODE | Should -Be $Code
    }

    It 'reads the rules of dive' {
        $config = Join-Path $TestDrive '.dive-ci'
        Set-Content $config "rules:`n  lowestEfficiency: 0.95`n  highestWastedBytes: 20MB`n  highestUserWastedPercent: off"
        $gates = @(Test-ImageLayer $image.Path -ConfigPath $config)
        $gates.Rule | Should -Be 'LowestEfficiency', 'HighestWastedBytes'
        $gates[1].Limit | Should -Be 20000000
        $gates.Passed | Should -Not -Contain $false
    }

    It 'writes a report as <Name>' -ForEach @(
        @{ Name = 'gates.xml'; Read = { param($Path) ([xml] (Get-Content -Raw $Path)).testsuites.testsuite.testcase.name } }
        @{ Name = 'gates.sarif'; Read = { param($Path) (Get-Content -Raw $Path | ConvertFrom-Json).runs[0].results.ruleId } }
        @{ Name = 'gates.md'; Read = { param($Path) (Select-String MaximumSize $Path).Matches.Value } }
    ) {
        $path = Join-Path $TestDrive $Name
        $null = Test-ImageLayer $image.Path -MaximumSize 1KB -ReportPath $path
        & $Read $path | Should -Be 'MaximumSize'
        { Test-ImageLayer $image.Path -MaximumSize 1KB -ReportPath $path } | Should -Throw -ErrorId "FileExists,$command"
        Get-Leftover $TestDrive | Should -BeNullOrEmpty
    }

    It 'refuses to test nothing' {
        $failure = { Test-ImageLayer $image.Path } | Should -Throw -ErrorId "NoGate,$command" -PassThru
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'stops when downstream has enough' {
        @($image, $image | Test-ImageLayer -NonRoot -MaximumSize 1KB | Select-Object -First 1) | Should -HaveCount 1
    }
}
