#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

# What the module promises to whoever imports it: its manifest, its surface, its texts and its help.

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $cmdlets = (Get-Module GoCross).ExportedCmdlets.Keys | ForEach-Object { @{ Name = $_ } }
    $scripts = Get-Item "$PSScriptRoot/*.ps1", "$PSScriptRoot/../build.ps1", "$PSScriptRoot/../examples/*.ps1", "$PSScriptRoot/../examples/ci/ci/*.ps1",
        "$PSScriptRoot/../docs/*.ps1", "$PSScriptRoot/../docs/images/*.ps1" |
        ForEach-Object { @{ Script = [IO.Path]::GetRelativePath("$PSScriptRoot/..", $_.FullName); Path = $_.FullName } }
    $noStrace = -not (Find-Program strace)
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
    $root = Convert-Path "$PSScriptRoot/.."
    $module = Get-Module GoCross
    $manifest = Import-PowerShellDataFile "$root/GoCross.psd1"
    $common = [System.Management.Automation.PSCmdlet]::CommonParameters + [System.Management.Automation.PSCmdlet]::OptionalCommonParameters

    # The classes that are cmdlets, whether they are exported or not.
    $classes = $module.ImplementingAssembly.GetTypes() |
        Where-Object { [Attribute]::IsDefined($_, [System.Management.Automation.CmdletAttribute]) }

    # Parameters that a script gives to a cmdlet of ours, which has none of that name.
    function Get-UnknownParameter([System.Management.Automation.Language.Ast] $Script) {
        foreach ($call in $Script.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)) {
            $command = $call.GetCommandName() ? $module.ExportedCmdlets[$call.GetCommandName()] : $null
            if (-not $command) { continue }
            foreach ($element in $call.CommandElements.Where({ $_ -is [System.Management.Automation.Language.CommandParameterAst] })) {
                $found = $command.Parameters.Values | Where-Object {
                    $_.Name -like "$($element.ParameterName)*" -or $_.Aliases -contains $element.ParameterName
                }
                if (-not $found) { "$($call.Extent.StartLineNumber): $($command.Name) has no parameter -$($element.ParameterName)" }
            }
        }
    }
}

Describe 'The module' {
    It 'has a manifest that Test-ModuleManifest takes without a warning' {
        $tested = Test-ModuleManifest "$root/GoCross.psd1" -ErrorAction Stop -WarningVariable warnings
        $tested.Name | Should -Be 'GoCross'
        $warnings | Should -BeNullOrEmpty
    }

    It 'exports cmdlets and nothing else, each by its name' {
        # A missing entry exports everything, and a wildcard makes PowerShell load the module to complete a name.
        foreach ($entry in 'CmdletsToExport', 'FunctionsToExport', 'VariablesToExport', 'AliasesToExport') {
            $manifest.Keys | Should -Contain $entry
            $manifest[$entry] -match '[*?]' | Should -BeNullOrEmpty
        }
        $module.ExportedFunctions.Count + $module.ExportedVariables.Count + $module.ExportedAliases.Count | Should -Be 0
    }

    It 'exports every cmdlet of its assembly' {
        $names = $classes | ForEach-Object {
            $attribute = $_.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false)
            "$($attribute.VerbName)-$($attribute.NounName)"
        } | Sort-Object
        $manifest.CmdletsToExport | Sort-Object | Should -Be $names
        $module.ExportedCmdlets.Keys | Sort-Object | Should -Be $names
    }

    It 'has every cmdlet in a public sealed class, in a file of its own, with an approved verb' {
        $sources = Get-ChildItem "$root/src/Cmdlets" -Recurse -Filter *.cs
        foreach ($class in $classes) {
            $class.IsPublic -and $class.IsSealed | Should -BeTrue -Because $class
            $file = $sources | Where-Object BaseName -EQ $class.Name
            @($file).Count | Should -Be 1 -Because $class
            @(Select-String '^\s*\[Cmdlet\(' $file).Count | Should -Be 1 -Because $file
        }
        $module.ExportedCmdlets.Values.Verb | Where-Object { $_ -notin (Get-Verb).Verb } | Should -BeNullOrEmpty
    }

    It 'has every view of formats in the one file that PowerShell reads, and each once' {
        $manifest.FormatsToProcess | Should -Be 'bin/GoCross.format.ps1xml'
        $names = Select-Xml -Path "$root/formats/*.format.ps1xml" -XPath '//View/Name' | ForEach-Object { $_.Node.InnerText } | Sort-Object
        $names | Sort-Object -Unique | Should -Be $names
        Select-Xml -Path "$root/bin/GoCross.format.ps1xml" -XPath '//View/Name' | ForEach-Object { $_.Node.InnerText } |
            Sort-Object | Should -Be $names
    }

    It 'is what surface.txt records; ./build.sh surface records it anew' {
        $changes = Compare-Object (Get-Content "$PSScriptRoot/surface.txt") @(& "$PSScriptRoot/Surface.ps1") |
            ForEach-Object { "$($_.SideIndicator) $($_.InputObject)" }
        $changes | Should -BeNullOrEmpty
    }

    It 'imports into a new session without the libraries of bin/lib' {
        $loaded = Invoke-PowerShell -Command @"
            `$ErrorActionPreference = 'Stop'
            Import-Module '$root/GoCross.psd1'
            [AppDomain]::CurrentDomain.GetAssemblies().Location
"@
        $LASTEXITCODE | Should -Be 0
        $loaded | Should -Contain (Join-Path $root bin GoCross.Cmdlets.dll)
        $libraries = (Get-ChildItem "$root/bin/lib").FullName
        $libraries | Should -Not -BeNullOrEmpty
        $loaded | Where-Object { $_ -in $libraries } | Should -BeNullOrEmpty
        $loaded | Where-Object { [IO.Path]::GetFileName($_) -in 'Docker.DotNet.dll', 'YamlDotNet.dll', 'ICSharpCode.SharpZipLib.dll' } | Should -BeNullOrEmpty
    }

    It 'imports with no process started and no network asked (needs strace)' -Skip:$noStrace {
        $trace = Join-Path $TestDrive trace
        $program, $first = & "$PSScriptRoot/PowerShellProgram.ps1"
        $line = @($first) + '-NoProfile', '-NonInteractive', '-Command', "Import-Module '$root/GoCross.psd1'" | Where-Object { $_ }
        strace -f -qq -e trace=execve,connect -o $trace $program @line
        $LASTEXITCODE | Should -Be 0
        $calls = Get-Content $trace
        @($calls -match 'execve\(.*= 0$').Count | Should -Be 1 -Because 'strace itself starts pwsh'
        $calls -match 'AF_INET' | Should -BeNullOrEmpty
    }

    It 'has a page in docs for each cmdlet, and the topics' {
        $pages = (Get-ChildItem "$root/docs/*.md" -Exclude measurements.md).BaseName
        $pages -notlike 'about_*' | Sort-Object | Should -Be ($module.ExportedCmdlets.Keys | Sort-Object)
        foreach ($topic in 'about_GoCross', 'about_GoCross_Strategies', 'about_GoCross_CI') {
            $pages | Should -Contain $topic
            Get-Help $topic | Out-String | Should -Match "TOPIC\s+$topic\s+SHORT DESCRIPTION"
        }
    }

    It 'has links between its pages that lead somewhere' {
        $links = foreach ($page in @(Get-Item "$root/README.md") + @(Get-ChildItem "$root/docs" -Recurse -Filter *.md)) {
            foreach ($match in (Select-String '\]\((?!https?:)([^)#\s]+)\)' $page -AllMatches).Matches) {
                Join-Path $page.Directory $match.Groups[1].Value | Should -Exist -Because $page
                $match.Value
            }
        }
        $links.Count | Should -BeGreaterThan 50
    }
}

# An error has a text NAME, what is wrong, and a text NAMEFix, what to do; NAME is its id.
Describe 'The texts of <Room>' -ForEach @(
    @{ Room = 'the engine'; Folder = 'src/Module' }
    @{ Room = 'the cmdlets'; Folder = 'src/Cmdlets' }
) {
    BeforeAll {
        $texts = ([xml] (Get-Content -Raw (Get-ChildItem "$root/$Folder" -Recurse -Filter Messages.resx))).root.data
        $sources = Get-ChildItem "$root/src" -Recurse -Filter *.cs
    }

    It 'are pairs where they are of errors, none of them empty or there twice' {
        $texts.Count | Should -BeGreaterThan 20
        $texts | Where-Object { [string]::IsNullOrWhiteSpace($_.value) } | Should -BeNullOrEmpty
        $texts.name | Group-Object | Where-Object Count -GT 1 | Should -BeNullOrEmpty
        $errors = ($sources | Select-String 'ErrorKind\.\w+,\s*nameof\(Messages\.(\w+)\)' -AllMatches).Matches |
            ForEach-Object { $_.Groups[1].Value } | Where-Object { $_ -in $texts.name }
        $errors | Where-Object { "${_}Fix" -notin $texts.name } | Should -BeNullOrEmpty
        $texts.name -match 'Fix$' -replace 'Fix$' | Where-Object { $_ -notin $texts.name } | Should -BeNullOrEmpty
    }

    It 'are all used' {
        $used = ($sources | Where-Object FullName -Like "$root/$Folder/*" | Select-String '\bMessages\.(\w+)' -AllMatches).Matches |
            ForEach-Object { $_.Groups[1].Value } | Sort-Object -Unique
        $texts.name -notmatch 'Fix$' | Where-Object { $_ -notin $used } | Should -BeNullOrEmpty
    }
}

Describe '<Script>' -ForEach $scripts {
    It 'gives our cmdlets parameters that they have' {
        $errors = $null
        $parsed = [System.Management.Automation.Language.Parser]::ParseFile($Path, [ref] $null, [ref] $errors)
        $errors | Should -BeNullOrEmpty
        Get-UnknownParameter $parsed | Should -BeNullOrEmpty
    }
}

Describe '<Name>' -ForEach $cmdlets {
    BeforeAll {
        $help = Get-Help "GoCross\$Name" -Full
        $command = Get-Command $Name
    }

    It 'has a synopsis and a description' {
        $help.Synopsis.Trim() | Should -Not -BeNullOrEmpty
        # What PowerShell makes up for a cmdlet without help has the syntax for its synopsis.
        $help.Synopsis | Should -Not -Match "^\s*$Name "
        ($help.description | Out-String).Trim() | Should -Not -BeNullOrEmpty
    }

    It 'has two examples or more, which parse and are explained' {
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
        foreach ($example in $help.examples.example) {
            ($example.remarks | Out-String).Trim() | Should -Not -BeNullOrEmpty -Because $example.code
            $errors = $null
            $script = [System.Management.Automation.Language.Parser]::ParseInput($example.code, [ref] $null, [ref] $errors)
            $errors | Should -BeNullOrEmpty -Because $example.code
            Get-UnknownParameter $script | Should -BeNullOrEmpty
        }
        $help.examples.example.code -match $Name | Should -Not -BeNullOrEmpty
    }

    It 'explains each of its parameters and no other' {
        $own = $command.Parameters.Keys | Where-Object { $_ -notin $common }
        foreach ($parameter in $own) {
            $text = ($help.parameters.parameter | Where-Object name -EQ $parameter).description | Out-String
            $text.Trim() | Should -Not -BeNullOrEmpty -Because "-$parameter needs an explanation"
        }
        $help.parameters.parameter.name | Where-Object { $_ -notin $command.Parameters.Keys } | Should -BeNullOrEmpty
    }

    It 'shows its examples apart from each other' {
        $text = $help.examples | Out-String -Width 200
        # After the heading of each example but the first there is what is left of the one before: an empty line at least.
        foreach ($example in $help.examples.example | Select-Object -Skip 1) {
            $text | Should -Match ("\n[ \t]*\r?\n[ \t]*-* *" + [regex]::Escape($example.title))
        }
    }

    It 'has no online version: the checkout knows no address of its own' {
        $help.relatedLinks.navigationLink.uri | Where-Object { $_ } | Should -BeNullOrEmpty
    }

    It 'says what it takes and what it emits' {
        $command.OutputType.Name | Should -Not -BeNullOrEmpty
        @($help.inputTypes.inputType).Count | Should -BeGreaterOrEqual 1
        $described = $help.returnValues.returnValue.type.name -join ' '
        foreach ($type in $command.OutputType.Type) { $described | Should -Match ([regex]::Escape($type.Name)) }
    }
}

Describe 'A second copy of the module in one session' {
    It 'is imported beside the first, and works' {
        foreach ($part in 'GoCross.psd1', 'bin', 'en-US') { Copy-Item "$PSScriptRoot/../$part" $TestDrive -Recurse }
        $said = Invoke-PowerShell -Command @"
            `$ErrorActionPreference = 'Stop'
            Import-Module '$PSScriptRoot/../GoCross.psd1'
            Import-Module '$TestDrive/GoCross.psd1'
            (Get-Module GoCross).Count
            (Get-ElfDependency '$([Environment]::ProcessPath)' | Format-Table | Out-String).Length -gt 0
"@
        $said | Should -Be '2', 'True'
    }
}
