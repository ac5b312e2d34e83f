#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $noGo = -not (Find-Go)
    $noC = -not ($IsLinux -and (Find-Program gcc))
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
    $command = 'GoCross.Cmdlets.Commands.InvokeGoCrossBuildCommand'
}

Describe 'Invoke-GoCrossBuild (needs go)' -Skip:$noGo {
    BeforeAll {
        $hello = New-GoModule $TestDrive
        $broken = New-GoModule $TestDrive broken "package main`n`nfunc main() {`n`tundefined()`n}"
    }

    It 'builds static programs for several targets' {
        $builds = @(Invoke-GoCrossBuild $hello -Target linux/amd64, linux/arm64 -OutputPath "$TestDrive/several/{os}-{arch}/{name}")
        $builds.Count | Should -Be 2
        $builds.Success | Should -Be @($true, $true)
        ($builds.Target | Sort-Object) | Should -Be 'linux/amd64', 'linux/arm64'
        foreach ($build in $builds) {
            $build.Path | Should -Exist
            $build.FullName | Should -Be $build.Path
            $build.Length | Should -Be (Get-Item $build.Path).Length
            $build.Sha256 | Should -Be (Get-FileHash $build.Path).Hash.ToLowerInvariant()
            $build.RunsInScratch | Should -Be 'Yes'
        }
    }

    It 'sets CGO_ENABLED, GOOS and GOARCH itself, whatever the session has' {
        $env:CGO_ENABLED, $env:GOOS, $env:GOARCH = '1', 'plan9', '386'
        try { $build = Invoke-GoCrossBuild $hello -Target linux/amd64 -OutputPath "$TestDrive/own/{name}" }
        finally { Remove-Item Env:CGO_ENABLED, Env:GOOS, Env:GOARCH }
        (Get-ElfDependency $build.Path).Architecture | Should -Be 'amd64'
        $build.Environment.CGO_ENABLED | Should -Be '0'
    }

    It 'annotates errors for <Service>, by the information stream alone' -ForEach @(
        @{ Service = 'GitHub'; Variable = 'GITHUB_ACTIONS'; Expected = '::error file={0},line=4,col=2,title=broken linux/amd64 Static::undefined: undefined' }
        @{ Service = 'Azure'; Variable = 'TF_BUILD'; Expected = '##vso[task.logissue type=error;sourcepath={0};linenumber=4;columnnumber=2;code=broken linux/amd64 Static;]undefined: undefined' }
        @{ Service = 'problem matchers'; Variable = 'GITLAB_CI'; Expected = '{0}:4:2: error: undefined: undefined' }
    ) {
        $before = $env:GITHUB_ACTIONS, $env:TF_BUILD, $env:GITLAB_CI
        $env:GITHUB_ACTIONS = $env:TF_BUILD = $env:GITLAB_CI = $null
        Set-Item "Env:$Variable" true
        try {
            $build = Invoke-GoCrossBuild $broken -Target linux/amd64 -OutputPath "$TestDrive/annotated/{name}" -Annotate `
                -ErrorAction SilentlyContinue -InformationVariable said 6>$null
            $null = Invoke-GoCrossBuild $broken -Target linux/amd64 -OutputPath "$TestDrive/annotated/{name}" `
                -ErrorAction SilentlyContinue -InformationVariable silent 6>$null
        }
        finally { $env:GITHUB_ACTIONS, $env:TF_BUILD, $env:GITLAB_CI = $before }
        $build.Success | Should -BeFalse
        [string] $said | Should -Be ($Expected -f "$broken/main.go")
        $silent | Should -BeNullOrEmpty
    }

    It 'writes JUnit, SARIF and a summary of the same builds' {
        $reports = 'xml', 'sarif', 'md' | ForEach-Object { "$TestDrive/reports/builds.$_" }
        $null = New-Item -ItemType Directory "$TestDrive/reports"
        Push-Location $TestDrive
        try {
            $null = Invoke-GoCrossBuild $hello, $broken -Target linux/amd64 -OutputPath "$TestDrive/reported/{name}" -ReportPath $reports `
                -ErrorAction SilentlyContinue
        }
        finally { Pop-Location }
        $suites = ([xml] (Get-Content -Raw $reports[0])).testsuites
        $suites.tests, $suites.failures, $suites.errors | Should -Be 2, 1, 0
        ($suites.testsuite | Where-Object failures -EQ 1).testcase.failure.InnerText | Should -Be "$broken/main.go:4:2: error: undefined: undefined"
        $result = (Get-Content -Raw $reports[1] | ConvertFrom-Json).runs[0].results
        $result.locations[0].physicalLocation.artifactLocation.uri | Should -Be 'broken/main.go'
        $result.locations[0].physicalLocation.region.startLine | Should -Be 4
        @(Get-Content $reports[2])[0] | Should -Be '## Invoke-GoCrossBuild: 1 of 2 failed'
        # They are not replaced without -Force, and that is known before anything is built.
        { Invoke-GoCrossBuild $hello -OutputPath "$TestDrive/unreported/{name}" -ReportPath $reports } | Should -Throw -ErrorId "FileExists,$command"
        "$TestDrive/unreported" | Should -Not -Exist
    }

    It 'says what is wrong where a container cannot be had' {
        $before = $env:DOCKER_HOST
        $env:DOCKER_HOST = 'unix:///no/such/engine.sock'
        try {
            { Invoke-GoCrossBuild $hello -Container golang:1 } | Should -Throw -ErrorId "EngineUnreachable,$command"
            { Invoke-GoCrossBuild $hello -DockerContext default } | Should -Throw -ErrorId "AmbiguousParameterSet,$command"
            { Invoke-GoCrossBuild $hello -Container a -FallbackContainer b } | Should -Throw -ErrorId "AmbiguousParameterSet,$command"

            # Nothing of the fallback is asked for where this machine can do it.
            (Invoke-GoCrossBuild $hello -OutputPath "$TestDrive/fallback/{name}" -FallbackContainer golang:1).Success | Should -BeTrue
        }
        finally { $env:DOCKER_HOST = $before }
    }

    It 'completes the Docker contexts' {
        $line = 'Invoke-GoCrossBuild -Container a -DockerContext d'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Contain 'default'
    }

    It 'emits a failed build with its diagnostics, and writes an error' {
        $build = Invoke-GoCrossBuild $broken -Target linux/amd64 -OutputPath "$TestDrive/broken-out/{name}" `
            -ErrorAction SilentlyContinue -ErrorVariable failures
        $build.Success | Should -BeFalse
        $build.Path | Should -BeNullOrEmpty
        $build.Diagnostics[0].Line | Should -Be 4
        $build.Diagnostics[0].Message | Should -Match 'undefined'
        $failures.Count | Should -Be 1
        $failures[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'shows the exact command with -WhatIf and writes nothing' {
        # What -WhatIf says goes to the host and into no stream, so a session of its own is asked.
        $shown = Invoke-PowerShell -Command @"
            Import-Module '$PSScriptRoot/../GoCross.psd1'
            Invoke-GoCrossBuild '$hello' -Target linux/arm64 -OutputPath '$TestDrive/whatif/{name}' -WhatIf
"@ | Out-String
        $shown | Should -Match 'CGO_ENABLED=0'
        $shown | Should -Match 'GOARCH=arm64'
        $shown | Should -Match 'build .*-trimpath'
        "$TestDrive/whatif" | Should -Not -Exist
    }

    It 'replaces a program without -Force, as go build does, says what is up to date, and replaces nothing else' {
        $first = Invoke-GoCrossBuild $hello -Target linux/amd64 -OutputPath "$TestDrive/twice/{name}"
        $first.UpToDate | Should -BeFalse
        $again = Invoke-GoCrossBuild $hello -Target linux/amd64 -OutputPath "$TestDrive/twice/{name}"
        $again.Success, $again.UpToDate | Should -Be @($true, $true)
        $other = Invoke-GoCrossBuild $hello -Target linux/arm64 -OutputPath "$TestDrive/twice/{name}"
        $other.Success, $other.UpToDate | Should -Be @($true, $false)

        Set-Content $first.Path 'my notes'
        { Invoke-GoCrossBuild $hello -Target linux/amd64 -OutputPath "$TestDrive/twice/{name}" -ErrorAction Stop } |
            Should -Throw -ErrorId "FileExists,$command"
        Get-Content $first.Path | Should -Be 'my notes'
        (Invoke-GoCrossBuild $hello -Target linux/amd64 -OutputPath "$TestDrive/twice/{name}" -Force).Success | Should -BeTrue
    }

    It 'leaves no empty folder of a build that failed' {
        $null = Invoke-GoCrossBuild $broken -OutputPath "$TestDrive/none/of/it/{name}" -ErrorAction SilentlyContinue
        "$TestDrive/none" | Should -Not -Exist
    }

    It 'tells a command that runs when pasted wherever one stands, in <Shell>' -ForEach @(
        @{ Shell = 'a POSIX shell'; Paste = { param($Line) & sh -c $Line } }
        @{ Shell = 'PowerShell'; Paste = { param($Line) Invoke-Expression $Line } }
    ) {
        $with = @{ Target = 'linux/arm'; Tags = 'a.b', 'c'; LdFlags = "-X 'main.v=it is'"; OutputPath = "$TestDrive/told here/it's/{name}" }
        $shown = Invoke-PowerShell -Command @"
            Import-Module '$((Resolve-Path "$PSScriptRoot/../GoCross.psd1").Path)'
            Invoke-GoCrossBuild '$hello' -Target linux/arm -Tags a.b, c -LdFlags "-X 'main.v=it is'" -OutputPath "$TestDrive/told here/it's/{name}" -WhatIf
"@
        $build = Invoke-GoCrossBuild $hello @with
        $shown | Should -Be "What if: $($build.Command)"
        Remove-Item $build.Path
        Push-Location /
        try { & $Paste $build.Command } finally { Pop-Location }
        (Get-FileHash $build.Path).Hash.ToLowerInvariant() | Should -Be $build.Sha256
    }

    It 'names the nearest targets for one that there is not' {
        $failure = { Invoke-GoCrossBuild $hello -Target linux/amd46 -ErrorAction Stop } | Should -Throw -PassThru
        $failure.Exception.Message + $failure.ErrorDetails.RecommendedAction | Should -Match 'linux/amd64'
    }

    It 'refuses <Case>' -ForEach @(
        @{ Case = 'a folder without Go files'; Folder = 'empty' }
        @{ Case = 'a folder that is not there'; Folder = 'missing' }
    ) {
        $null = New-Item -ItemType Directory -Force "$TestDrive/empty"
        $failure = { Invoke-GoCrossBuild "$TestDrive/$Folder" -ErrorAction Stop } | Should -Throw -PassThru
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $failure.FullyQualifiedErrorId | Should -Not -BeLike 'UnexpectedFailure*'
    }

    It 'leaves no unfinished file when downstream has enough' {
        $first = @(Invoke-GoCrossBuild $hello -Target linux/amd64, linux/arm64, linux/386, linux/riscv64 `
            -OutputPath "$TestDrive/first/{arch}/{name}" | Select-Object -First 1)
        $first.Count | Should -Be 1
        Get-Leftover "$TestDrive/first" | Should -BeNullOrEmpty
    }

    It 'fits a table, and goes to JSON and back' {
        $build = Invoke-GoCrossBuild $hello -Target linux/amd64 -OutputPath "$TestDrive/json/{name}"
        $build | Format-Table | Out-String -Width 80 | Should -Match 'linux/amd64'
        ($build | ConvertTo-Json -Depth 5 | ConvertFrom-Json).Sha256 | Should -Be $build.Sha256
    }

    It 'shows the first warning of a file of C, how many there are, and once for two programs (needs gcc)' -Skip:$noC {
        $warned = New-GoModule $TestDrive warned "package main`n`nimport ""example.com/warned/c""`n`nfunc main() { c.Run() }"
        $null = New-Item -ItemType Directory "$warned/c", "$warned/other"
        Set-Content "$warned/other/main.go" "package main`n`nimport ""example.com/warned/c""`n`nfunc main() { c.Run() }"
        Set-Content "$warned/c/c.go" "package c`n`n// #cgo CFLAGS: -Wall`n// void run(void);`nimport ""C""`n`nfunc Run() { C.run() }"
        Set-Content "$warned/c/w.c" "void a(void) { int x; }`nvoid b(void) { int y; }`nvoid run(void) { int z; }"
        $builds = @(Invoke-GoCrossBuild "$warned", "$warned/other" -Strategy Glibc -OutputPath "$TestDrive/warned.out/{name}" -WarningVariable said -WarningAction SilentlyContinue)
        $builds.Success | Should -Be $true, $true
        foreach ($build in $builds) { @($build.Warnings | Where-Object File -Like '*w.c').Line | Should -Be 1, 2, 3 }
        $ofC = @($said | Where-Object { "$_" -like '*w.c:*' })
        $ofC | Should -HaveCount 1
        "$ofC" | Should -Match 'w\.c:1:.*unused variable.*2 more of this file'
    }

    It 'completes targets' {
        $line = 'Invoke-GoCrossBuild -Target linux/arm6'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Contain 'linux/arm64'
    }
}

Describe 'Invoke-GoCrossBuild without Go' {
    It 'says that Go is missing' {
        $failure = { Invoke-GoCrossBuild $TestDrive -GoPath "$TestDrive/no-go" -ErrorAction Stop } | Should -Throw -PassThru
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $failure.FullyQualifiedErrorId | Should -Not -BeLike 'UnexpectedFailure*'
    }
}
