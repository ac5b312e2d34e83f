#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $noElf = -not $IsLinux
    $noReadelf = -not ($IsLinux -and (Find-Program readelf))
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
    # Every Linux has one of these, and it is a dynamic program on all but the smallest.
    $program = [Environment]::ProcessPath
    $text = Join-Path $TestDrive 'notes.txt'
    Set-Content $text 'no program'
}

Describe 'Get-ElfDependency' -Skip:$noElf {
    It 'tells what a program is and needs' {
        $report = Get-ElfDependency $program
        $report.Path | Should -Be $program
        $report.FullName | Should -Be $program
        $report.Length | Should -Be (Get-Item $program).Length
        $report.Linkage | Should -Not -BeNullOrEmpty
        $report.Reason | Should -Not -BeNullOrEmpty
    }

    It 'agrees with readelf (needs readelf)' -Skip:$noReadelf {
        $dynamic = readelf -dW $program
        $expected = @($dynamic | Select-String '\(NEEDED\).*\[(.*)\]' | ForEach-Object { $_.Matches[0].Groups[1].Value })
        (Get-ElfDependency $program).Needed | Should -Be $expected
    }

    It 'takes files from Get-ChildItem and goes on after one that is not a program' {
        $copy = Copy-Item $program (Join-Path $TestDrive 'program') -PassThru
        $reports = @($copy, (Get-Item $text), $copy | Get-ElfDependency -ErrorAction SilentlyContinue -ErrorVariable failures)
        $reports.Count | Should -Be 2
        $failures.Count | Should -Be 1
        $failures[0].FullyQualifiedErrorId | Should -BeLike 'NotElf*,GoCross.Cmdlets.Commands.GetElfDependencyCommand'
        $failures[0].TargetObject | Should -Be $text
        $failures[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'binds Path by property name, from any object' {
        ([pscustomobject]@{ Path = $program } | Get-ElfDependency).Path | Should -Be $program
        ([System.IO.FileInfo]::new($program) | Get-ElfDependency).Path | Should -Be $program
    }

    It 'takes names with brackets, from the pipeline and as -LiteralPath' {
        $odd = Join-Path $TestDrive 'a[1].out'
        [System.IO.File]::Copy($program, $odd, $true)
        (Get-ElfDependency -LiteralPath $odd).Path | Should -Be $odd
        (Get-ElfDependency -LiteralPath $odd | Get-ElfDependency).Path | Should -Be $odd
    }

    It 'starts relative paths at the location of the session' {
        Push-Location (Split-Path $program)
        try { (Get-ElfDependency "./$(Split-Path $program -Leaf)").Path | Should -Be $program }
        finally { Pop-Location }
    }

    It 'goes into folders with -Recurse, and stops when downstream has enough' {
        $reports = @(Get-ElfDependency /usr/bin -Recurse -ElfOnly | Select-Object -First 1)
        $reports.Count | Should -Be 1
    }

    It 'says whether a root directory has what a program needs' {
        $empty = New-Item -ItemType Directory (Join-Path $TestDrive 'empty-root')
        (Get-ElfDependency $program -Root /).RunsInRoot | Should -Be 'Yes'
        $report = Get-ElfDependency $program -Root $empty
        $report.Root | Should -Be $empty.FullName
        if ($report.Interpreter) {
            $report.RunsInRoot | Should -Be 'No'
            $report.MissingInRoot[0] | Should -Be $report.Interpreter
        }
        $report | Format-Table | Out-String -Width 80 | Should -Match 'Starts'
    }

    It 'refuses an image that is none' {
        { Get-ElfDependency -Image $text -ErrorAction Stop } |
            Should -Throw -ErrorId 'NotAnImage,GoCross.Cmdlets.Commands.GetElfDependencyCommand'
    }

    It 'asks about files of an image in a form of its own' {
        { Get-ElfDependency $program -Image x.tar -ImagePath /app } |
            Should -Throw -ErrorId 'PositionalParameterNotFound,GoCross.Cmdlets.Commands.GetElfDependencyCommand'
    }

    It 'refuses <Case>' -ForEach @(
        @{ Case = 'a missing file'; Path = '/no/such/file'; ErrorId = 'PathNotFound' }
        @{ Case = 'a folder without -Recurse'; Path = '/usr'; ErrorId = 'FolderWithoutRecurse' }
        @{ Case = 'a pattern that matches nothing'; Path = '/no-such-*'; ErrorId = 'NoMatch' }
        @{ Case = 'a path of another provider'; Path = 'Env:PATH'; ErrorId = 'ProviderNotSupported' }
        @{ Case = 'an empty path'; Path = ''; ErrorId = 'NoPath' }
    ) {
        { Get-ElfDependency $Path -ErrorAction Stop } |
            Should -Throw -ErrorId "$ErrorId,GoCross.Cmdlets.Commands.GetElfDependencyCommand"
    }

    It 'fits a table, and goes to JSON and back' {
        $report = Get-ElfDependency $program
        $table = $report | Format-Table | Out-String -Width 80
        $table | Should -Match ([regex]::Escape([string] $report.Linkage))
        $back = $report | ConvertTo-Json -Depth 5 -EnumsAsStrings | ConvertFrom-Json
        $back.Path | Should -Be $report.Path
        $back.Linkage | Should -Be ([string] $report.Linkage)
        @($back.Needed) | Should -Be @($report.Needed)
    }
}
