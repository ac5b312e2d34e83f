#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $noGo = -not ($IsLinux -and (Find-Go))
    $noC = $noGo -or -not ((Find-Program gcc) -and (Find-Program tar) -and (Find-Program gzip))
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
}

Describe 'Measure-GoBuildStrategy (needs go)' -Skip:$noGo -Tag Slow {
    BeforeAll {
        $hello = New-GoModule $TestDrive
    }

    It 'tells the sizes that the image really has (needs gcc)' -Skip:$noC {
        $rows = @(Measure-GoBuildStrategy $hello -Strategy Static, Glibc)
        $rows.Strategy | Should -Be Static, Glibc
        foreach ($row in $rows) {
            $build = Invoke-GoCrossBuild $hello -Strategy $row.Strategy -OutputPath "$TestDrive/$($row.Strategy)/hello"
            $row.BinaryLength | Should -Be (Get-Item $build.Path).Length
            $image = New-ScratchImage $build.Path -Format OciDirectory -Compression Gzip -OutputPath "$TestDrive/$($row.Strategy).oci" -Force
            $blobs = "$TestDrive/$($row.Strategy).oci/blobs/sha256"
            $layers = @($image.Layers | ForEach-Object { Join-Path $blobs $_.Digest.Substring(7) })
            $row.GzipLength | Should -Be ($layers | Get-Item | Measure-Object Length -Sum).Sum
            $files = $layers | ForEach-Object { gzip -dc $_ | tar -tvf - } | ForEach-Object { [long](-split $_)[2] }
            $row.ImageLength | Should -Be ($files | Measure-Object -Sum).Sum
        }
    }

    It 'starts programs that end, and says how long that took' {
        $row = Measure-GoBuildStrategy $hello -Strategy Static -Repeat 3
        $row.Start.Runs | Should -Be 3
        $row.StartNotion | Should -Be 'exit'
        $row.Start.Median | Should -BeGreaterThan ([TimeSpan]::Zero)
        $row.IsRecommended | Should -BeTrue
    }

    It 'does not time what runs under emulation' {
        $foreign = (Get-GoTarget -ErrorAction Ignore | Where-Object { $_.Target -eq 'linux/arm64' -and $_.Runs -ne 'Native' }) ? 'linux/arm64' : 'linux/amd64'
        $row = Measure-GoBuildStrategy $hello -Strategy Static -Target $foreign -Repeat 1
        $row.Start | Should -BeNullOrEmpty
        $row.NotStartedReason | Should -Match 'emulation'
        $row.ImageLength | Should -BeGreaterOrEqual $row.BinaryLength
    }

    It 'makes a row of what cannot be built, and the others go on' {
        $rows = @(Measure-GoBuildStrategy $hello -Strategy Static, Musl -Compiler no-such-compiler -ErrorAction Stop)
        $rows.IsAvailable | Should -Be $true, $false
        $rows[1].UnavailableReason | Should -Match 'no-such-compiler'
    }

    It 'builds nothing with -WhatIf' {
        Measure-GoBuildStrategy $hello -WhatIf | Should -BeNullOrEmpty
    }
}
