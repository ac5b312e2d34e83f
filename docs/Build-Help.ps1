<#
.SYNOPSIS
Makes the help that PowerShell reads of the pages beside this file: MAML of NAME.md, text of about_NAME.md.

.DESCRIPTION
A page of a cmdlet has the sections of platyPS's form. What the module itself says of a cmdlet is not in the page and comes
from the module: its syntax, and a parameter's type, aliases, position and what it takes from the pipeline. CONTRIBUTING.md
describes the form. A page that does not keep to it is an error that names its line.

.PARAMETER Assembly
The assembly with the cmdlets.

.PARAMETER OutputPath
The folder that the help goes to.

.PARAMETER ProjectUri
The address of the repository on the web, if it has one: Get-Help -Online leads there.
#>
#Requires -Version 7.4
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0)] [string] $Assembly,
    [Parameter(Mandatory, Position = 1)] [string] $OutputPath,
    [uri] $ProjectUri
)

$ErrorActionPreference = 'Stop'
$sections = 'SYNOPSIS', 'DESCRIPTION', 'EXAMPLES', 'PARAMETERS', 'INPUTS', 'OUTPUTS', 'NOTES', 'RELATED LINKS'
$common = [System.Management.Automation.PSCmdlet]::CommonParameters

# What PowerShell gives to every cmdlet that changes something, and no page describes.
$generalTexts = @{
    WhatIf  = 'Shows what would happen if the cmdlet ran. It does nothing else.'
    Confirm = 'Asks before the cmdlet does something.'
}

# Ends the script with an error that names the page's line, in the form in which a build shows errors.
function Stop-Page([string] $Page, [int] $Line, [string] $Problem) {
    [Console]::Error.WriteLine("$Page($Line): error : $Problem")
    exit 1
}

# The text of a page without Markdown's marks.
function ConvertFrom-Inline([string] $Text) {
    [regex]::Replace($Text, '`([^`]+)`|\\(\p{P}|\p{S})|\[([^]]*)\]\([^)]*\)|\*\*([^*]+)\*\*', {
            param($match)
            $match.Groups[1..4].Where({ $_.Success })[0].Value
        })
}

# The blocks of a text: paragraphs and the items of lists in one line each, code as it stands with its language.
function Get-Block([string[]] $Line) {
    $text = [Collections.Generic.List[string]]::new()
    $code = $null
    foreach ($one in $Line + '') {
        if ($null -ne $code) {
            if ($one -eq '```') {
                [pscustomobject] @{ Kind = 'code'; Language = $language; Text = $code -join "`n" }
                $code = $null
            }
            else { $code += $one }
        }
        elseif ($one -match '^```(\w*)$') {
            $language = $Matches[1]
            $code = @()
        }
        else {
            $isItem = $one -match '^- '
            if (($one -eq '' -or $isItem) -and $text.Count -gt 0) {
                [pscustomobject] @{ Kind = 'text'; Text = ConvertFrom-Inline ($text -join ' ') }
                $text.Clear()
            }
            if ($one -ne '') { $text.Add($one.Trim()) }
        }
    }
}

# The parts of a text that begin with a heading of a level: its title, its lines, and where it begins.
function Split-Heading([string[]] $Line, [string] $Mark, [int] $First) {
    $part = $null
    $inCode = $false
    for ($i = 0; $i -lt $Line.Count; $i++) {
        if ($Line[$i] -match '^```') { $inCode = -not $inCode }
        if (-not $inCode -and $Line[$i].StartsWith("$Mark ")) {
            if ($part) { $part }
            $part = [pscustomobject] @{ Title = $Line[$i].Substring($Mark.Length + 1).Trim(); Lines = @(); First = $First + $i }
        }
        elseif ($part) { $part.Lines += $Line[$i] }
    }
    if ($part) { $part }
}

# ---- MAML -----------------------------------------------------------------------------------------------------------

function ConvertTo-Xml([string] $Text) { [Security.SecurityElement]::Escape($Text) }

function Get-Paragraph([string[]] $Line) { (Get-Block $Line | ForEach-Object { "<maml:para>$(ConvertTo-Xml $_.Text)</maml:para>" }) -join '' }

function Get-Attribute($Parameter, $Metadata) {
    $pipeline = @(if ($Parameter.ValueFromPipeline) { 'ByValue' }; if ($Parameter.ValueFromPipelineByPropertyName) { 'ByPropertyName' })
    $wildcards = [bool] $Metadata.Attributes.Where({ $_ -is [System.Management.Automation.SupportsWildcardsAttribute] })
    'required="{0}" globbing="{1}" pipelineInput="{2}" position="{3}" aliases="{4}"' -f @(
        "$([bool] $Parameter.IsMandatory)".ToLowerInvariant()
        "$wildcards".ToLowerInvariant()
        $pipeline ? "true ($($pipeline -join ', '))" : 'false'
        $Parameter.Position -ge 0 ? $Parameter.Position : 'named'
        $Metadata.Aliases ? ($Metadata.Aliases -join ', ') : 'none')
}

function Get-InnerType([type] $Type) { [Nullable]::GetUnderlyingType($Type) ?? $Type }

# The name of a type, as a command line has it: String[], not System.String[].
function Get-Value([type] $Type) {
    if ($Type -ne [switch]) { "<command:parameterValue required=""true"">$(ConvertTo-Xml (Get-InnerType $Type).Name)</command:parameterValue>" }
}

function Get-Syntax($Command) {
    foreach ($set in $Command.ParameterSets) {
        $parameters = $set.Parameters | Where-Object { $_.Name -notin $common } |
            Sort-Object -Stable { $_.Position -ge 0 ? $_.Position : [int]::MaxValue }, { -not $_.IsMandatory }, { $_.Name -in $generalTexts.Keys }
        "<command:syntaxItem><maml:name>$($Command.Name)</maml:name>"
        foreach ($parameter in $parameters) {
            $metadata = $Command.Parameters[$parameter.Name]
            "<command:parameter $(Get-Attribute $parameter $metadata)><maml:name>$($parameter.Name)</maml:name>$(Get-Value $parameter.ParameterType)</command:parameter>"
        }
        '</command:syntaxItem>'
    }
}

function Get-Parameter($Command, $Page, $Described) {
    $own = $Command.Parameters.Values | Where-Object { $_.Name -notin $common } | Sort-Object { $_.Name -in $generalTexts.Keys }, Name
    $unknown = $Described | Where-Object { $_.Title -notin $own.ForEach({ "-$($_.Name)" }) } | Select-Object -First 1
    if ($unknown) { Stop-Page $Page $unknown.First "$($Command.Name) has no parameter $($unknown.Title)." }
    foreach ($metadata in $own) {
        $part = $Described | Where-Object Title -EQ "-$($metadata.Name)"
        if (-not $part -and -not $generalTexts[$metadata.Name]) { Stop-Page $Page 1 "-$($metadata.Name) is not described." }
        $blocks = Get-Block $part.Lines
        $default = $blocks | Where-Object Language -EQ yaml | ForEach-Object {
            $_.Text -match '\ADefault value: (.+)\z' ? $Matches[1] : (Stop-Page $Page $part.First 'Of the YAML, the default value alone is the page''s to say.')
        }
        $text = $part ? ($blocks | Where-Object Language -NE yaml).Text : $generalTexts[$metadata.Name]
        # What it is in the first set that has it.
        $parameter = $Command.ParameterSets.Parameters | Where-Object Name -EQ $metadata.Name | Select-Object -First 1
        "<command:parameter $(Get-Attribute $parameter $metadata)><maml:name>$($metadata.Name)</maml:name>"
        "<maml:description>$(($text | ForEach-Object { "<maml:para>$(ConvertTo-Xml $_)</maml:para>" }) -join '')</maml:description>"
        Get-Value $metadata.ParameterType
        "<dev:type><maml:name>$(ConvertTo-Xml (Get-InnerType $metadata.ParameterType).FullName)</maml:name></dev:type>"
        if ($metadata.ParameterType -eq [switch] -and -not $default) { $default = 'False' }
        if ($default) { "<dev:defaultValue>$(ConvertTo-Xml $default)</dev:defaultValue>" }
        '</command:parameter>'
    }
}

function Get-Example($Page, $Example) {
    $blocks = @(Get-Block $Example.Lines)
    if ($blocks.Count -lt 2 -or $blocks[0].Language -ne 'powershell') { Stop-Page $Page $Example.First 'An example is a block of powershell and a text.' }
    # An empty paragraph keeps it apart from the next.
    "<command:example><maml:title>$(ConvertTo-Xml $Example.Title)</maml:title><dev:code>$(ConvertTo-Xml $blocks[0].Text)</dev:code><dev:remarks>"
    $blocks | Select-Object -Skip 1 | ForEach-Object { "<maml:para>$(ConvertTo-Xml $_.Text)</maml:para>" }
    '<maml:para /></dev:remarks></command:example>'
}

function Get-Link($Page, [string[]] $Line, [string] $Name) {
    if ($ProjectUri) {
        $online = ConvertTo-Xml "$("$ProjectUri".TrimEnd('/'))/blob/main/docs/$Name.md"
        "<maml:navigationLink><maml:linkText>Online version:</maml:linkText><maml:uri>$online</maml:uri></maml:navigationLink>"
    }
    foreach ($link in $Line | Where-Object { $_ }) {
        if ($link -notmatch '^\[(.+)\]\((.+)\)$') { Stop-Page $Page 1 "`"$link`" is not a link." }
        $title, $target = $Matches[1, 2]
        $uri = $target -like 'http*' ? "<maml:uri>$(ConvertTo-Xml $target)</maml:uri>" : ''
        "<maml:navigationLink><maml:linkText>$(ConvertTo-Xml $title)</maml:linkText>$uri</maml:navigationLink>"
    }
}

function ConvertTo-Maml($Command) {
    $page = "docs/$($Command.Name).md"
    $lines = @(Get-Content "$PSScriptRoot/$($Command.Name).md")
    $parts = @{}
    foreach ($part in Split-Heading $lines '##' 1) {
        if ($part.Title -notin $sections) { Stop-Page $page $part.First "`"$($part.Title)`" is none of the sections: $($sections -join ', ')." }
        $parts[$part.Title] = $part
    }
    $missing = $sections | Where-Object { $_ -ne 'NOTES' -and -not $parts[$_] }
    if ($missing) { Stop-Page $page 1 "The page has no $($missing -join ', ')." }
    if ($lines -notcontains "# $($Command.Name)") { Stop-Page $page 1 "Its title is not $($Command.Name)." }

    '<command:command xmlns:maml="http://schemas.microsoft.com/maml/2004/10" xmlns:command="http://schemas.microsoft.com/maml/dev/command/2004/10" xmlns:dev="http://schemas.microsoft.com/maml/dev/2004/10">'
    "<command:details><command:name>$($Command.Name)</command:name><command:verb>$($Command.Verb)</command:verb><command:noun>$($Command.Noun)</command:noun>"
    "<maml:description>$(Get-Paragraph $parts.SYNOPSIS.Lines)</maml:description></command:details>"
    "<maml:description>$(Get-Paragraph $parts.DESCRIPTION.Lines)</maml:description>"
    "<command:syntax>$(-join (Get-Syntax $Command))</command:syntax>"
    "<command:parameters>$(-join (Get-Parameter $Command $page (Split-Heading $parts.PARAMETERS.Lines '###' ($parts.PARAMETERS.First + 1))))</command:parameters>"
    foreach ($side in @{ Section = 'INPUTS'; List = 'inputTypes'; Item = 'inputType' }, @{ Section = 'OUTPUTS'; List = 'returnValues'; Item = 'returnValue' }) {
        "<command:$($side.List)>"
        foreach ($type in Split-Heading $parts[$side.Section].Lines '###' ($parts[$side.Section].First + 1)) {
            "<command:$($side.Item)><dev:type><maml:name>$(ConvertTo-Xml $type.Title)</maml:name></dev:type><maml:description>$(Get-Paragraph $type.Lines)</maml:description></command:$($side.Item)>"
        }
        "</command:$($side.List)>"
    }
    if ($parts.NOTES) { "<maml:alertSet><maml:alert>$(Get-Paragraph $parts.NOTES.Lines)</maml:alert></maml:alertSet>" }
    "<command:examples>$(-join (Split-Heading $parts.EXAMPLES.Lines '###' ($parts.EXAMPLES.First + 1) | ForEach-Object { Get-Example $page $_ }))</command:examples>"
    "<command:relatedLinks>$(-join (Get-Link $page $parts['RELATED LINKS'].Lines $Command.Name))</command:relatedLinks></command:command>"
}

# ---- about topics ---------------------------------------------------------------------------------------------------

# A text in lines of at most 76 columns, the first after one indent and the others after another.
function Format-Text([string] $Text, [string] $First, [string] $Indent = $First) {
    $line = $First
    foreach ($word in $Text -split ' ') {
        if ($line.Length + $word.Length -gt 76 -and $line.Trim()) {
            $line.TrimEnd()
            $line = $Indent
        }
        $line += "$word "
    }
    $line.TrimEnd()
}

function ConvertTo-Topic([string[]] $Line) {
    $name = $Line[0] -replace '^# '
    'TOPIC', "    $name", ''
    foreach ($part in Split-Heading $Line '##' 1) {
        $part.Title.ToUpperInvariant()
        foreach ($block in Get-Block $part.Lines) {
            if ($block.Kind -eq 'code') { $block.Text -split "`n" | ForEach-Object { "        $_".TrimEnd() } }
            elseif ($block.Text -match '^- (.+)$') { Format-Text $Matches[1] '    - ' '      ' }
            else { Format-Text $block.Text '    ' }
            ''
        }
    }
}

$module = Import-Module (Convert-Path $Assembly) -PassThru
$null = New-Item -ItemType Directory -Force $OutputPath
$commands = $module.ExportedCmdlets.Values | Sort-Object Name
$maml = '<?xml version="1.0" encoding="utf-8"?>', '<helpItems schema="maml" xmlns="http://msh">' + ($commands | ForEach-Object { ConvertTo-Maml $_ }) + '</helpItems>'
# Read back before it is written: what is not XML would be no help, and no error either.
$null = [xml] ($maml -join "`n")
Set-Content "$OutputPath/GoCross.Cmdlets.dll-Help.xml" $maml
foreach ($topic in Get-Item "$PSScriptRoot/about_*.md") {
    Set-Content "$OutputPath/$($topic.BaseName).help.txt" (ConvertTo-Topic (Get-Content $topic))
}
