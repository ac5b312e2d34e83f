#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $noGo = -not (Find-Go)
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
}

Describe 'Get-GoCrossToolchain' {
    It 'tells of each tool whether it is there, or how it comes there' {
        $tools = @(Get-GoCrossToolchain)
        $tools.Count | Should -BeGreaterThan 30
        foreach ($tool in $tools) {
            $tool.Found | Should -Be ([bool] $tool.Path) -Because $tool.Name
            $tool.NeededFor | Should -Not -BeNullOrEmpty
            [bool] $tool.InstallCommand -xor [bool] $tool.InstallNote | Should -BeTrue -Because $tool.Name
        }
    }

    It 'finds Go where it is (needs go)' -Skip:$noGo {
        $go = Get-GoCrossToolchain go -GoPath (Find-Go)
        $go.Version | Should -Be ((& (Find-Go) version) -replace '^go version go(\S+).*', '$1')
    }

    It 'agrees with PATH' {
        foreach ($tool in Get-GoCrossToolchain git, upx, docker, *-musl-gcc) {
            $tool.Found | Should -Be ([bool] (Find-Program $tool.Name)) -Because $tool.Name
        }
    }

    It 'fits a table, and completes names' {
        Get-GoCrossToolchain aarch64* | Format-Table | Out-String -Width 80 | Should -Match 'aarch64-linux-musl-gcc'
        $line = 'Get-GoCrossToolchain mus'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Contain 'musl-gcc'
    }
}

Describe 'Get-GoTarget (needs go)' -Skip:$noGo {
    It 'lists the targets of the toolchain' {
        (Get-GoTarget).Target | Should -Be (& (Find-Go) tool dist list)
    }

    It 'says what runs here, what links, and which variants there are' {
        $target = Get-GoTarget linux/arm
        $target.VariantVariable | Should -Be 'GOARM'
        $target.Variants | Should -Contain 'v7'
        $target.Strategies | Should -Contain 'Static'
        $target.RunsReason | Should -Not -BeNullOrEmpty
    }

    It 'feeds Invoke-GoCrossBuild' {
        $hello = New-GoModule $TestDrive
        $builds = @(Invoke-GoCrossBuild $hello -Target (Get-GoTarget linux/arm*).Target -OutputPath "$TestDrive/{arch}/{name}")
        $builds.Success | Should -Not -Contain $false
        $builds.Count | Should -Be 2
    }
}
