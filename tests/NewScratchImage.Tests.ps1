#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $noGo = -not (Find-Go)
    $noTar = -not (Find-Program tar)
    $noSkopeo = -not (Find-Program skopeo)
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
    $command = 'GoCross.Cmdlets.Commands.NewScratchImageCommand'
}

Describe 'New-ScratchImage (needs go)' -Skip:$noGo {
    BeforeAll {
        $hello = New-GoModule $TestDrive
        $build = Invoke-GoCrossBuild $hello -Target linux/amd64 -OutputPath "$TestDrive/bin/{name}"
        $image = $build | New-ScratchImage -Tag 'hello:1.0' -OutputPath "$TestDrive/hello.tar"
    }

    It 'writes an image that knows its name, platform and digests' {
        $image.Path | Should -Be (Join-Path $TestDrive hello.tar)
        $image.FullName | Should -Be $image.Path
        $image.Length | Should -Be (Get-Item $image.Path).Length
        $image.Reference | Should -Be 'hello:1.0'
        $image.Platform | Should -Be 'linux/amd64'
        $image.Digest | Should -Match '^sha256:[0-9a-f]{64}$'
    }

    It 'takes a build that is an argument for its program, as one that comes down the pipeline' {
        (New-ScratchImage $build -OutputPath "$TestDrive/argument.tar" -ErrorAction Stop).BinaryPaths | Should -Be $build.Path
        (New-ScratchDockerfile $build -OutputPath "$TestDrive/bin/Dockerfile" -ErrorAction Stop).BinaryPaths | Should -Be $build.Path
        (Get-ElfDependency $build, $build.Path -ErrorAction Stop).Path | Should -Be $build.Path, $build.Path
        (Test-GoBinary $build -ErrorAction Stop).Path | Should -Be $build.Path
        (Get-ImageLayer $image -ErrorAction Stop).Count | Should -Be $image.Layers.Count
        (Compare-ImageLayer $image $image -ErrorAction Stop).FilesChanged | Should -Be 0
        Compare-ElfDependency $build $build -ErrorAction Stop | Should -BeNullOrEmpty
        { New-ScratchImage ([pscustomobject]@{ Path = $null; Success = $false }) -ErrorAction Stop } | Should -Throw -ErrorId "NoPath,$command"
        # A file with wildcards in its name is bound by PowerShell as ever.
        Copy-Item -LiteralPath $build.Path "$TestDrive/a[1]"
        (Get-Item -LiteralPath "$TestDrive/a[1]" | Get-ElfDependency -ErrorAction Stop).Path | Should -Be "$TestDrive/a[1]"
    }

    It 'is an OCI layout and a docker archive (needs tar)' -Skip:$noTar {
        $entries = tar -tf $image.Path
        $LASTEXITCODE | Should -Be 0
        $entries | Should -Contain 'oci-layout'
        $entries | Should -Contain 'index.json'
        $entries | Should -Contain 'manifest.json'
        $entries | Should -Contain "blobs/sha256/$($image.ImageId -replace '^sha256:')"
    }

    It 'is read by skopeo, with the same digest (needs skopeo)' -Skip:$noSkopeo {
        $seen = skopeo inspect "oci-archive:$($image.Path)" | ConvertFrom-Json
        $LASTEXITCODE | Should -Be 0
        $seen.Digest | Should -Be $image.Digest
        $seen.Architecture | Should -Be 'amd64'
    }

    It 'has the same bytes each time' {
        $again = New-ScratchImage $build.Path -Tag 'hello:1.0' -OutputPath "$TestDrive/again.tar"
        (Get-FileHash $again.Path).Hash | Should -Be (Get-FileHash $image.Path).Hash
    }

    It 'replaces without -Force what it wrote itself, as long as nobody changed it, and writes nothing with -WhatIf' {
        $copy = "$TestDrive/replaced.tar"
        $null = New-ScratchImage $build.Path -OutputPath $copy
        $digest = (New-ScratchImage $build.Path -OutputPath $copy -Label @{ a = 1 } -ErrorAction Stop).Digest
        (New-ScratchImage $build.Path -OutputPath "$TestDrive/labelled.tar" -Label @{ a = 1 }).Digest | Should -Be $digest
        (Get-FileHash $copy).Hash | Should -Be (Get-FileHash "$TestDrive/labelled.tar").Hash
        Add-Content $copy 'mine'
        { New-ScratchImage $build.Path -OutputPath $copy -ErrorAction Stop } | Should -Throw -ErrorId "FileExists,$command"
        Get-Content $copy -Tail 1 | Should -Match 'mine$'
        (New-ScratchImage $build.Path -OutputPath $copy -Label @{ a = 1 } -Force -ErrorAction Stop).Digest | Should -Be $digest
        Set-Content $copy 'mine'
        { New-ScratchImage $build.Path -OutputPath $copy -ErrorAction Stop } | Should -Throw -ErrorId "FileExists,$command"
        Get-Content $copy | Should -BeExactly 'mine'
        New-ScratchImage $build.Path -OutputPath "$TestDrive/whatif.tar" -WhatIf | Should -BeNullOrEmpty
        "$TestDrive/whatif.tar" | Should -Not -Exist
        Get-Leftover $TestDrive | Should -BeNullOrEmpty
    }

    It 'refuses a tag that is none' {
        $failure = { New-ScratchImage $build.Path -Tag 'Not A Tag' -OutputPath "$TestDrive/x.tar" -ErrorAction Stop } |
            Should -Throw -PassThru
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        "$TestDrive/x.tar" | Should -Not -Exist
    }

    It 'pushes under a name with a registry or a user alone, and says where it would push to' {
        { New-ScratchImage $build.Path -Tag api:1 -Push -ErrorAction Stop } | Should -Throw -ErrorId "PushNeedsTag,$command"
        { New-ScratchImage $build.Path -DockerContext default } | Should -Throw -ErrorId "DockerContextWithoutLoad,$command"
        New-ScratchImage $build.Path -Tag localhost:9/team/api:1 -Push -WhatIf | Should -BeNullOrEmpty
        $null = New-ScratchImage $build.Path -Tag localhost:9/team/api:1 -Push -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed[0].FullyQualifiedErrorId | Should -Be "RegistryUnreachable,$command"
        $failed[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'stops when downstream has enough' {
        $other = Invoke-GoCrossBuild $hello -Target linux/arm64 -OutputPath "$TestDrive/bin/{arch}/{name}"
        $null = New-Item -ItemType Directory "$TestDrive/first"
        $first = @($build.Path, $other.Path | New-ScratchImage -OutputPath "$TestDrive/first" | Select-Object -First 1)
        $first.Count | Should -Be 1
        @(Get-ChildItem "$TestDrive/first" -Force).Count | Should -Be 1
    }

    It 'fits a table, and goes to JSON and back' {
        $image | Format-Table | Out-String -Width 80 | Should -Match 'hello:1.0'
        ($image | ConvertTo-Json -Depth 4 | ConvertFrom-Json).Digest | Should -Be $image.Digest
    }
}
