#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

# What the cmdlets that write do with places that are not files of the user's, and where the session is elsewhere.

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $noGo = -not (Find-Go)
    $noLinks = $IsWindows
    $noUpx = -not (Find-Program upx, upx-ucl)
    $writers = @(
        @{ Cmdlet = 'New-ScratchImage'; Write = { param($p) New-ScratchImage $program -OutputPath $p -Force -ErrorAction Stop } }
        @{ Cmdlet = 'New-ScratchDockerfile'; Write = { param($p)
                # The binary has to lie below the Dockerfile's folder.
                Copy-Item $program "$(Split-Path $p)/program"
                New-ScratchDockerfile "$(Split-Path $p)/program" -OutputPath $p -Force -ErrorAction Stop } }
        @{ Cmdlet = 'Invoke-GoCrossBuild'; Write = { param($p) Invoke-GoCrossBuild $hello -OutputPath $p -Force -ErrorAction Stop } }
        @{ Cmdlet = 'Invoke-GoCrossBuild -ProvenancePath'; Write = { param($p)
                Invoke-GoCrossBuild $hello -OutputPath "$TestDrive/p/{name}" -ProvenancePath $p -Force -ErrorAction Stop } }
        @{ Cmdlet = 'Invoke-GoCrossBuild -ReportPath'; Write = { param($p)
                Invoke-GoCrossBuild $hello -OutputPath "$TestDrive/r/{name}" -ReportPath $p -ReportFormat JUnit -Force -ErrorAction Stop } }
        @{ Cmdlet = 'Test-ImageLayer -ReportPath'; Write = { param($p)
                Test-ImageLayer $image -NonRoot -ReportPath $p -ReportFormat JUnit -Force -ErrorAction Stop } }
        @{ Cmdlet = 'Test-GoBinary -ReportPath'; Write = { param($p)
                Test-GoBinary $program -ReportPath $p -ReportFormat JUnit -Force -ErrorAction Stop } }
        @{ Cmdlet = 'Test-GoVulnerability -ReportPath'; Write = { param($p)
                Test-GoVulnerability $program -DatabasePath $database -ReportPath $p -ReportFormat JUnit -Force -ErrorAction Stop } }
        @{ Cmdlet = 'Find-GoVulnerability'; Write = { param($p)
                Find-GoVulnerability $program -DatabasePath $database -OutputPath $p -Format Sarif -Force -ErrorAction Stop } }
        @{ Cmdlet = 'Get-GoSbom'; Write = { param($p) Get-GoSbom $program -OutputPath $p -Force -ErrorAction Stop } }
        @{ Cmdlet = 'New-ScratchDockerfile -BakePath'; Write = { param($p)
                New-ScratchDockerfile -SourcePath $hello -NoBuild -OutputPath "$hello/FromSource" -BakePath $p -Force -ErrorAction Stop -WarningAction Ignore } }
        @{ Cmdlet = 'Measure-GoBinary -HtmlPath'; Write = { param($p) Measure-GoBinary $program -HtmlPath $p -Force -ErrorAction Stop } }
        @{ Cmdlet = 'Measure-GoBuildStrategy -HtmlPath'; Write = { param($p)
                Measure-GoBuildStrategy $hello -Strategy Static -Repeat 1 -HtmlPath $p -Force -ErrorAction Stop } }
        if (-not $noUpx) {
            @{ Cmdlet = 'Compress-GoBinary'; Write = { param($p) Compress-GoBinary $program -OutputPath $p -Force -ErrorAction Stop } }
        }
    )
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
}

Describe 'Outputs (needs go)' -Skip:($noGo -or $noLinks) -ForEach @{ Writers = $writers; NoUpx = $noUpx } {
    BeforeAll {
        $hello = New-GoModule $TestDrive
        $program = (Invoke-GoCrossBuild $hello -OutputPath "$TestDrive/hello/bin/{name}").Path
        $image = (New-ScratchImage $program -OutputPath "$TestDrive/hello.tar").Path
        $links = New-Item -ItemType Directory "$TestDrive/hello/links"
        $database = "$TestDrive/database"
        $null = New-Item -ItemType Directory "$TestDrive/source"
        Set-Content "$TestDrive/source/GO-2099-0001.json" '{"id":"GO-2099-0001","modified":"2026-01-02T03:04:05Z","affected":[]}'
        $null = Update-GoVulnerabilityDatabase -ImportPath "$TestDrive/source" -DatabasePath $database
    }

    It 'are all asked about here' {
        # -DatabasePath is a folder, or a file that is read.
        $all = foreach ($command in Get-Command -Module GoCross) {
            foreach ($name in $command.Parameters.Keys -match '^(Output|Report|Provenance|Bake|Html)Path$') {
                $name -eq 'OutputPath' ? $command.Name : "$($command.Name) -$name"
            }
        }
        $here = $writers.Cmdlet + ($noUpx ? 'Compress-GoBinary' : @())
        $all | Sort-Object | Should -Be ($here | Sort-Object)
    }

    BeforeEach {
        $file = "$TestDrive/hello/target"
        Set-Content $file 'mine'
        Remove-Item "$links/*" -Force
    }

    It '<Cmdlet> never replaces a link to <Kind>' -ForEach @(
        foreach ($writer in $writers) {
            @{ Kind = 'a file'; Target = '../target'; ErrorId = 'OutputIsLink' } + $writer
            @{ Kind = 'nothing'; Target = 'nowhere'; ErrorId = 'OutputIsLink' } + $writer
            @{ Kind = 'a device'; Target = '/dev/null'; ErrorId = 'PathIsSpecial' } + $writer
            # A file or a pipe, as it comes.
            @{ Kind = 'the standard output'; Target = '/proc/self/fd/1'; ErrorId = '[OP]*Is[LS]*' } + $writer
        }
    ) {
        $link = New-Item -ItemType SymbolicLink "$links/out" -Target $Target
        { & $Write "$links/out" } | Should -Throw -ErrorId "$ErrorId,*"
        (Get-Item "$links/out" -Force).LinkTarget | Should -Be $link.LinkTarget
        Get-Content $file | Should -Be 'mine'
        "$links/nowhere" | Should -Not -Exist
        Get-Leftover "$TestDrive/hello" | Should -BeNullOrEmpty
    }

    It '<Cmdlet> writes nothing into /dev or /proc' -ForEach ($writers | Where-Object Cmdlet -NE 'New-ScratchDockerfile') {
        $before = (Get-Item /dev/stdout).LinkTarget
        foreach ($place in '/dev/stdout', '/dev/gocross-test', '/proc/self/fd/1', '/dev/fd/1') {
            { & $Write $place } | Should -Throw -ErrorId 'PathIsSpecial,*'
        }
        (Get-Item /dev/stdout).LinkTarget | Should -Be $before
        '/dev/gocross-test' | Should -Not -Exist
    }

    It 'leaves the standard output alone where it is a file' {
        $before = (Get-Item /dev/stdout).LinkTarget
        $shell = & "$PSScriptRoot/PowerShellProgram.ps1"
        $code = "Import-Module '$PSScriptRoot/../GoCross.psd1'; New-ScratchImage '$program' -OutputPath /dev/stdout -Force -ErrorAction Stop"
        $said = sh -c 'out=$1; shift; exec "$@" 2>&1 >"$out"' sh "$TestDrive/stdout.txt" @shell -NoProfile -NonInteractive -Command $code
        $said -join '' | Should -Match '/dev/stdout'
        (Get-Item /dev/stdout).LinkTarget | Should -Be $before
        (Get-Item "$TestDrive/stdout.txt").Length | Should -Be 0
    }

    It 'writes into a folder that is reached by a link' {
        $real = New-Item -ItemType Directory "$TestDrive/hello/real"
        $null = New-Item -ItemType SymbolicLink "$links/folder" -Target $real
        New-ScratchImage $program -OutputPath "$links/folder/a.tar" | Out-Null
        "$real/a.tar" | Should -Exist
        New-ScratchImage $program -OutputPath "$links/folder" -Format OciDirectory | Out-Null
        Get-ChildItem $real -Filter *.oci | Should -HaveCount 1
        (Get-Item "$links/folder").LinkType | Should -Be 'SymbolicLink'
    }

    It 'does not take a link to an image layout for the layout' {
        $layout = (New-ScratchImage $program -OutputPath "$TestDrive/hello/layout" -Format OciDirectory).Path
        $null = New-Item -ItemType SymbolicLink "$links/layout" -Target $layout
        { New-ScratchImage $program -OutputPath "$links/layout" -Format OciDirectory -Force -ErrorAction Stop } |
            Should -Throw -ErrorId 'OutputIsLink,*'
        (Get-Item "$links/layout").LinkType | Should -Be 'SymbolicLink'
        "$layout/index.json" | Should -Exist
    }

    It 'leaves no empty folder after <Case>' -ForEach @(
        @{ Case = 'a build that fails'; Fail = { param($p) Invoke-GoCrossBuild $broken -OutputPath "$p/{os}/{arch}/{name}" -Target linux/amd64, linux/arm64 -ErrorAction SilentlyContinue } }
        @{ Case = 'an image that cannot be'; Fail = { param($p) New-ScratchImage $program -OutputPath "$p/a/b.tar" -AttachmentPath $program -ErrorAction SilentlyContinue } }
    ) {
        $broken = New-GoModule $TestDrive broken 'package main; func main() { undefined() }'
        $before = @(Get-ChildItem $TestDrive -Recurse -Directory).FullName
        $null = & $Fail "$TestDrive/made/for/it"
        "$TestDrive/made" | Should -Not -Exist
        @(Get-ChildItem $TestDrive -Recurse -Directory).FullName | Should -Be $before
    }

    It 'treats a path that does not exist as a file, and one that ends with a slash as a folder, in every cmdlet' {
        (New-ScratchDockerfile $program -OutputPath "$TestDrive/hello/new1").Path | Should -Be "$TestDrive/hello/new1"
        (Invoke-GoCrossBuild $hello -OutputPath "$TestDrive/hello/new2").Path | Should -Be "$TestDrive/hello/new2"
        (New-ScratchImage $program -OutputPath "$TestDrive/hello/new3").Path | Should -Be "$TestDrive/hello/new3"
        (New-ScratchImage $program -OutputPath "$TestDrive/hello/new4/").Path | Should -BeLike "$TestDrive/hello/new4/hello-*.tar"
        (Invoke-GoCrossBuild $hello -OutputPath "$TestDrive/hello/new5/").Path | Should -BeLike "$TestDrive/hello/new5/hello_*"
    }
}

Describe 'A session whose location is not a folder (needs go)' -Skip:$noGo {
    BeforeAll {
        $hello = New-GoModule $TestDrive
    }

    BeforeEach { Push-Location Env: }

    AfterEach { Pop-Location }

    It 'builds, writes, reads and runs what has a full path' {
        $build = Invoke-GoCrossBuild $hello -OutputPath "$TestDrive/env/{name}" -ErrorAction Stop
        (New-ScratchImage $build.Path -OutputPath "$TestDrive/env/a.tar" -ErrorAction Stop).Path | Should -Be "$TestDrive/env/a.tar"
        (New-ScratchDockerfile $build.Path -OutputPath "$TestDrive/env/Dockerfile" -ErrorAction Stop).Path | Should -Exist
        (Get-ElfDependency $build.Path -ErrorAction Stop).RunsInScratch | Should -Be 'Yes'
        (Get-ImageLayer "$TestDrive/env/a.tar" -ErrorAction Stop).Count | Should -Be 1
        (Test-GoBinary $build.Path -ErrorAction Stop).Success | Should -BeTrue
        (Get-GoTarget linux/amd64 -ErrorAction Stop).Target | Should -Be 'linux/amd64'
    }

    It 'says of a relative path what is wrong' {
        { Get-ElfDependency PATH -ErrorAction Stop } | Should -Throw -ErrorId 'ProviderNotSupported,*'
    }
}
