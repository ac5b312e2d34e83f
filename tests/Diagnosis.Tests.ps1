#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $noGo = -not (Find-Go)
    $page = "$PSScriptRoot/../docs/guides/in-place-of-dive-syft-and-grype.md"
    $blocks = [regex]::Matches((Get-Content $page -Raw), '(?ms)^```powershell\n(.*?)^```') | ForEach-Object { @{ Code = $_.Groups[1].Value } }
}

Describe 'In place of dive, syft and grype (needs go)' -Skip:$noGo {
    BeforeAll {
        . "$PSScriptRoot/PesterSupport.ps1"
        Push-Location $TestDrive
        $null = Invoke-GoCrossBuild (New-GoModule $TestDrive) -Target linux/amd64 -OutputPath "$TestDrive/bin/{name}" |
            New-ScratchImage -Tag api:1 -OutputPath "$TestDrive/api.tar" -WarningAction Ignore
        New-Item -ItemType Directory "$TestDrive/source/ID", "$TestDrive/source/index" | Out-Null
        Set-Content "$TestDrive/source/index/db.json" '{"modified":"2026-01-02T03:04:05Z"}'
        Set-Content "$TestDrive/source/ID/GO-2099-0001.json" @'
{"id":"GO-2099-0001","modified":"2026-01-02T03:04:05Z","affected":[{"package":{"ecosystem":"Go","name":"stdlib"},
 "ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"99.0.0"}]}],"ecosystem_specific":{"imports":[{"path":"runtime"}]}}]}
'@
        Compress-Archive "$TestDrive/source/*" "$TestDrive/vulndb.zip"

        # The databases of whoever runs the test are left alone.
        $before = $env:XDG_DATA_HOME
        $env:XDG_DATA_HOME = "$TestDrive/data"
    }

    AfterAll {
        $env:XDG_DATA_HOME = $before
        Pop-Location
    }

    It 'runs <Code>' -ForEach $blocks {
        # In a process of its own: one of them ends the script, as a step of CI does.
        Set-Content "$TestDrive/step.ps1" "Import-Module '$PSScriptRoot/../GoCross.psd1'`n`$ErrorActionPreference = 'Stop'`n$Code"
        $expected = $Code -match '\bexit\b' ? 1 : 0
        Invoke-PowerShell -File "$TestDrive/step.ps1" | Out-Null
        $LASTEXITCODE | Should -Be $expected
    }
}
