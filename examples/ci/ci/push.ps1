<#
.SYNOPSIS
Pushes the image that image.ps1 tested with the bills of materials attached to it, and writes its name with the digest.

.PARAMETER Tag
REGISTRY/PATH:TAG.

.PARAMETER Credential
USER:PASSWORD for the registry. Without it the logins of docker login are used.
#>
#Requires -Version 7.4
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Tag,
    [string] $Credential
)

$ErrorActionPreference = 'Stop'
$root = Split-Path $PSScriptRoot
$forImage = (Import-PowerShellDataFile "$root/gocross.psd1")['New-ScratchImage']

# The same programs and parameters give the same digest. Another one is another image, which nobody has tested.
$tested = Get-Content "$root/dist/image.digest"
$image = New-ScratchImage "$root/dist/*/*" @forImage -OutputPath "$root/dist/push.tar" -Force
if ($image.Digest -ne $tested) { throw "The image is $($image.Digest), and $tested was tested. Run ci/image.ps1 on the same programs." }

$before = $env:DOCKER_CONFIG
try {
    if ($Credential) {
        # As docker login writes it, in a folder that only this user reads.
        $env:DOCKER_CONFIG = [IO.Directory]::CreateTempSubdirectory('gocross-push-').FullName
        $auth = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($Credential))
        @{ auths = @{ $Tag.Split('/')[0] = @{ auth = $auth } } } | ConvertTo-Json -Depth 3 | Set-Content "$env:DOCKER_CONFIG/config.json"
    }
    $pushed = New-ScratchImage "$root/dist/*/*" @forImage -Tag $Tag -AttachmentPath (Get-Item "$root/dist/*.cdx.json") -Push
    $pushed.PushedReference
}
finally {
    if ($Credential) { Remove-Item $env:DOCKER_CONFIG -Recurse }
    $env:DOCKER_CONFIG = $before
}
