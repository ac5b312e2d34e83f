#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $noGo = -not ($IsLinux -and (Find-Go))
    $noUpx = $noGo -or -not (Find-Program upx, upx-ucl)
    $noC = $noGo -or -not ((Find-Program gcc) -and (Find-Program tar) -and (Find-Program gzip))
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
}

Describe 'Measure-GoBuildStrategy (needs go)' -Skip:$noGo -Tag Slow {
    BeforeAll {
        $hello = New-GoModule $TestDrive
    }

    It 'tells the sizes that the image really has (needs gcc)' -Skip:$noC {
        $rows = @(Measure-GoBuildStrategy $hello -Strategy Static, Glibc)
        $rows.Strategy | Should -Be Static, Glibc
        foreach ($row in $rows) {
            $build = Invoke-GoCrossBuild $hello -Strategy $row.Strategy -OutputPath "$TestDrive/$($row.Strategy)/hello"
            $row.BinaryLength | Should -Be (Get-Item $build.Path).Length
            $image = New-ScratchImage $build.Path -Format OciDirectory -Compression Gzip -OutputPath "$TestDrive/$($row.Strategy).oci" -Force
            $blobs = "$TestDrive/$($row.Strategy).oci/blobs/sha256"
            $layers = @($image.Layers | ForEach-Object { Join-Path $blobs $_.Digest.Substring(7) })
            $row.GzipLength | Should -Be ($layers | Get-Item | Measure-Object Length -Sum).Sum
            $files = $layers | ForEach-Object { gzip -dc $_ | tar -tvf - } | ForEach-Object { [long](-split $_)[2] }
            $row.ImageLength | Should -Be ($files | Measure-Object -Sum).Sum
            if (Find-Program skopeo) {
                $manifest = skopeo inspect --raw "oci:$TestDrive/$($row.Strategy).oci" | ConvertFrom-Json
                $row.GzipLength | Should -Be ($manifest.layers | Measure-Object size -Sum).Sum
            }
            if (Find-Program readelf) {
                $needed = @(readelf -dW $build.Path | ForEach-Object { if ($_ -match '\(NEEDED\).*\[(.+)\]') { $Matches[1] } })
                @($row.Dependencies | Select-Object -Skip 1) | Should -Be $needed
            }
        }
    }

    It 'starts programs that end, and says how long that took' {
        $row = Measure-GoBuildStrategy $hello -Strategy Static -Repeat 3
        $row.Start.Runs | Should -Be 3
        $row.StartNotion | Should -Be 'exit'
        $row.Start.Median | Should -BeGreaterThan ([TimeSpan]::Zero)
        $row.IsRecommended | Should -BeTrue
    }

    It 'does not time what runs under emulation' {
        $foreign = (Get-GoTarget -ErrorAction Ignore | Where-Object { $_.Target -eq 'linux/arm64' -and $_.Runs -ne 'Native' }) ? 'linux/arm64' : 'linux/amd64'
        $row = Measure-GoBuildStrategy $hello -Strategy Static -Target $foreign -Repeat 1
        $row.Start | Should -BeNullOrEmpty
        $row.NotStartedReason | Should -Match 'emulation'
        $row.ImageLength | Should -BeGreaterOrEqual $row.BinaryLength
    }

    It 'makes a row of what cannot be built, and the others go on' {
        $rows = @(Measure-GoBuildStrategy $hello -Strategy Static, Musl -Compiler no-such-compiler -ErrorAction Stop)
        $rows.IsAvailable | Should -Be $true, $false
        $rows[1].UnavailableReason | Should -Match 'no-such-compiler'
    }

    It 'has rows of programs that UPX packed, and recommends none (needs upx)' -Skip:$noUpx {
        $rows = @(Measure-GoBuildStrategy $hello -Strategy Static -Compress)
        $rows.IsCompressed | Should -Be $false, $true
        $rows.IsRecommended | Should -Be $true, $false
        $rows[1].BinaryLength | Should -BeLessThan $rows[0].BinaryLength
        $rows[1].Verdict | Should -Match 'never recommended'
    }

    It 'says of a tool that is missing how to install it, and goes on' {
        $path = $env:PATH
        try {
            $go = Find-Go
            $env:PATH = Split-Path $go
            $rows = @(Measure-GoBuildStrategy $hello -Strategy Static, Musl -Compress -GoPath $go -ErrorAction Stop)
        }
        finally { $env:PATH = $path }
        $rows | Where-Object { $_.Strategy -eq 'Static' -and -not $_.IsCompressed } | ForEach-Object IsAvailable | Should -BeTrue
        $packed = $rows | Where-Object IsCompressed
        $packed.IsAvailable | Should -BeFalse
        $packed.UnavailableReason | Should -Match 'upx.*Install it'
        ($rows | Where-Object Strategy -eq Musl).UnavailableReason | Should -Match 'musl'
    }

    It 'takes the published size of a base that is not at hand, and names its source (needs gcc)' -Skip:$noC {
        $withC = New-GoModule $TestDrive withc @'
package main

// int one(void) { return 1; }
import "C"
import "fmt"

func main() { fmt.Println(C.one()) }
'@
        $before = $env:DOCKER_HOST
        $env:DOCKER_HOST = "unix://$TestDrive/nobody.sock" # An engine of this machine may have the image.
        try { $rows = @(Measure-GoBuildStrategy $withC -Strategy Glibc -Target linux/amd64 -Base debian:bookworm-slim) }
        finally { $env:DOCKER_HOST = $before }
        $rows.Base | Should -Be scratch, debian:bookworm-slim
        # docker-library/repo-info, bookworm-slim: 74.83 MB unpacked, 28232590 bytes transferred.
        $rows[1].BaseSource | Should -Match 'published.*repo-info.*2026'
        $rows[1].ImageLength | Should -Be (74830000 + $rows[1].BinaryLength)
        $rows[1].GzipLength | Should -BeGreaterThan 28232590
        $rows[0].DifferencePercent | Should -BeLessThan -90
        $rows[1].Warnings | Should -Match 'not at hand.*nobody.sock'

        # An engine that is named and cannot be used is no image that is not at hand.
        $env:DOCKER_HOST = 'ssh://nobody@nowhere.invalid'
        try { $rows = @(Measure-GoBuildStrategy $withC -Strategy Glibc -Target linux/amd64 -Base debian:bookworm-slim) }
        finally { $env:DOCKER_HOST = $before }
        $rows.IsAvailable | Should -Be $true, $false
        $rows[1].BaseSource | Should -BeNullOrEmpty
        $rows[1].UnavailableReason | Should -Match 'SSH'
    }

    It 'measures until an address is answered, or a text is written' {
        $server = New-GoModule $TestDrive server @'
package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	fmt.Println("it listens soon")
	http.ListenAndServe(os.Args[1], http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "well") }))
}
'@
        $port = Find-Port
        $row = Measure-GoBuildStrategy $server -Strategy Static -Repeat 2 -ReadyUrl "http://127.0.0.1:$port/" -ArgumentList "127.0.0.1:$port"
        $row.StartNotion | Should -Match "$port"
        $row.Start.PrivateMemory | Should -BeGreaterThan 100000
        $row = Measure-GoBuildStrategy $server -Strategy Static -Repeat 2 -ReadyPattern 'listens soon' -ArgumentList "127.0.0.1:$port"
        $row.StartNotion | Should -Match 'listens soon'
        { Measure-GoBuildStrategy $server -ReadyUrl nowhere } | Should -Throw -ErrorId 'ReadyUrlInvalid*'
        { Measure-GoBuildStrategy $server -ReadyPattern '(' } | Should -Throw -ErrorId 'PatternInvalid*'
    }

    It 'writes the rows in Markdown and as a page, and replaces no file without -Force' {
        $rows = @(Measure-GoBuildStrategy $hello -Strategy Static -MarkdownPath "$TestDrive/t.md" -HtmlPath "$TestDrive/t.html")
        $markdown = Get-Content "$TestDrive/t.md" -Raw
        $markdown | Should -Match ([regex]::Escape(('| {0} MB |' -f ($rows[0].BinaryLength / 1e6).ToString('0.00', [cultureinfo]::InvariantCulture))))
        ($markdown -split "`n" | Where-Object { $_ -like '|*' } | ForEach-Object { ($_ -replace '\\\|').Split('|').Count } | Sort-Object -Unique) | Should -HaveCount 1
        $page = Get-Content "$TestDrive/t.html" -Raw
        $page | Should -Not -Match '(src|href)="?(https?:)?//|@import|url\('
        $page | Should -Match 'Static'
        # Before anything is built: there is no go that could.
        { Measure-GoBuildStrategy $hello -GoPath "$TestDrive/no-go" -MarkdownPath "$TestDrive/t.md" } | Should -Throw -ErrorId 'FileExists*'
        { Measure-GoBuildStrategy $hello -GoPath "$TestDrive/no-go" -HtmlPath "$TestDrive/t.md/below/t.html" } | Should -Throw -ErrorId 'OutputNotWritable*'
        Measure-GoBuildStrategy $hello -MarkdownPath "$TestDrive/new/t.md" -WhatIf | Should -BeNullOrEmpty
        Test-Path "$TestDrive/new" | Should -BeFalse
    }

    It 'builds nothing with -WhatIf' {
        Measure-GoBuildStrategy $hello -WhatIf | Should -BeNullOrEmpty
    }
}
