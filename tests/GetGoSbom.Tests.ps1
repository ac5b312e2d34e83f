#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $noGo = -not (Find-Go)
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
    $command = 'GoCross.Cmdlets.Commands.GetGoSbomCommand'
}

Describe 'Get-GoSbom (needs go)' -Skip:$noGo {
    BeforeAll {
        $build = Invoke-GoCrossBuild (New-GoModule $TestDrive) -Target linux/amd64 -OutputPath "$TestDrive/bin/{name}"
    }

    It 'takes what Invoke-GoCrossBuild emits' {
        $sbom = $build | Get-GoSbom
        $sbom.Subject | Should -Be Program
        $sbom.Components.Name | Should -Contain 'stdlib'
        $sbom | Format-Table | Out-String -Width 80 | Should -Match 'Program'
        $sbom.Components | Format-Table | Out-String -Width 80 | Should -Match 'GoStandardLibrary'
    }

    It 'has the version that a build set with -X, though -trimpath keeps Go from recording it' {
        $source = New-GoModule $TestDrive told -Source "package main`n`nvar version = `"dev`"`n`nfunc main() { println(version) }"
        $told = Invoke-GoCrossBuild $source -Target linux/amd64 -OutputPath "$TestDrive/told/{name}" -Define @{ 'main.version' = 'v7.8.9' }
        ($told | Get-GoSbom).Programs.MainVersion | Should -Be 'v7.8.9'
        (Get-GoSbom $told.Path).Programs.MainVersion | Should -BeNullOrEmpty
    }

    It 'writes the same document each time, and replaces none without -Force' {
        $first = (Get-GoSbom $build.Path -OutputPath "$TestDrive/one.cdx.json").SbomPath
        $second = (Get-GoSbom $build.Path -OutputPath "$TestDrive/two.cdx.json").SbomPath
        (Get-FileHash $first).Hash | Should -Be (Get-FileHash $second).Hash
        (Get-Content $first -Raw | ConvertFrom-Json).specVersion | Should -Be '1.6'
        { Get-GoSbom $build.Path -OutputPath $first -ErrorAction Stop } | Should -Throw -ErrorId "FileExists,$command"
        Get-GoSbom $build.Path -OutputPath $first -Force | Should -Not -BeNullOrEmpty
    }

    It 'writes SPDX where the name says so, and nothing with -WhatIf' {
        $path = (Get-GoSbom $build.Path -OutputPath "$TestDrive/one.spdx.json").SbomPath
        (Get-Content $path -Raw | ConvertFrom-Json).spdxVersion | Should -Be 'SPDX-2.3'
        $sbom = Get-GoSbom $build.Path -OutputPath "$TestDrive/none.cdx.json" -WhatIf
        $sbom.SbomPath | Should -BeNullOrEmpty
        "$TestDrive/none.cdx.json" | Should -Not -Exist
    }

    It 'goes into the image that New-ScratchImage makes, and comes out of it' {
        $document = $build | Get-GoSbom -OutputPath "$TestDrive/attached.cdx.json"
        $image = $build | New-ScratchImage -Tag sbom:1 -OutputPath "$TestDrive/sbom.tar" -SbomPath $document.SbomPath -WarningAction Ignore
        $image.Attachments.ArtifactType | Should -Contain 'application/vnd.cyclonedx+json'
        $inside = $image | Get-GoSbom
        $inside.Subject | Should -Be Image
        $inside.Programs | Should -HaveCount 1
        $inside.Components.Where({ $_.Name -eq 'stdlib' }).Layers | Should -Not -BeNullOrEmpty
    }

    It 'keeps what it read of an image for the session, and nothing of it when the module is removed' -Skip:(-not $IsLinux) {
        $null = $build | New-ScratchImage -Tag kept:1 -OutputPath "$TestDrive/kept.tar" -Compression Gzip -WarningAction Ignore
        $script = @"
            Import-Module '$PSScriptRoot/../GoCross.psd1'
            function Kept { @(Get-ChildItem /proc/self/fd | Where-Object { `$_.Target -match '/gocross-.* \(deleted\)' }).Count }
            `$first = (Get-GoSbom '$TestDrive/kept.tar').Components.Count
            `$null = Get-ImageLayer '$TestDrive/kept.tar'
            Kept
            (Get-GoSbom '$TestDrive/kept.tar').Components.Count -eq `$first
            Remove-Module GoCross
            Kept
"@
        Invoke-PowerShell -Command $script | Should -Be '1', 'True', '0'
    }

    It 'names what is not a Go program, and goes on' {
        Set-Content "$TestDrive/notes.txt" 'no program'
        $found = @(Get-GoSbom "$TestDrive/notes.txt", $build.Path -ErrorVariable failure -ErrorAction SilentlyContinue)
        $found | Should -HaveCount 1
        $failure[0].FullyQualifiedErrorId | Should -Be "NotGoProgram,$command"
    }

    It 'stops with Select-Object -First' {
        @($build, $build | Get-GoSbom | Select-Object -First 1) | Should -HaveCount 1
    }
}
