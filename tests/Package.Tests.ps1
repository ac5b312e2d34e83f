#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

# What is published: its files, and that it can be installed.

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
    $root = Convert-Path "$PSScriptRoot/.."
    $said = Invoke-PowerShell -File "$root/build.ps1" package -NoBuild -ProjectUri https://git.example/team/gocross/ *>&1 | Out-String
    if ($LASTEXITCODE -ne 0) { throw $said }
    $version = (Import-PowerShellDataFile "$root/GoCross.psd1").ModuleVersion
    $folder = "$root/out/GoCross/$version"
    $assemblies = Get-ChildItem "$folder/bin" -Recurse -Filter *.dll
    $libraries = $assemblies | Where-Object Name -NotLike 'GoCross.*'
}

Describe 'The package' -Tag Slow {
    It 'has the module, its help and its notices, and nothing else' {
        (Get-ChildItem $folder).Name | Sort-Object | Should -Be @(
            'bin', 'CHANGELOG.md', 'en-US', 'GoCross.psd1', 'LICENSE', 'README.md', 'THIRD-PARTY-NOTICES.md' | Sort-Object)
        (Get-ChildItem "$folder/bin" -Recurse -File | Where-Object Extension -NE .dll).Name | Should -Be 'GoCross.format.ps1xml'
        # What PowerShell and .NET bring is theirs to bring; the SDK of the tests has parts under terms of their own.
        $libraries.Name | Where-Object { $_ -match '^(System\.Management|Microsoft\.)' } | Should -BeNullOrEmpty
    }

    It 'has no reference assembly, which has no code' {
        foreach ($file in $assemblies) {
            $stream = [IO.File]::OpenRead($file)
            try {
                $image = [System.Reflection.PortableExecutable.PEReader]::new($stream)
                $metadata = [System.Reflection.Metadata.PEReaderExtensions]::GetMetadataReader($image)
                $names = $metadata.TypeReferences | ForEach-Object { $metadata.GetString($metadata.GetTypeReference($_).Name) }
                $names | Should -Not -Contain 'ReferenceAssemblyAttribute' -Because $file.Name
            }
            finally { $stream.Dispose() }
        }
    }

    It 'names each library of others with its version in its notices' {
        $notices = Get-Content "$folder/THIRD-PARTY-NOTICES.md"
        # What restored them knows which package each file is of.
        $packages = foreach ($assets in Get-Item "$root/artifacts/obj/GoCross.*/project.assets.json") {
            (Get-Content -Raw $assets | ConvertFrom-Json -AsHashtable).targets.Values | ForEach-Object { $_.GetEnumerator() }
        }
        $libraries.Count | Should -BeGreaterThan 3
        foreach ($library in $libraries) {
            $package = ($packages | Where-Object { $_.Value.runtime.Keys -like "*/$($library.Name)" } | Select-Object -First 1).Key
            $row = '| {0} | {1} |*' -f [IO.Path]::GetRelativePath($folder, $library).Replace('\', '/'), $package.Replace('/', ' ')
            $notices -like $row | Should -HaveCount 1 -Because $row
        }
    }

    It 'says where it comes from, if who packages it does, and makes nothing up' {
        $data = (Import-PowerShellDataFile "$folder/GoCross.psd1").PrivateData.PSData
        $data.ProjectUri | Should -Be 'https://git.example/team/gocross'
        $data.LicenseUri | Should -Be 'https://git.example/team/gocross/blob/main/LICENSE'
        Join-Path $root ($data.LicenseUri -replace '^.*/blob/main/') | Should -Exist
        (Import-PowerShellDataFile "$root/GoCross.psd1").PrivateData.PSData.Keys | Should -Not -Contain 'ProjectUri'
        # As Compress-PSResource gives it on to whoever looks into the file.
        $archive = [IO.Compression.ZipFile]::OpenRead("$root/out/GoCross.$version.nupkg")
        try {
            $reader = [IO.StreamReader]::new($archive.GetEntry('GoCross.nuspec').Open())
            ([xml] $reader.ReadToEnd()).package.metadata.projectUrl | Should -Be $data.ProjectUri
        }
        finally { $archive.Dispose() }
    }

    It 'leads with Get-Help -Online to pages that are in the repository' {
        $found = Invoke-PowerShell -Command @"
            `$ErrorActionPreference = 'Stop'
            Import-Module '$folder/GoCross.psd1'
            (Get-Command -Module GoCross).Name | ForEach-Object { ((Get-Help "GoCross\`$_").relatedLinks.navigationLink | Where-Object uri)[0].uri }
"@
        $found.Count | Should -Be (Get-Command -Module GoCross).Count
        foreach ($uri in $found) {
            $uri | Should -BeLike 'https://git.example/team/gocross/blob/main/docs/*'
            Join-Path $root ($uri -replace '^.*/blob/main/') | Should -Exist
        }
    }

    It 'is not made with what is no address' {
        $wrong = Invoke-PowerShell -File "$root/build.ps1" package -NoBuild -ProjectUri gocross *>&1 | Out-String
        $LASTEXITCODE | Should -Not -Be 0
        $wrong | Should -Match 'https address'
    }

    It 'is installed by Install-PSResource and imported by its name' {
        $repository = New-Item -ItemType Directory "$TestDrive/repository"
        Copy-Item "$root/out/GoCross.$version.nupkg" $repository
        $script = @"
            `$ErrorActionPreference = 'Stop'
            `$ProgressPreference = 'SilentlyContinue'
            Register-PSResourceRepository -Name local -Uri '$repository' -Trusted
            Install-PSResource GoCross -Repository local -Scope CurrentUser
            Import-Module GoCross
            (Get-Module GoCross).ModuleBase
            (Get-Command -Module GoCross).Count
            (Get-Help Get-ElfDependency).Synopsis
            (Get-ElfDependency ([Environment]::ProcessPath)).GetType().Assembly.Location
"@
        # A user of a home of his own: neither this user's modules nor his repositories are touched.
        $before = $env:HOME, $env:XDG_DATA_HOME, $env:PSModulePath
        $env:HOME = "$TestDrive/home"
        $env:XDG_DATA_HOME = New-Item -ItemType Directory "$TestDrive/home/.local/share"
        $env:PSModulePath = $null
        try { $base, $commands, $synopsis, $assembly = Invoke-PowerShell -Command $script }
        finally { $env:HOME, $env:XDG_DATA_HOME, $env:PSModulePath = $before }
        $LASTEXITCODE | Should -Be 0
        $base | Should -Be (Join-Path $TestDrive home .local share powershell Modules GoCross $version)
        $commands | Should -Be (Get-Command -Module GoCross).Count
        $synopsis | Should -Not -BeNullOrEmpty
        $assembly | Should -BeLike "$base/bin/*"
    }
}

Describe 'A package with a vulnerability database' -Tag Slow {
    BeforeAll {
        # Facts, with a sentence that is somebody's.
        $database = New-VulnerabilityReport "$TestDrive/source" -Module example.test/a -Fixed 1.0.0
        $newer = New-VulnerabilityReport "$TestDrive/newer" -Module example.test/a -Fixed 2.0.0 -Modified 2026-02-03T04:05:06Z
        Get-Content -Raw "$database/ID/*.json" | Should -Match 'about GO-2099-0001'
        $said = Invoke-PowerShell -File "$root/build.ps1" package -NoBuild -VulnerabilityDatabase $database *>&1 | Out-String
        if ($LASTEXITCODE -ne 0) { throw $said }
        Set-Content "$TestDrive/app.cdx.json" @'
{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"example.test/a","purl":"pkg:golang/example.test/a@v0.5.0"}]}
'@
        function Invoke-Packaged([string] $Script) {
            # A user of a home of his own: what databases this user has does not count.
            $before = $env:XDG_DATA_HOME
            $env:XDG_DATA_HOME = New-Item -ItemType Directory "$TestDrive/data" -Force
            try { Invoke-PowerShell -Command "`$ErrorActionPreference = 'Stop'; Import-Module '$folder/GoCross.psd1'; $Script" }
            finally { $env:XDG_DATA_HOME = $before }
            $LASTEXITCODE | Should -Be 0
        }
    }

    AfterAll {
        # As the other tests and whoever publishes expect it: facts of others are in no package by chance.
        Invoke-PowerShell -File "$root/build.ps1" package -NoBuild *>&1 | Out-Null
    }

    It 'has its facts, the date and whose they are, and nobody''s words' {
        (Get-ChildItem "$folder/vulnerabilities").Name | Sort-Object | Should -Be 'go.vulnindex', 'NOTICE.txt'
        $notice = Get-Content -Raw "$folder/vulnerabilities/NOTICE.txt"
        $notice | Should -Match 'CC-BY-4\.0'
        $notice | Should -Match '2026-01-02'
        Get-Content -Raw "$folder/vulnerabilities/go.vulnindex" | Should -Not -Match 'about GO-2099-0001'
    }

    It 'answers offline from the first minute, and a newer database that an update brought wins' {
        Invoke-Packaged "(Find-GoVulnerability '$TestDrive/app.cdx.json').FixedIn" | Should -Be 'v1.0.0'
        Invoke-Packaged "`$null = Update-GoVulnerabilityDatabase -ImportPath '$newer'; (Find-GoVulnerability '$TestDrive/app.cdx.json').FixedIn" |
            Should -Be 'v2.0.0'
    }
}
