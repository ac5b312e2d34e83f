#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $noGo = -not (Find-Go)
    $noElf = -not $IsLinux
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
    $command = 'GoCross.Cmdlets.Commands.NewScratchDockerfileCommand'
}

Describe 'New-ScratchDockerfile (needs go)' -Skip:$noGo {
    BeforeAll {
        $hello = New-GoModule $TestDrive
        $build = Invoke-GoCrossBuild $hello -Target linux/amd64 -OutputPath "$TestDrive/context/{name}"
    }

    It 'writes a Dockerfile from scratch, with a reason for each instruction' {
        $dockerfile = $build | New-ScratchDockerfile -OutputPath "$TestDrive/context"
        $dockerfile.Path | Should -Be (Join-Path $TestDrive context Dockerfile)
        $dockerfile.FullName | Should -Be $dockerfile.Path
        $dockerfile.Path | Should -FileContentMatchExactly '^FROM scratch$'
        $dockerfile.Path | Should -FileContentMatchExactly '^USER 65532:65532$'
        $dockerfile.Path | Should -FileContentMatchExactly '^ENTRYPOINT \["/hello"\]$'
        $dockerfile.Instructions.Reason | Should -Not -Contain ''
        $dockerfile.Content | Should -BeExactly (Get-Content $dockerfile.Path -Raw)
        Join-Path $TestDrive context .dockerignore | Should -Exist
    }

    It 'gives the same bytes each time' {
        $first = (New-ScratchDockerfile $build.Path -OutputPath "$TestDrive/context" -Force).Content
        (New-ScratchDockerfile $build.Path -OutputPath "$TestDrive/context" -Force).Content | Should -BeExactly $first
    }

    It 'replaces without -Force what it wrote itself, as long as nobody changed it' {
        $with = @{ OutputPath = "$TestDrive/context/Rebuilt"; BakePath = "$TestDrive/context/bake.json" }
        $first = New-ScratchDockerfile $build.Path @with
        $first.Files | Should -HaveCount 3 -Because 'these are .dockerignore, the Dockerfile and the file for bake'
        (New-ScratchDockerfile $build.Path @with -Port 8080 -Reference hello:2 -ErrorAction Stop).Content | Should -Match '(?m)^EXPOSE 8080'
        Get-Content $first.BakePath -Raw | Should -Match 'hello:2'
        foreach ($file in $first.Files -notlike '*.dockerignore') {
            $before = Get-Content $file -Raw
            Set-Content $file "# mine`n$before"
            { New-ScratchDockerfile $build.Path @with -Label @{ a = 1 } -ErrorAction Stop } | Should -Throw -ErrorId "FileDiffers,$command"
            Get-Content $file -TotalCount 1 | Should -BeExactly '# mine'
            Set-Content $file $before -NoNewline
        }
        (New-ScratchDockerfile $build.Path @with -Label @{ a = 1 } -ErrorAction Stop).Content | Should -Match '(?m)^ +a=1 '
    }

    It 'leaves a .dockerignore that somebody else wrote, and writes one of the Dockerfile alone' {
        $context = New-Item -ItemType Directory "$TestDrive/ignored"
        Copy-Item $build.Path $context
        Set-Content "$context/.dockerignore" '*.log'
        $dockerfile = New-ScratchDockerfile "$context/hello" -OutputPath "$context/Dockerfile" -ErrorAction Stop
        Get-Content "$context/.dockerignore" | Should -BeExactly '*.log'
        $dockerfile.Files | Should -Contain "$context/Dockerfile.dockerignore"
    }

    It 'replaces nothing else without -Force, and writes nothing with -WhatIf' {
        $file = (New-ScratchDockerfile $build.Path -OutputPath "$TestDrive/context" -Force).Path
        New-ScratchDockerfile $build.Path -OutputPath "$TestDrive/context" | Should -HaveCount 1 -Because 'the same bytes are not a conflict'
        Set-Content $file 'mine'
        $failure = { New-ScratchDockerfile $build.Path -OutputPath "$TestDrive/context" -ErrorAction Stop } |
            Should -Throw -ErrorId "FileDiffers,$command" -PassThru
        $failure.Exception.Message | Should -Match '(?m)^-mine$'
        $failure.Exception.Message | Should -Match '(?m)^\+FROM scratch$'
        Get-Content $file | Should -BeExactly 'mine'
        New-ScratchDockerfile $build.Path -OutputPath "$TestDrive/context/Other" -WhatIf | Should -BeNullOrEmpty
        "$TestDrive/context/Other" | Should -Not -Exist
        Get-Leftover "$TestDrive/context" | Should -BeNullOrEmpty
    }

    It 'writes one that builds from source, with a bake file' {
        $dockerfile = New-ScratchDockerfile -SourcePath $hello -BakePath $hello -Force
        $dockerfile.Path | Should -Be (Join-Path $hello Dockerfile)
        $dockerfile.Path | Should -FileContentMatchExactly '^FROM --platform=\$BUILDPLATFORM golang:'
        $dockerfile.Stages[-1].Base | Should -Be 'scratch'
        $bake = Get-Content $dockerfile.BakePath -Raw | ConvertFrom-Json
        $bake.target.hello.platforms | Should -Be 'linux/amd64', 'linux/arm64'
        New-ScratchDockerfile -SourcePath $hello -BakePath $hello | Should -HaveCount 1 -Because 'the same bytes are not a conflict'
        Get-Leftover $hello | Should -BeNullOrEmpty
    }

    It 'tells the command for all platforms and the folder that it wrote into' {
        $builds = Invoke-GoCrossBuild $hello -Target linux/amd64, linux/arm64 -OutputPath "$TestDrive/both/{arch}/{name}"
        ($builds | New-ScratchDockerfile -OutputPath "$TestDrive/both").BuildCommand |
            Should -Be "docker buildx build --platform linux/amd64,linux/arm64 --tag hello:latest $TestDrive/both"
        $one = $build | New-ScratchDockerfile -OutputPath "$TestDrive/context/Other"
        $one.BuildCommand | Should -Be "docker build --platform linux/amd64 --tag hello:latest --file $TestDrive/context/Other $TestDrive/context"
    }

    It 'ends well when downstream has enough' {
        @($build | New-ScratchDockerfile -OutputPath "$TestDrive/context" -Force | Select-Object -First 1) | Should -HaveCount 1
        Get-Leftover "$TestDrive/context" | Should -BeNullOrEmpty
    }

    It 'fits a view, and goes to JSON and back' {
        $dockerfile = New-ScratchDockerfile $build.Path -OutputPath "$TestDrive/context" -Force
        $dockerfile | Out-String -Width 80 | Should -Match 'FROM scratch'
        $dockerfile | Format-Table | Out-String -Width 80 | Should -Match 'linux/amd64'
        ($dockerfile | ConvertTo-Json -Depth 4 | ConvertFrom-Json).Content | Should -BeExactly $dockerfile.Content
    }
}

Describe 'New-ScratchDockerfile' -Skip:$noElf {
    It 'refuses a file that is not a program' {
        Set-Content "$TestDrive/notes.txt" 'no program'
        { New-ScratchDockerfile "$TestDrive/notes.txt" -OutputPath $TestDrive -ErrorAction Stop } |
            Should -Throw -ErrorId "NotElf*,$command"
        "$TestDrive/Dockerfile" | Should -Not -Exist
    }

    It 'refuses a program whose loader is nowhere, and names what is missing' {
        $dynamic = Get-ElfDependency /bin/sh, /usr/bin/env, ([Environment]::ProcessPath) -ErrorAction SilentlyContinue |
            Where-Object MissingFile | Select-Object -First 1
        if (-not $dynamic) { Set-ItResult -Skipped -Because 'this machine has no dynamic program'; return }
        Copy-Item $dynamic.Path "$TestDrive/dynamic"
        $null = New-Item -ItemType Directory "$TestDrive/empty"
        $failure = { New-ScratchDockerfile "$TestDrive/dynamic" -LibraryRoot "$TestDrive/empty" -OutputPath $TestDrive -ErrorAction Stop } |
            Should -Throw -ErrorId "ProgramCannotStart*,$command" -PassThru
        $failure.Exception.Message | Should -Match ([regex]::Escape($dynamic.MissingFile))
        "$TestDrive/Dockerfile" | Should -Not -Exist
    }

    It 'says what a failed build in the pipeline means' {
        { [pscustomobject]@{ Path = $null; Success = $false } | New-ScratchDockerfile -OutputPath $TestDrive -ErrorAction Stop } |
            Should -Throw -ErrorId "NoPath,$command"
    }
}
