#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

# The main job, as a user does it: source in; binaries, their facts, a Dockerfile, images and their comparison out.

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $noGo = -not (Find-Go)
    $noCompilers = $noGo -or @(
        'musl-gcc', 'aarch64-linux-musl-gcc', 'gcc', 'aarch64-linux-gnu-gcc' | Where-Object { -not (Find-Program $_) })
    $native = @{ X64 = 'amd64'; Arm64 = 'arm64' }[[string] [Runtime.InteropServices.RuntimeInformation]::OSArchitecture]
    $cannotRun = $noGo -or -not $IsLinux -or -not $native
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
    $examples = Join-Path $PSScriptRoot .. examples
    $native = @{ X64 = 'amd64'; Arm64 = 'arm64' }[[string] [Runtime.InteropServices.RuntimeInformation]::OSArchitecture]
}

Describe 'From source to images (needs go)' -Tag Slow -Skip:$noGo {
    It 'builds for what this machine can run' {
        $targets = Get-GoTarget linux/amd64, linux/arm64 | Where-Object Runs -NE No
        $builds = @(Invoke-GoCrossBuild "$examples/hello-http" -Target $targets.Target -OutputPath "$TestDrive/runs/{arch}/{name}")
        $builds.Target | Sort-Object | Should -Be ($targets.Target | Sort-Object)
        (Get-GoCrossToolchain go).Found | Should -BeTrue
        $runs = @($builds | Test-GoBinary -ArgumentList '-once')
        $runs.Success | Should -Not -Contain $false
        $runs.Count | Should -Be $builds.Count
    }

    It 'goes in one pipeline from source to facts' {
        $reports = @(Invoke-GoCrossBuild "$examples/hello-http" -Target linux/amd64, linux/arm64 `
                -OutputPath "$TestDrive/facts/{arch}/{name}" | Get-ElfDependency)
        ($reports.Architecture | Sort-Object) | Should -Be 'amd64', 'arm64'
        $reports.RunsInScratch | Should -Be @('Yes', 'Yes')
        $reports[0].Module | Should -Match 'hello-http'
    }

    It 'goes in one pipeline from source to a Dockerfile with certificates' {
        $dockerfile = Invoke-GoCrossBuild "$examples/hello-http" -Target linux/amd64 -OutputPath "$TestDrive/docker/{name}" |
            New-ScratchDockerfile -OutputPath "$TestDrive/docker" -WarningAction SilentlyContinue
        $dockerfile.Content | Should -Match 'FROM scratch'
        $dockerfile.Needs.Kind | Should -Contain 'CaCertificates'
        foreach ($file in $dockerfile.Files) { $file | Should -Exist }
    }

    It 'runs what it built, when it was built for this machine' -Skip:$cannotRun {
        $build = Invoke-GoCrossBuild "$examples/hello-cgo" -Target "linux/$native" -OutputPath "$TestDrive/run/{name}"
        $output = & $build.Path
        $LASTEXITCODE | Should -Be 0
        $output | Should -Not -BeNullOrEmpty
    }

    It 'tells three strategies apart, and their images (needs C compilers)' -Skip:$noCompilers {
        $builds = @(Invoke-GoCrossBuild "$examples/hello-cgo" -Target linux/amd64, linux/arm64 `
                -Strategy Static, Musl, Glibc -OutputPath "$TestDrive/matrix/{strategy}/{arch}/{name}")
        $builds.Count | Should -Be 6
        $builds.Success | Should -Not -Contain $false
        foreach ($build in $builds) {
            $expected = $build.Strategy -eq 'Glibc' ? 'No' : 'Yes'
            $build.RunsInScratch | Should -Be $expected -Because "$($build.Target) $($build.Strategy)"
        }
        $images = foreach ($build in $builds | Where-Object { $_.RunsInScratch -eq 'Yes' -and $_.Architecture -eq 'amd64' }) {
            $build | New-ScratchImage -OutputPath "$TestDrive/$($build.Strategy).tar"
        }
        $images | Should -HaveCount 2
        Compare-ImageLayer $images[0].Path $images[1].Path | Should -HaveCount 1
    }
}
