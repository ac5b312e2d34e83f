# What this project gives to GoCross, on the machines of CI and at people's prompts: the values of parameters, under the
# name of the cmdlet that gets them. Import-PowerShellDataFile reads it, and splatting passes it on.
@{
    'Invoke-GoCrossBuild'  = @{
        Package  = '.'
        Target   = 'linux/amd64', 'linux/arm64'
        Strategy = 'Static'
    }

    'New-ScratchImage'     = @{
        Port  = 8080
        Label = @{ 'org.opencontainers.image.licenses' = 'MIT' }
    }

    # Gates: what fails here fails the job.
    'Test-ImageLayer'      = @{
        MaximumSize               = 20MB
        MaximumReclaimablePercent = 5
        NonRoot                   = $true
        NoSetuid                  = $true
        CanStart                  = $true
    }

    'Test-GoVulnerability' = @{
        Reach     = 'Symbol', 'Package', 'Unknown'
        OnlyFixed = $true
    }
}
