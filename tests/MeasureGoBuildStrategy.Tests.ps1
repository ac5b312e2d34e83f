#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $noGo = -not ($IsLinux -and (Find-Go))
    $noUpx = $noGo -or -not (Find-Program upx, upx-ucl)
    $noQemu = $noGo -or -not (Find-Program qemu-aarch64-static, qemu-aarch64)
    $noC = $noGo -or -not ((Find-Program gcc) -and (Find-Program tar) -and (Find-Program gzip))
    $noBase = $noC -or -not ((Find-Program skopeo) -and (Find-Program readelf) -and (Test-Path /lib64/ld-linux-x86-64.so.2))
    $noChroot = $noBase -or -not (Find-Program unshare)
    if (-not $noChroot) {
        # Where a container or the kernel's settings allow no namespace of one's own, nobody can tell.
        unshare --user --map-root-user true 2>$null
        $noChroot = $LASTEXITCODE -ne 0
    }
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
        $row.ForeignRun.Target | Should -Be $foreign
        (Measure-GoBuildStrategy $hello -Strategy Static -Target $foreign).ForeignRun | Should -BeNullOrEmpty
    }

    It 'runs what is for another machine to see that it works (needs qemu)' -Skip:$noQemu {
        # The program says its architecture, and fails where it is asked to.
        $arch = New-GoModule $TestDrive arch @'
package main

import (
	"fmt"
	"os"
	"runtime"
)

func main() {
	fmt.Println(runtime.GOARCH)
	if len(os.Args) > 1 {
		os.Exit(9)
	}
}
'@
        $row = Measure-GoBuildStrategy $arch -Strategy Static -Target linux/arm64 -Repeat 1
        $row.ForeignRun.Success | Should -BeTrue
        $row.ForeignRun.Output.Trim() | Should -Be 'arm64'
        $row.Start | Should -BeNullOrEmpty
        $failed = Measure-GoBuildStrategy $arch -Strategy Static -Target linux/arm64 -Repeat 1 -ArgumentList fail
        $failed.ForeignRun.ExitCode | Should -Be 9
        "$($failed.Warnings)" | Should -Match 'does not run under emulation'
    }

    It 'tells the sizes on a base that is an archive or a layout, as skopeo, ls, tar and gzip do (needs gcc, skopeo)' -Skip:$noBase {
        $withC = New-GoModule $TestDrive based @'
package main

// int one(void) { return 1; }
import "C"
import "fmt"

func main() { fmt.Println(C.one()) }
'@
        # A base of one layer with what glibc needs: its loader and libc.
        $needs = '/lib64/ld-linux-x86-64.so.2', '/lib/x86_64-linux-gnu/libc.so.6'
        foreach ($path in $needs) {
            $null = New-Item -ItemType Directory "$TestDrive/tree$(Split-Path $path)" -Force
            Copy-Item $path "$TestDrive/tree$path"
        }
        tar -C "$TestDrive/tree" -cf "$TestDrive/layer.tar" lib lib64
        $diffId = (Get-FileHash "$TestDrive/layer.tar").Hash.ToLower()
        Set-Content "$TestDrive/config.json" -NoNewline "{""architecture"":""amd64"",""os"":""linux"",""config"":{},""rootfs"":{""type"":""layers"",""diff_ids"":[""sha256:$diffId""]}}"
        Set-Content "$TestDrive/manifest.json" -NoNewline '[{"Config":"config.json","RepoTags":["base:1"],"Layers":["layer.tar"]}]'
        tar -C $TestDrive -cf "$TestDrive/base.tar" manifest.json config.json layer.tar
        skopeo copy --quiet "docker-archive:$TestDrive/base.tar" "oci:$TestDrive/layout:1"

        $scratch, $archive, $layout = Measure-GoBuildStrategy $withC -Strategy Glibc -Target linux/amd64 -Base "$TestDrive/base.tar", "$TestDrive/layout"
        $archive.Base, $layout.Base | Should -Be "$TestDrive/base.tar", "$TestDrive/layout"
        "$($archive.BaseSource)$($layout.BaseSource)" | Should -BeNullOrEmpty
        $files = (Get-ChildItem "$TestDrive/tree" -Recurse -File | Measure-Object Length -Sum).Sum
        $archive.ImageLength, $layout.ImageLength | Should -Be ($files + $archive.BinaryLength), ($files + $layout.BinaryLength)

        # A base's layers are sent as they are stored: plain in the archive, compressed in the layout.
        $stored = (skopeo inspect --raw "oci:$TestDrive/layout:1" | ConvertFrom-Json).layers.size
        $program = $layout.GzipLength - $stored
        $archive.GzipLength | Should -Be ((Get-Item "$TestDrive/layer.tar").Length + $program)
        $build = Invoke-GoCrossBuild $withC -Strategy Glibc -Target linux/amd64 -OutputPath "$TestDrive/based.out/based"
        $build.Length | Should -Be $layout.BinaryLength
        sh -c "tar -C '$TestDrive/based.out' -cf - based | gzip -6 > '$TestDrive/based.gz'"
        $program / (Get-Item "$TestDrive/based.gz").Length | Should -BeGreaterThan 0.95
        $program / (Get-Item "$TestDrive/based.gz").Length | Should -BeLessThan 1.05

        $versions = readelf -VW $build.Path | Select-String '\bGLIBC_(2\.[0-9.]+)' -AllMatches | ForEach-Object { $_.Matches } |
            ForEach-Object { [version] $_.Groups[1].Value } | Sort-Object
        $layout.MinimumGlibc | Should -Be $versions[-1]
    }

    It 'makes the closure of a dynamic program that starts on scratch (needs gcc, chroot)' -Skip:$noChroot {
        $withC = New-GoModule $TestDrive closure @'
package main

// int three(void) { return 3; }
import "C"
import "fmt"

func main() { fmt.Println("closed", C.three()) }
'@
        $build = Invoke-GoCrossBuild $withC -Strategy Glibc -OutputPath "$TestDrive/closure.out/closure"
        $image = New-ScratchImage $build.Path -Format OciDirectory -Compression Gzip -OutputPath "$TestDrive/closure.oci"
        $null = New-Item -ItemType Directory "$TestDrive/root"
        foreach ($layer in $image.Layers) { tar -C "$TestDrive/root" --no-same-owner -xzf "$TestDrive/closure.oci/blobs/sha256/$($layer.Digest.Substring(7))" }
        $entry = (skopeo inspect --config "oci:$TestDrive/closure.oci" | ConvertFrom-Json).config.Entrypoint[0]
        unshare --user --map-root-user chroot "$TestDrive/root" $entry | Should -Be 'closed 3'
        $row = Measure-GoBuildStrategy $withC -Strategy Glibc
        $row.ImageLength | Should -Be (Get-ChildItem "$TestDrive/root" -Recurse -File | Measure-Object Length -Sum).Sum
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

        # What /proc says of the same program when it answers, started by hand.
        $program = (Invoke-GoCrossBuild $server -OutputPath "$TestDrive/server.out/server").Path
        $process = Start-Process $program "127.0.0.1:$port" -PassThru -RedirectStandardOutput "$TestDrive/said"
        try {
            Wait-Answer "http://127.0.0.1:$port/" $process
            $status = Get-Content "/proc/$($process.Id)/status" -Raw
        }
        finally { $process.Kill(); $process.WaitForExit() }
        $peak, $private = 'VmHWM', 'RssAnon' | ForEach-Object { 1024 * [regex]::Match($status, "${_}:\s+(\d+)").Groups[1].Value }
        $row.Start.PeakMemory / $peak | Should -BeGreaterThan 0.7
        $row.Start.PeakMemory / $peak | Should -BeLessThan 1.3
        $row.Start.PrivateMemory / $private | Should -BeGreaterThan 0.4
        $row.Start.PrivateMemory / $private | Should -BeLessThan 1.6
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
