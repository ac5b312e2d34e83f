#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

# The commands that the README and the guides show, taken out of them and run in their order, each document in a session of
# its own, in a folder with what they name: a copy of the module and of the examples, a program, images.
#
# Run is what stands in a block of powershell, or behind the prompts PS> and >> of a block without a language; the tables that
# are shown below a command have to be among what it writes, as to their headings. A comment <!-- not run: REASON --> above a
# block leaves it out. Where a document names a port, one is taken that nobody listens at. Diagnosis.Tests.ps1 runs
# docs/guides/in-place-of-dive-syft-and-grype.md.

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $missing = @('go', 'musl-gcc', 'aarch64-linux-gnu-gcc', 'aarch64-linux-musl-gcc', 'qemu-aarch64-static', 'docker-registry').Where({
            $_ -eq 'go' ? -not (Find-Go) : -not (Find-Program $_) })
    $documents = 'README.md', 'docs/guides/tour.md', 'docs/guides/scripts.md', 'docs/guides/building-elsewhere.md',
    'docs/guides/what-fails-a-job.md'
    $blocks = foreach ($document in $documents) {
        $number = 0
        $fence = $language = $reason = $null
        $lines = [System.Collections.Generic.List[string]]::new()
        foreach ($line in Get-Content "$PSScriptRoot/../$document") {
            $number++
            if ($null -eq $fence -and $line -match '^ *```(\w*)\s*$') {
                $fence = $number
                $language = $Matches[1]
                $lines.Clear()
            }
            elseif ($null -ne $fence -and $line -match '^ *```\s*$') {
                $code = @(
                    if ($language -eq 'powershell') { $lines }
                    elseif (-not $language) { $lines -match '^(PS|>>)[ >]' -replace '^(PS>|>>) ?' }
                ) -join "`n"
                if ($code) {
                    # A heading is what stands above a line of dashes.
                    $headings = @(for ($i = 1; $i -lt $lines.Count; $i++) { if ($lines[$i] -match '^[- ]*---[- ]*$') { $lines[$i - 1].Trim() } })
                    @{ Document = $document; Line = $fence; Code = $code; Headings = $headings; Reason = $reason }
                }
                $fence = $reason = $null
            }
            elseif ($null -ne $fence) { $lines.Add($line) }
            elseif ($line -match '^<!-- not run: (.+) -->$') { $reason = $Matches[1] }
            elseif ($line) { $reason = $null }
        }
    }
    $run = @($blocks | Where-Object { -not $_.Reason })
}

Describe "The commands of the guides (need $($missing.Count ? ($missing -join ', ') : 'go, C compilers, QEMU and a registry'))" -Tag Slow -Skip:($missing.Count -gt 0) -ForEach @{ Run = $run } {
    BeforeAll {
        . "$PSScriptRoot/PesterSupport.ps1"
        $root = Split-Path $PSScriptRoot
        $program, $first = & "$PSScriptRoot/PowerShellProgram.ps1"
        $tour = (New-Item -ItemType Directory "$TestDrive/tour").FullName

        # A checkout after a build, but for the C source that examples/sqlite-cgo is made with.
        foreach ($part in 'GoCross.psd1', 'bin', 'en-US') { Copy-Item "$root/$part" $tour -Recurse }
        foreach ($example in 'hello-http', 'hello-cgo') { Copy-Item "$root/examples/$example" "$tour/examples/$example" -Recurse }

        # What the commands name: the user's own program, and images.
        $hello = New-GoModule $TestDrive api
        Copy-Item "$hello/go.mod" $tour
        $null = New-Item -ItemType Directory "$tour/cmd/api"
        Copy-Item "$hello/main.go" $tour
        Copy-Item "$hello/main.go" "$tour/cmd/api"
        Set-Content "$tour/gocross.psd1" "@{ 'Invoke-GoCrossBuild' = @{ Package = './cmd/api'; OutputPath = 'dist/' } }"
        $null = Invoke-GoCrossBuild "$tour/cmd/api" -OutputPath "$tour/api" -ErrorAction Stop
        $null = New-ScratchImage "$tour/api" -OutputPath "$tour/api.tar" -ErrorAction Stop
        Copy-Item "$tour/api.tar" "$tour/image.tar"

        # A registry, and facts of vulnerabilities where a user has them.
        $ports = @{}
        foreach ($named in '5077', '8087', '18080') { $ports[$named] = Find-Port }
        $registry = Start-Registry $TestDrive "127.0.0.1:$($ports['5077'])"
        $null = New-VulnerabilityReport "$TestDrive/source" -Package net/smtp
        $null = Update-GoVulnerabilityDatabase -ImportPath "$TestDrive/source" -DatabasePath "$TestDrive/data/GoCross/vulnerabilities"
        Compress-Archive "$TestDrive/source/*" "$tour/vulndb.zip"

        Set-Content "$TestDrive/run.ps1" @'
param($blocks, $results, $data)
$ProgressPreference = 'SilentlyContinue'
$env:XDG_DATA_HOME = $data
Import-Module ./GoCross.psd1
foreach ($gocrossBlock in Get-Content -Raw $blocks | ConvertFrom-Json) {
    $ErrorActionPreference = 'Continue'
    $Error.Clear()
    if ($gocrossBlock.Code -match '(?m)(^|;)\s*exit\b') {
        # It ends the session, as a step of CI does.
        $gocrossProgram, $gocrossFirst = $args
        $gocrossOutput = & $gocrossProgram $gocrossFirst -NoProfile -NonInteractive -Command "Import-Module ./GoCross.psd1`n$($gocrossBlock.Code)" 2>stderr | Out-String
        $gocrossFailure = if ($LASTEXITCODE -notin 0, 1 -or (Get-Item stderr).Length) { "$LASTEXITCODE $(Get-Content -Raw stderr)" }
    }
    else {
        $gocrossFailure = $null
        try { $gocrossOutput = . ([scriptblock]::Create($gocrossBlock.Code)) 2>&1 | Out-String -Width 80 }
        catch { $gocrossFailure = "$_" }
        if ($Error.Count -gt 0) { $gocrossFailure = ($Error | ForEach-Object { "$($_.FullyQualifiedErrorId): $_" }) -join "`n" }
    }
    @{ Key = "$($gocrossBlock.Document):$($gocrossBlock.Line)"; Failure = $gocrossFailure; Output = $gocrossOutput } |
        ConvertTo-Json -Compress | Add-Content $results
}
'@
        Push-Location $tour
        try {
            foreach ($document in $Run.Document | Select-Object -Unique) {
                $text = $Run | Where-Object Document -EQ $document | ConvertTo-Json -AsArray -Depth 4
                foreach ($named in $ports.Keys) { $text = $text -replace "(?<=:|-ReadyPort )$named\b", $ports[$named] }
                Set-Content "$TestDrive/blocks.json" $text
                & $program $first -NoProfile -NonInteractive -File "$TestDrive/run.ps1" "$TestDrive/blocks.json" "$TestDrive/results.json" "$TestDrive/data" $program $first
            }
        }
        finally { Pop-Location }
        $results = @{}
        foreach ($line in Get-Content "$TestDrive/results.json") {
            $result = $line | ConvertFrom-Json
            $results[$result.Key] = $result
        }
    }

    AfterAll {
        if ($registry) { Stop-Process -Id $registry.Id -ErrorAction Ignore }
    }

    It '<Document>, line <Line>' -ForEach $Run {
        $result = $results["$($Document):$Line"]
        $result | Should -Not -BeNullOrEmpty -Because 'the session should not end before'
        $result.Failure | Should -BeNullOrEmpty -Because $Code
        $written = $result.Output -replace '[ \t]+', ' '
        foreach ($heading in $Headings) { $written | Should -BeLike "*$($heading -replace '[ \t]+', ' ' -replace '[[\]?*]', '?')*" }
    }
}

Describe 'The guides' -ForEach @{ Blocks = $blocks } {
    It 'leave few commands out, each with its reason' {
        @($Blocks | Where-Object Reason).Count | Should -BeLessOrEqual ($Blocks.Count / 4)
    }
}
