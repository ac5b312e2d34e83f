#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $noElf = -not $IsLinux
    $noGo = -not (Find-Go)
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
    $command = 'GoCross.Cmdlets.Commands.CompareElfDependencyCommand'
    # Every Linux has one of these.
    $program = [Environment]::ProcessPath
    $text = Join-Path $TestDrive 'notes.txt'
    Set-Content $text 'no program'
}

Describe 'Compare-ElfDependency (needs go)' -Skip:$noGo {
    BeforeAll {
        $hello = New-GoModule $TestDrive
        $builds = foreach ($kind in 'stripped', 'whole') {
            Invoke-GoCrossBuild $hello -Target linux/amd64 -NoStrip:($kind -eq 'whole') -OutputPath "$TestDrive/$kind/{name}"
        }
        $stripped, $whole = $builds
        $other = Invoke-GoCrossBuild $hello -Target linux/arm64 -OutputPath "$TestDrive/other/{name}"
    }

    It 'tells what stripping took away' {
        $changes = @(Compare-ElfDependency $whole.Path $stripped.Path)
        $size = $changes | Where-Object { $_.Category -eq 'Size' -and $_.Name -eq 'File' }
        $size.SideIndicator | Should -Be '<>'
        $size.SizeDifference | Should -Be ($stripped.Length - $whole.Length)
        ($changes | Where-Object Name -EQ HasDwarf).DifferenceValue | Should -BeFalse
        ($changes | Where-Object Category -EQ Section).IsSummary | Should -BeTrue
    }

    It 'lists sections with -Category, and everything with -Detailed' {
        $sections = @(Compare-ElfDependency $whole.Path $stripped.Path -Category Section)
        $sections.Name | Should -Contain '.symtab'
        $sections.Category | Sort-Object -Unique | Should -Be 'Section'
        @(Compare-ElfDependency $whole.Path $stripped.Path -Detailed | Where-Object Category -EQ Section).Count | Should -Be $sections.Count
    }

    It 'takes builds from the pipeline' {
        $changes = @($other | Compare-ElfDependency $stripped.Path)
        $machine = $changes | Where-Object Name -EQ Machine
        $machine.ReferenceValue | Should -Be 'EM_X86_64'
        $machine.DifferenceValue | Should -Be 'EM_AARCH64'
        ($changes | Where-Object Name -EQ GOARCH).DifferenceValue | Should -Be 'arm64'
    }

    It 'fits 80 columns, with a heading for each pair' {
        $table = $other, $whole | Compare-ElfDependency $stripped.Path | Out-String -Width 80
        $table | Should -Match 'Reference:'
        $table | Should -Match 'EM_AARCH64'
        $table -split '\r?\n' | ForEach-Object { $_.Length | Should -BeLessOrEqual 80 }
    }
}

Describe 'Compare-ElfDependency' -Skip:$noElf {
    It 'finds no difference between a program and itself' {
        @(Compare-ElfDependency $program $program).Count | Should -Be 0
        $same = @(Compare-ElfDependency $program $program -IncludeEqual)
        $same.Count | Should -BeGreaterThan 5
        $same.SideIndicator | Sort-Object -Unique | Should -Be '=='
    }

    It 'goes on after a file that is not a program' {
        $changes = @($text, $program | Compare-ElfDependency $program -IncludeEqual -Category Size -ErrorAction SilentlyContinue -ErrorVariable failures)
        $changes.Count | Should -BeGreaterOrEqual 1
        $failures.Count | Should -Be 1
        $failures[0].FullyQualifiedErrorId | Should -Be "NotElf,$command"
        $failures[0].TargetObject | Should -Be $text
        $failures[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'ends where there is nothing to compare with: <Case>' -ForEach @(
        @{ Case = 'a missing file'; Path = '/no/such/file'; ErrorId = 'PathNotFound' }
        @{ Case = 'a folder'; Path = '/usr'; ErrorId = 'PathIsDirectory' }
        @{ Case = 'a pattern that matches nothing'; Path = '/no-such-*'; ErrorId = 'NoMatch' }
        @{ Case = 'a pattern that matches several'; Path = '/usr/*'; ErrorId = 'ManyMatches' }
    ) {
        { Compare-ElfDependency $Path $program } | Should -Throw -ErrorId "$ErrorId,$command"
    }

    It 'stops when downstream has enough' {
        @($program, $program | Compare-ElfDependency $program -IncludeEqual | Select-Object -First 1) | Should -HaveCount 1
    }

    It 'goes to JSON and back' {
        $change = Compare-ElfDependency $program $program -IncludeEqual -Category Size | Select-Object -First 1
        $back = $change | ConvertTo-Json -EnumsAsStrings | ConvertFrom-Json
        $back.Category | Should -Be 'Size'
        $back.ReferenceValue | Should -Be (Get-Item $program).Length
    }
}
