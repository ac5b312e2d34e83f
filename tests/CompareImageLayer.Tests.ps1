#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $noGo = -not (Find-Go)
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
    $command = 'GoCross.Cmdlets.Commands.CompareImageLayerCommand'
}

Describe 'Compare-ImageLayer (needs go)' -Skip:$noGo {
    BeforeAll {
        $hello = New-GoModule $TestDrive
        $images = foreach ($kind in 'small', 'large') {
            Invoke-GoCrossBuild $hello -Target linux/amd64 -NoStrip:($kind -eq 'large') -OutputPath "$TestDrive/$kind/{name}" |
                New-ScratchImage -Tag "hello:$kind" -OutputPath "$TestDrive/$kind.tar"
        }
        $small, $large = $images
    }

    It 'tells by how much two images differ' {
        $comparison = Compare-ImageLayer $large.Path $small.Path
        $comparison | Should -HaveCount 1
        $comparison.ReferenceSize | Should -BeGreaterThan $comparison.DifferenceSize
        $comparison.FilesChanged | Should -Be 1
        $shown = $comparison | Out-String -Width 80
        $shown | Should -Match 'smaller'
        $shown | Should -Match '0 added, 0 removed, 1 changed, 0 the same' -Because 'a single layer counts as one'
    }

    It 'fits a table' {
        $table = Compare-ImageLayer $large.Path $small.Path -File | Format-Table | Out-String -Width 80
        $table | Should -Match '/hello'
        $table -split '\r?\n' | ForEach-Object { $_.Length | Should -BeLessOrEqual 80 }
    }

    It 'stops when downstream has enough' {
        @($small, $small, $small | Compare-ImageLayer $large.Path | Select-Object -First 1) | Should -HaveCount 1
    }

    It 'emits the files that differ with -File' {
        $changes = @(Compare-ImageLayer $large.Path $small.Path -File)
        $changes.Path | Should -Contain '/hello'
        $changes.Count | Should -Be 1 -Because 'the program is all that differs'
    }

    It 'emits the layers with -Layer' {
        @(Compare-ImageLayer $large.Path $small.Path -Layer).Count | Should -BeGreaterOrEqual 1
    }

    It 'takes the second image from the pipeline' {
        $small | Compare-ImageLayer $large.Path | Should -HaveCount 1
    }

    It 'refuses <Case>' -ForEach @(
        @{ Case = 'a missing file'; Name = 'missing.tar'; Make = { } }
        @{ Case = 'a file that is not an image'; Name = 'text.tar'; Make = { param($Path) Set-Content $Path 'no image' } }
        @{
            Case = 'an image cut off in the middle'; Name = 'cut.tar'
            Make = {
                param($Path, $Whole)
                $bytes = [System.IO.File]::ReadAllBytes($Whole)
                [System.IO.File]::WriteAllBytes($Path, $bytes[0..([int] ($bytes.Length / 2))])
            }
        }
    ) {
        $path = Join-Path $TestDrive $Name
        & $Make $path $small.Path
        $failure = { Compare-ImageLayer $large.Path $path -ErrorAction Stop } | Should -Throw -PassThru
        $failure.FullyQualifiedErrorId | Should -BeLike "*,$command"
        $failure.FullyQualifiedErrorId | Should -Not -BeLike 'UnexpectedFailure*'
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'goes to JSON and back' {
        Compare-ImageLayer $large.Path $small.Path | ConvertTo-Json -Depth 6 | ConvertFrom-Json | Should -Not -BeNullOrEmpty
    }
}
