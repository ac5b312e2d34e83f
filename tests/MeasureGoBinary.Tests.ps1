#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $noGo = -not (Find-Go)
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
    $text = Join-Path $TestDrive 'notes.txt'
    Set-Content $text 'no program'
}

Describe 'Measure-GoBinary (needs go)' -Skip:$noGo {
    BeforeAll {
        $hello = New-GoModule $TestDrive
        $stripped, $whole = foreach ($kind in 'stripped', 'whole') {
            Invoke-GoCrossBuild $hello -Target linux/amd64 -NoStrip:($kind -eq 'whole') -OutputPath "$TestDrive/$kind/{name}"
        }
    }

    It 'counts every byte once by <_>' -ForEach 'Kind', 'Section', 'Module', 'Package', 'File' {
        $shares = @(Measure-GoBinary $whole.Path -By $_)
        ($shares | Measure-Object Length -Sum).Sum | Should -Be (Get-Item $whole.Path).Length
        $shares.By | Sort-Object -Unique | Should -Be $_
        $shares[0].Length | Should -BeGreaterOrEqual $shares[1].Length
    }

    It 'predicts what stripping saves' {
        $report = Measure-GoBinary $whole.Path
        ($report.Predictions | Where-Object Change -EQ '-ldflags=-s').Length | Should -Be (Get-Item $stripped.Path).Length
        (Measure-GoBinary $stripped.Path).HasSymbols | Should -BeFalse
    }

    It 'takes builds from the pipeline, and the first ones with -Top' {
        @($stripped, $whole | Measure-GoBinary -By Package -Top 3).Count | Should -Be 6
        ($stripped | Measure-GoBinary | Select-Object -First 1).Path | Should -Be $stripped.Path
    }

    It 'tells what grew, and holds it against a limit' {
        $growth = (Get-Item $whole.Path).Length - (Get-Item $stripped.Path).Length
        $shares = Measure-GoBinary $whole.Path -ReferencePath $stripped.Path -By Kind
        ($shares | Measure-Object Difference -Sum).Sum | Should -Be $growth
        (Measure-GoBinary $whole.Path -ReferencePath $stripped.Path -MaximumGrowth $growth).Passed | Should -BeTrue
        $gate = Measure-GoBinary $whole.Path -ReferencePath $stripped.Path -MaximumGrowth ($growth - 1)
        $gate.Passed | Should -BeFalse
        $gate.Actual | Should -Be $growth
    }

    It 'writes a page, and replaces none that is there without -Force, nor one of the same call' {
        (Measure-GoBinary $whole.Path -HtmlPath "$TestDrive/page.html" -WhatIf).Length | Should -Be (Get-Item $whole.Path).Length
        Test-Path "$TestDrive/page.html" | Should -BeFalse
        $null = Measure-GoBinary $whole.Path -HtmlPath "$TestDrive/page.html"
        { Measure-GoBinary $whole.Path -HtmlPath "$TestDrive/page.html" -ErrorAction Stop } | Should -Throw -ErrorId 'FileExists*'
        $null = $stripped, $whole | Measure-GoBinary -HtmlPath "$TestDrive/page.html" -Force -ErrorAction SilentlyContinue -ErrorVariable failures
        $failures.FullyQualifiedErrorId | Should -BeLike 'PageDestinationTaken*'
        Get-Content "$TestDrive/page.html" -Raw | Should -Match "data-length=""$((Get-Item $stripped.Path).Length)"""
    }

    It 'says of a program that shrank that it did' {
        $gate = Measure-GoBinary $stripped.Path -ReferencePath $whole.Path -MaximumGrowth 0
        $gate.Passed | Should -BeTrue
        $gate.Reason | Should -Match "differs by $((Get-Item $stripped.Path).Length - (Get-Item $whole.Path).Length) bytes"
    }

    It 'goes on after what is not a program' {
        $reports = @($text, $whole.Path, (Join-Path $TestDrive missing) | Measure-GoBinary -ErrorAction SilentlyContinue -ErrorVariable failures)
        $reports.Count | Should -Be 1
        $failures.FullyQualifiedErrorId | Should -Be @(
            'SizeNotGo,GoCross.Cmdlets.Commands.MeasureGoBinaryCommand'
            'PathNotFound,GoCross.Cmdlets.Commands.MeasureGoBinaryCommand')
    }

    It 'needs a reference to tell growth' {
        { Measure-GoBinary $whole.Path -MaximumGrowth 1 } | Should -Throw -ErrorId 'GrowthNeedsReferencePath,*'
    }
}
