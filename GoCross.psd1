@{
    RootModule           = 'bin/GoCross.Cmdlets.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '6e0f4c1c-52d6-4b1f-9d53-8f3c2a1f7e90'
    Author               = 'The GoCross authors'
    CompanyName          = 'GoCross'
    Copyright            = 'Copyright (c) 2026 The GoCross authors. MIT License.'
    Description          = 'Takes Go source to the smallest container image that provably runs: cross-compiles, tells what a binary needs, writes the Dockerfile and the image that fit, and compares images layer by layer.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('bin/GoCross.format.ps1xml')
    CmdletsToExport      = @(
        'Compare-ElfDependency',
        'Compare-ImageLayer',
        'Find-GoVulnerability',
        'Get-ElfDependency',
        'Get-GoCrossToolchain',
        'Get-GoSbom',
        'Get-GoTarget',
        'Get-ImageLayer',
        'Invoke-GoCrossBuild',
        'Compress-GoBinary',
        'Measure-GoBinary',
        'Measure-GoBuildStrategy',
        'New-ScratchDockerfile',
        'New-ScratchImage',
        'Test-GoBinary',
        'Test-GoVulnerability',
        'Test-ImageLayer',
        'Update-GoVulnerabilityDatabase'
    )
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags         = @('Go', 'golang', 'cross-compile', 'ELF', 'musl', 'Docker', 'OCI', 'container', 'scratch', 'image')
            ReleaseNotes = 'See CHANGELOG.md.'
        }
    }
}
