<#
.SYNOPSIS
Makes terminal.svg, the picture of README.md: what a terminal of 80 columns shows of the commands below.

.DESCRIPTION
The commands are run by the pwsh that runs this script, in a pseudo-terminal of util-linux's script(1), on the examples of this
checkout. What they write is drawn as it is: text, colours, weight. Nothing of it is edited. It needs Linux, go and musl-gcc.

.EXAMPLE
./build.sh build; dotnet pwsh docs/images/New-TerminalPicture.ps1
#>
#Requires -Version 7.4
[CmdletBinding()]
param([string] $OutputPath = "$PSScriptRoot/terminal.svg")

$ErrorActionPreference = 'Stop'
$columns = 80
$root = Convert-Path "$PSScriptRoot/../.."

# A line that is too long goes on, as at a prompt.
$commands = @(
    @'
Invoke-GoCrossBuild ./hello-cgo -Strategy Static, Musl, Glibc `
    -OutputPath '{strategy}/{name}'
'@
    'Get-ElfDependency glibc/hello-cgo | Format-List RunsInScratch, Reason'
    'New-ScratchImage static/hello-cgo -OutputPath static.tar'
    '$null = New-ScratchImage musl/hello-cgo -OutputPath musl.tar'
    'Compare-ImageLayer static.tar musl.tar'
)

# ---- the terminal ---------------------------------------------------------------------------------------------------

$work = New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) ([guid]::NewGuid()))
try {
    Copy-Item "$root/examples/hello-cgo" $work -Recurse
    $session = @(
        "Import-Module '$root/GoCross.psd1'"
        # A picture does not move.
        '$ProgressPreference = "SilentlyContinue"'
        "Set-Location '$work'"
        # Once before: what is shown is not how long Go's own library takes to compile.
        "`$null = Invoke-GoCrossBuild hello-cgo -Strategy Static, Musl, Glibc -OutputPath 'once/{strategy}/{name}'"
        "Remove-Item once -Recurse"
        foreach ($command in $commands) {
            $prompt = 'PS> '
            foreach ($line in $command -split '\r?\n') {
                "[Console]::Out.WriteLine('$prompt' + `$PSStyle.Foreground.BrightWhite + '$($line.Replace("'", "''"))' + `$PSStyle.Reset)"
                $prompt = '>>  '
            }
            ". { $command } | Out-Default"
        }
    )
    Set-Content "$work/session.ps1" $session
    $program, $first = & "$root/tests/PowerShellProgram.ps1"
    $line = @($program) + $first + '-NoProfile', '-NonInteractive', '-File', "$work/session.ps1" | Where-Object { $_ }
    # A pseudo-terminal has no size of its own.
    $null = script --quiet --return --command "stty cols $columns rows 50; env -u NO_COLOR TERM=xterm-256color $($line -join ' ')" "$work/typescript"
    if ($LASTEXITCODE -ne 0) { throw (Get-Content -Raw "$work/typescript") }
    $typescript = Get-Content "$work/typescript" | Where-Object { $_ -notmatch '^Script (started|done) ' }
}
finally { Remove-Item $work -Recurse -Force }

# ---- the picture ----------------------------------------------------------------------------------------------------

$palette = @{
    30 = '#484f58'; 31 = '#ff7b72'; 32 = '#3fb950'; 33 = '#d29922'; 34 = '#58a6ff'; 35 = '#bc8cff'; 36 = '#39c5cf'; 37 = '#b1bac4'
    90 = '#6e7681'; 91 = '#ffa198'; 92 = '#56d364'; 93 = '#e3b341'; 94 = '#79c0ff'; 95 = '#d2a8ff'; 96 = '#56d4dd'; 97 = '#ffffff'
}
$cellWidth, $lineHeight, $margin = 8.4, 18, 16

# The lines of the terminal as runs of text with one look each.
function ConvertFrom-Typescript([string[]] $Line) {
    $colour, $bold, $italic = $null, $false, $false
    foreach ($one in $Line) {
        $column = 0
        # PowerShell asks the terminal for more than colours: those sequences draw nothing.
        $drawn = $one -creplace '\e\[[0-9;?]*[A-Za-ln-z]' -replace '\e[=>]' -replace '\r'
        $runs = foreach ($part in [regex]::Matches($drawn, '\e\[([0-9;]*)m|([^\e]+)')) {
            if ($part.Groups[2].Success) {
                [pscustomobject] @{ Column = $column; Text = $part.Value; Colour = $colour; Bold = $bold; Italic = $italic }
                $column += [Globalization.StringInfo]::new($part.Value).LengthInTextElements
                continue
            }
            foreach ($code in $part.Groups[1].Value.Split(';')) {
                switch ([int] "0$code") {
                    0 { $colour, $bold, $italic = $null, $false, $false }
                    1 { $bold = $true }
                    3 { $italic = $true }
                    22 { $bold = $false }
                    23 { $italic = $false }
                    39 { $colour = $null }
                    default { if ($palette[$_]) { $colour = $palette[$_] } }
                }
            }
        }
        if ($column -gt $columns) { throw "A line has $column columns: $drawn" }
        , @($runs)
    }
}

$lines = @(ConvertFrom-Typescript $typescript)
# Empty lines at the ends, and more than one in a row, are no part of the picture.
$shown = [Collections.Generic.List[object]]::new()
foreach ($runs in $lines) {
    $isEmpty = -not "$($runs.Text)".Trim()
    if ($isEmpty -and ($shown.Count -eq 0 -or $shown[-1].Count -eq 0)) { continue }
    $shown.Add($isEmpty ? @() : $runs)
}
while ($shown[-1].Count -eq 0) { $shown.RemoveAt($shown.Count - 1) }

$width = [int] [Math]::Ceiling($columns * $cellWidth) + 2 * $margin
$height = $shown.Count * $lineHeight + 2 * $margin
$svg = @(
    "<svg xmlns=""http://www.w3.org/2000/svg"" viewBox=""0 0 $width $height"" width=""$width"" height=""$height"" role=""img"">"
    '<title>A terminal: one program built in three ways, what one of them needs, and two images compared</title>'
    "<rect width=""100%"" height=""100%"" rx=""8"" fill=""#0d1117"" />"
    '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="14" fill="#c9d1d9" xml:space="preserve">'
    for ($i = 0; $i -lt $shown.Count; $i++) {
        foreach ($run in $shown[$i]) {
            $look = ($run.Colour ? " fill=""$($run.Colour)""" : '') + ($run.Bold ? ' font-weight="bold"' : '') + ($run.Italic ? ' font-style="italic"' : '')
            $length = [Globalization.StringInfo]::new($run.Text).LengthInTextElements
            # Cells of one width, whatever font there is.
            '<text x="{0}" y="{1}" textLength="{2}"{3}>{4}</text>' -f @(
                ($margin + $run.Column * $cellWidth).ToString('0.#', [cultureinfo]::InvariantCulture)
                $margin + ($i + 1) * $lineHeight - 4
                ($length * $cellWidth).ToString('0.#', [cultureinfo]::InvariantCulture)
                $look
                [Security.SecurityElement]::Escape($run.Text))
        }
    }
    '</g>'
    '</svg>'
)
Set-Content -LiteralPath $OutputPath $svg
