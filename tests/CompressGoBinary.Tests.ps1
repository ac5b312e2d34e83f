#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $noUpx = -not ($IsLinux -and (Find-Go) -and (Find-Program upx, upx-ucl))
    $noQemu = $noUpx -or -not (Find-Program qemu-aarch64-static, qemu-aarch64)
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
}

Describe 'Compress-GoBinary (needs go and upx)' -Skip:$noUpx -Tag Slow {
    BeforeAll {
        $hello = New-GoModule $TestDrive
        $program = (Invoke-GoCrossBuild $hello -Target linux/amd64 -OutputPath "$TestDrive/out/hello").Path
    }

    It 'packs, runs and measures, and leaves the original as it was' {
        $before = (Get-FileHash $program).Hash
        $packed = Compress-GoBinary $program -Repeat 3
        $packed.Path | Should -Be "$program.upx"
        (Get-FileHash $program).Hash | Should -Be $before
        $packed.OriginalLength | Should -Be (Get-Item $program).Length
        $packed.Length | Should -Be (Get-Item $packed.Path).Length
        $packed.Length | Should -BeLessThan $packed.OriginalLength
        & $packed.Path word | Should -Be 'word'
        $packed.Environments.Variables | Should -Be 0, 100, 600, 2000
        $packed.Success | Should -BeTrue
        $packed.Verdict | Should -Match 'registry'
        if ($packed.Runner -eq 'native') { $packed.Start.Runs, $packed.OriginalStart.Runs | Should -Be 3, 3 }
    }

    It 'replaces no file without -Force' {
        Set-Content "$TestDrive/taken" mine
        { Compress-GoBinary $program "$TestDrive/taken" -ErrorAction Stop } | Should -Throw -ErrorId 'FileExists*'
        Get-Content "$TestDrive/taken" | Should -Be mine
        (Compress-GoBinary $program "$TestDrive/taken" -Force -Repeat 0).Path | Should -Be "$TestDrive/taken"
    }

    It 'keeps nothing of a program that fails before it is packed' {
        { Compress-GoBinary $program "$TestDrive/fails/it" -ExpectedExitCode 7 -Repeat 0 -ErrorAction Stop } |
            Should -Throw -ErrorId 'CompressOriginalFails*'
        Test-Path "$TestDrive/fails" | Should -BeFalse
    }

    It 'refuses what is packed already, and what is not for this machine' {
        $packed = (Compress-GoBinary $program "$TestDrive/again" -Repeat 0).Path
        { Compress-GoBinary $packed -ErrorAction Stop } | Should -Throw -ErrorId 'CompressPacked*'
        $windows = (Invoke-GoCrossBuild $hello -Target windows/amd64 -OutputPath "$TestDrive/out/hello.exe").Path
        { Compress-GoBinary $windows -ErrorAction Stop } | Should -Throw -ErrorId 'CompressCannotRun*'
        { Compress-GoBinary "$TestDrive/missing" -ErrorAction Stop } | Should -Throw -ErrorId 'PathNotFound*'
        Get-ChildItem "$TestDrive/out" -Filter *.upx | Where-Object Name -ne 'hello.upx' | Should -BeNullOrEmpty
        Get-Leftover $TestDrive | Should -BeNullOrEmpty
    }

    It 'does not keep an arm64 program that dies where there are many variables (needs qemu)' -Skip:$noQemu {
        $arm = (Invoke-GoCrossBuild $hello -Target linux/arm64 -OutputPath "$TestDrive/arm/hello").Path
        $upx, $qemu = (Find-Program upx, upx-ucl), (Find-Program qemu-aarch64-static, qemu-aarch64)
        & $upx -qq -o "$TestDrive/arm/by-hand" $arm
        env -i $(foreach ($i in 1..600) { "VARIABLE_$i=value" }) $qemu "$TestDrive/arm/by-hand" *> $null
        $dies = $LASTEXITCODE -ne 0
        $result = Compress-GoBinary $arm -Repeat 0 -ErrorAction SilentlyContinue -ErrorVariable failure
        ($result.Environments | Where-Object Variables -eq 600).Original | Should -BeTrue
        if ($dies) {
            $failure.FullyQualifiedErrorId | Should -BeLike 'CompressBreaks*'
            $result.Path | Should -BeNullOrEmpty
            Test-Path "$arm.upx" | Should -BeFalse
        }
        else { $result.Path | Should -Be "$arm.upx" }
        $result.NotStartedReason | Should -BeNullOrEmpty
    }

    It 'tells what upx refuses, with what it says, and leaves nothing' {
        # A position-independent program without symbols: upx finds no hash table in it that it knows (upx #825).
        $pie = (Invoke-GoCrossBuild $hello -Target linux/amd64 -Strategy Glibc -BuildMode pie -OutputPath "$TestDrive/pie/hello").Path
        $said = & (Find-Program upx, upx-ucl) -q -o "$TestDrive/pie/by-hand" $pie 2>&1 | Out-String
        $LASTEXITCODE | Should -Not -Be 0
        $failure = { Compress-GoBinary $pie "$TestDrive/pie/packed" -Repeat 0 -ErrorAction Stop } | Should -Throw -ErrorId 'UpxRefused*' -PassThru
        $reason = [regex]::Match($said, '\w+Exception: .+').Value.Trim()
        $reason | Should -Not -BeNullOrEmpty
        $failure.Exception.Message | Should -BeLike "*$([WildcardPattern]::Escape($reason))*"
        (Get-ChildItem "$TestDrive/pie" -Force).Name | Should -Be 'hello'
    }

    It 'calls it neither worth it nor not where starts were not measured' {
        # LZMA saves more than a tenth of what a registry sends, so that the start decides.
        $packed = Compress-GoBinary $program "$TestDrive/lzma" -Method Lzma -Repeat 0
        $packed.GzipLength | Should -BeLessThan (0.9 * $packed.OriginalGzipLength)
        $packed.Verdict | Should -Match 'depends on its start'
        $packed.Verdict | Should -Not -Match '^(Not )?worth it'
    }

    It 'says of a folder that cannot be made that it is that' {
        Set-Content "$TestDrive/file" mine
        { Compress-GoBinary $program "$TestDrive/file/sub/it" -ErrorAction Stop } | Should -Throw -ErrorId 'OutputNotWritable*'
    }

    It 'packs nothing with -WhatIf' {
        Compress-GoBinary $program "$TestDrive/whatif" -WhatIf | Should -BeNullOrEmpty
        Test-Path "$TestDrive/whatif" | Should -BeFalse
    }
}
