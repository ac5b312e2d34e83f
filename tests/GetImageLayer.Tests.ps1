#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $noGo = -not (Find-Go)
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
    $command = 'GoCross.Cmdlets.Commands.GetImageLayerCommand'
}

Describe 'Get-ImageLayer (needs go)' -Skip:$noGo {
    BeforeAll {
        $hello = New-GoModule $TestDrive
        $image = Invoke-GoCrossBuild $hello -Target linux/amd64 -OutputPath "$TestDrive/bin/{name}" |
            New-ScratchImage -Tag 'hello:1' -OutputPath "$TestDrive/hello.tar"
    }

    It 'tells the layers of an image' {
        $layers = @($image | Get-ImageLayer)
        $layers.Count | Should -BeGreaterOrEqual 1
        $layers[-1].DiffId | Should -Match '^sha256:[0-9a-f]{64}$'
        ($layers | Measure-Object -Property Size -Sum).Sum | Should -BeGreaterThan 100000 -Because 'a Go program is in it'
        $layers.WastedBytes | ForEach-Object { $_ | Should -Be 0 }
    }

    It 'shows them in 80 columns' {
        $table = $image | Get-ImageLayer | Out-String -Width 80
        $table | Should -Match 'Wasted'
        $table -split '\r?\n' | ForEach-Object { $_.Length | Should -BeLessOrEqual 80 }
    }

    It 'reports on the whole image with -Summary' {
        $report = Get-ImageLayer $image.Path -Summary
        $report.Tags | Should -Contain 'hello:1'
        $report.Efficiency | Should -Be 1
        $report.DiveWastedBytes | Should -Be 0
        $report | Out-String -Width 80 | Should -Match 'Efficiency +100'
    }

    It 'lists the files with -File' {
        $files = @(Get-ImageLayer $image.Path -File)
        $program = $files | Where-Object Path -EQ '/hello'
        $program.Size | Should -Be (Get-Item "$TestDrive/bin/hello").Length
        $program.Change | Should -Be 'Added'
        $program.Owner | Should -Be '0:0'
        @(Get-ImageLayer $image.Path -File -Layer -1).Path | Should -Contain '/hello'
    }

    It 'draws a tree with -Tree' {
        Get-ImageLayer $image.Path -Tree | Out-String -Width 80 | Should -Match '── hello'
        @(Get-ImageLayer $image.Path -Tree -Depth 0).Depth | Measure-Object -Maximum | Select-Object -ExpandProperty Maximum | Should -Be 1
    }

    It 'stops when downstream has enough' {
        @($image, $image | Get-ImageLayer -File | Select-Object -First 1) | Should -HaveCount 1
    }

    It 'refuses <Case>' -ForEach @(
        @{ Case = 'a missing file'; Arguments = @{ Image = 'missing.tar' } }
        @{ Case = 'a layer that is not there'; Arguments = @{ Layer = 99 } }
        @{ Case = 'a platform that is none'; Arguments = @{ Platform = 'amd64' } }
    ) {
        $all = @{ Image = $image.Path; ErrorAction = 'Stop' }
        foreach ($name in $Arguments.Keys) { $all[$name] = $Arguments[$name] }
        $failure = { Get-ImageLayer @all } | Should -Throw -PassThru
        $failure.FullyQualifiedErrorId | Should -BeLike "*,$command"
        $failure.FullyQualifiedErrorId | Should -Not -BeLike 'UnexpectedFailure*'
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'goes to JSON and back' {
        Get-ImageLayer $image.Path -Summary | ConvertTo-Json -Depth 6 | ConvertFrom-Json | Should -Not -BeNullOrEmpty
        @(Get-ImageLayer $image.Path -File | ConvertTo-Json -AsArray | ConvertFrom-Json).Count | Should -BeGreaterThan 0
    }
}
