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
        Compress-Archive "$(New-VulnerabilityReport "$TestDrive/source" -Package runtime)/*" "$TestDrive/vulndb.zip"

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

Describe 'An image in a registry (needs go, docker-registry)' -Skip:($noGo -or -not (Find-Program docker-registry)) {
    BeforeAll {
        . "$PSScriptRoot/PesterSupport.ps1"
        $address = "127.0.0.1:$(Find-Port)"
        $registry = Start-Registry $TestDrive $address
        $null = Invoke-GoCrossBuild (New-GoModule $TestDrive) -Target linux/amd64 -OutputPath "$TestDrive/bin/{name}" |
            New-ScratchImage -Tag "$address/api:1" -OutputPath "$TestDrive/api.tar" -Compression Gzip -Push -WarningAction Ignore
        $null = Update-GoVulnerabilityDatabase -ImportPath (New-VulnerabilityReport "$TestDrive/source" -Package runtime) -DatabasePath "$TestDrive/db"
    }

    AfterAll { $registry | Stop-Process }

    It 'is fetched once for all that is asked about it' {
        $before = @(Get-Content "$TestDrive/access.log").Count
        $image = "docker://$address/api:1"

        Get-ImageLayer $image | Should -Not -BeNullOrEmpty
        (Test-ImageLayer $image -MaximumSize 100MB).Passed | Should -BeTrue
        (Get-GoSbom -Image $image).Components.Name | Should -Contain 'stdlib'
        (Find-GoVulnerability -Image $image -DatabasePath "$TestDrive/db").Reach | Should -Be Package
        (Get-ElfDependency -Image $image).RunsInScratch | Should -Be Yes

        # The registry's own record: each blob once; where the tag leads to, for each question.
        $requests = Get-Content "$TestDrive/access.log" | Select-Object -Skip $before | ForEach-Object { ($_ -split '"')[1] }
        $blobs = @($requests -like 'GET /v2/api/blobs/*')
        $blobs.Count | Should -BeGreaterThan 1
        $blobs | Select-Object -Unique | Should -HaveCount $blobs.Count
        @($requests -like 'GET /v2/api/manifests/1 *') | Should -HaveCount 5
        $requests | Should -HaveCount ($blobs.Count + 5)
    }
}
