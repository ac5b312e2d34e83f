#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $cmdlets = (Get-Module GoCross).ExportedCmdlets.Keys | ForEach-Object { @{ Name = $_ } }
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
}

Describe 'The module' {
    It 'has a manifest that Test-ModuleManifest takes' {
        (Test-ModuleManifest "$PSScriptRoot/../GoCross.psd1" -ErrorAction Stop).Name | Should -Be 'GoCross'
    }

    It 'exports cmdlets and nothing else' {
        $module = Get-Module GoCross
        $module.ExportedCmdlets.Count | Should -BeGreaterOrEqual 5
        $module.ExportedFunctions.Count | Should -Be 0
        $module.ExportedVariables.Count | Should -Be 0
        $module.ExportedAliases.Count | Should -Be 0
    }

    It 'imports into a new session without Docker.DotNet' {
        $manifest = Resolve-Path "$PSScriptRoot/../GoCross.psd1"
        $loaded = Invoke-PowerShell -Command @"
            `$ErrorActionPreference = 'Stop'
            Import-Module '$manifest'
            [AppDomain]::CurrentDomain.GetAssemblies().ForEach({ `$_.GetName().Name })
"@
        $LASTEXITCODE | Should -Be 0
        $loaded | Should -Contain 'GoCross.Cmdlets'
        $loaded | Should -Not -Contain 'Docker.DotNet'
    }

    It 'has an about topic' {
        $topic = Get-Content "$PSScriptRoot/../en-US/about_GoCross.help.txt" -Raw
        $topic | Should -Match 'SHORT DESCRIPTION'
    }
}

Describe '<Name>' -ForEach $cmdlets {
    BeforeAll {
        $help = Get-Help $Name -Full
        $command = Get-Command $Name
    }

    It 'has a synopsis and a description' {
        $help.Synopsis.Trim() | Should -Not -BeNullOrEmpty
        $help.Synopsis | Should -Not -Match "^\s*$Name "
        ($help.description | Out-String).Trim() | Should -Not -BeNullOrEmpty
    }

    It 'has two examples or more' {
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
    }

    It 'explains each of its parameters' {
        $common = [System.Management.Automation.PSCmdlet]::CommonParameters +
            [System.Management.Automation.PSCmdlet]::OptionalCommonParameters
        foreach ($parameter in $command.Parameters.Keys | Where-Object { $_ -notin $common }) {
            $text = ($help.parameters.parameter | Where-Object name -EQ $parameter).description | Out-String
            $text.Trim() | Should -Not -BeNullOrEmpty -Because "-$parameter needs an explanation"
        }
    }

    It 'says what it emits' {
        $command.OutputType.Name | Should -Not -BeNullOrEmpty
    }
}
