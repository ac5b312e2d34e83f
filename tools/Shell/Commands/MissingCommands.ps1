# Commands that pwsh ships as modules and PowerShell's engine alone does not have, as far as the prompt and
# examples/*.ps1 need them. Each does the common part of the real one, under its name and its parameters' names;
# a parameter that is not here is an error, not a silent difference. The trap in each makes of an exception of a
# method the error that the method meant.

function Set-Location {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Position = 0, ParameterSetName = 'Path', ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [string] $Path = '~',
        [Parameter(Mandatory, ParameterSetName = 'LiteralPath', ValueFromPipelineByPropertyName)]
        [Alias('PSPath', 'LP')]
        [string] $LiteralPath,
        [switch] $PassThru
    )
    process {
        trap [System.Management.Automation.MethodInvocationException] {
            $inner = $_.Exception.InnerException
            $PSCmdlet.WriteError($(if ($inner.ErrorRecord) { $inner.ErrorRecord } else { $_ }))
            continue
        }
        if ($LiteralPath) { $Path = [WildcardPattern]::Escape($LiteralPath) }
        $location = $ExecutionContext.SessionState.Path.SetLocation($Path)
        if ($PassThru) { $location }
    }
}

function Get-Location {
    [CmdletBinding()]
    param()
    $ExecutionContext.SessionState.Path.CurrentLocation
}

function Get-ChildItem {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Position = 0, ParameterSetName = 'Path', ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [string[]] $Path = '.',
        [Parameter(Mandatory, ParameterSetName = 'LiteralPath', ValueFromPipelineByPropertyName)]
        [Alias('PSPath', 'LP')]
        [string[]] $LiteralPath,
        [Parameter(Position = 1)]
        [string] $Filter = '*',
        [switch] $Recurse,
        [switch] $Force,
        [switch] $Directory,
        [switch] $File,
        [switch] $Name
    )
    process {
        trap [System.Management.Automation.MethodInvocationException] {
            $inner = $_.Exception.InnerException
            $PSCmdlet.WriteError($(if ($inner.ErrorRecord) { $inner.ErrorRecord } else { $_ }))
            continue
        }
        $literal = $PSCmdlet.ParameterSetName -eq 'LiteralPath'
        $where = if ($literal) { $LiteralPath } else { $Path }
        foreach ($item in $PSCmdlet.InvokeProvider.ChildItem.Get($where, $Recurse, $Force, $literal)) {
            if ($item.PSChildName -notlike $Filter) { continue }
            if ($Directory -and -not $item.PSIsContainer) { continue }
            if ($File -and $item.PSIsContainer) { continue }
            if ($Name) { $item.PSChildName } else { $item }
        }
    }
}

function Get-Content {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'Path', ValueFromPipelineByPropertyName)]
        [Alias('FullName')]
        [string[]] $Path,
        [Parameter(Mandatory, ParameterSetName = 'LiteralPath', ValueFromPipelineByPropertyName)]
        [Alias('PSPath', 'LP')]
        [string[]] $LiteralPath,
        [switch] $Raw
    )
    process {
        trap [System.Management.Automation.MethodInvocationException] {
            $inner = $_.Exception.InnerException
            $PSCmdlet.WriteError($(if ($inner.ErrorRecord) { $inner.ErrorRecord } else { $_ }))
            continue
        }
        $files = if ($LiteralPath) {
            foreach ($one in $LiteralPath) { $PSCmdlet.GetUnresolvedProviderPathFromPSPath($one) }
        }
        else {
            foreach ($one in $Path) {
                $provider = $null
                $PSCmdlet.GetResolvedProviderPathFromPSPath($one, [ref] $provider)
            }
        }
        foreach ($file in $files) {
            if ($Raw) { [System.IO.File]::ReadAllText($file) } else { [System.IO.File]::ReadLines($file) }
        }
    }
}

function Test-Path {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'Path', ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [string[]] $Path,
        [Parameter(Mandatory, ParameterSetName = 'LiteralPath', ValueFromPipelineByPropertyName)]
        [Alias('PSPath', 'LP')]
        [string[]] $LiteralPath,
        [ValidateSet('Any', 'Container', 'Leaf')]
        [string] $PathType = 'Any'
    )
    process {
        trap [System.Management.Automation.MethodInvocationException] {
            $inner = $_.Exception.InnerException
            $PSCmdlet.WriteError($(if ($inner.ErrorRecord) { $inner.ErrorRecord } else { $_ }))
            continue
        }
        $literal = $PSCmdlet.ParameterSetName -eq 'LiteralPath'
        foreach ($one in $(if ($literal) { $LiteralPath } else { $Path })) {
            $exists = $PSCmdlet.InvokeProvider.Item.Exists($one, $false, $literal)
            if ($exists -and $PathType -ne 'Any') {
                $escaped = if ($literal) { [WildcardPattern]::Escape($one) } else { $one }
                $isContainer = $PSCmdlet.InvokeProvider.Item.IsContainer($escaped)
                $exists = $isContainer -eq ($PathType -eq 'Container')
            }
            $exists
        }
    }
}

function Join-Path {
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [string[]] $Path,
        [Parameter(Mandatory, Position = 1)]
        [AllowEmptyString()]
        [string] $ChildPath,
        [Parameter(Position = 2, ValueFromRemainingArguments)]
        [string[]] $AdditionalChildPath
    )
    process {
        foreach ($one in $Path) {
            foreach ($child in @($ChildPath) + $AdditionalChildPath) {
                if ($child) { $one = $PSCmdlet.SessionState.Path.Combine($one, $child) }
            }
            $one
        }
    }
}

function New-Item {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [string[]] $Path,
        [Alias('Type')]
        [ValidateSet('File', 'Directory')]
        [string] $ItemType = 'File',
        [object] $Value,
        [switch] $Force
    )
    process {
        trap [System.Management.Automation.MethodInvocationException] {
            $inner = $_.Exception.InnerException
            $PSCmdlet.WriteError($(if ($inner.ErrorRecord) { $inner.ErrorRecord } else { $_ }))
            continue
        }
        foreach ($one in $Path) {
            if (-not $PSCmdlet.ShouldProcess($one, "Create $ItemType")) { continue }
            # A folder that is there already is no error with -Force, as in the real one.
            $full = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($one)
            if ($Force -and $ItemType -eq 'Directory' -and [System.IO.Directory]::Exists($full)) {
                [System.IO.DirectoryInfo]::new($full)
            }
            else {
                $PSCmdlet.InvokeProvider.Item.New($one, '', $ItemType, $Value)
            }
        }
    }
}

function Remove-Item {
    [CmdletBinding(DefaultParameterSetName = 'Path', SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'Path', ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [string[]] $Path,
        [Parameter(Mandatory, ParameterSetName = 'LiteralPath', ValueFromPipelineByPropertyName)]
        [Alias('PSPath', 'LP')]
        [string[]] $LiteralPath,
        [switch] $Recurse,
        [switch] $Force
    )
    process {
        trap [System.Management.Automation.MethodInvocationException] {
            $inner = $_.Exception.InnerException
            $PSCmdlet.WriteError($(if ($inner.ErrorRecord) { $inner.ErrorRecord } else { $_ }))
            continue
        }
        $literal = $PSCmdlet.ParameterSetName -eq 'LiteralPath'
        foreach ($one in $(if ($literal) { $LiteralPath } else { $Path })) {
            if ($PSCmdlet.ShouldProcess($one, 'Remove')) {
                $PSCmdlet.InvokeProvider.Item.Remove(@($one), $Recurse, $Force, $literal)
            }
        }
    }
}

function Write-Host {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromRemainingArguments)]
        [Alias('Msg', 'Message')]
        [object] $Object,
        [switch] $NoNewline,
        [object] $Separator = ' ',
        [ConsoleColor] $ForegroundColor = $Host.UI.RawUI.ForegroundColor,
        [ConsoleColor] $BackgroundColor = $Host.UI.RawUI.BackgroundColor
    )
    process {
        $text = @($Object) -join $Separator
        if ($NoNewline) { $Host.UI.Write($ForegroundColor, $BackgroundColor, $text) }
        else { $Host.UI.WriteLine($ForegroundColor, $BackgroundColor, $text) }
    }
}

function Write-Output {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromRemainingArguments)]
        [AllowNull()]
        [AllowEmptyCollection()]
        [object] $InputObject,
        [switch] $NoEnumerate
    )
    process { $PSCmdlet.WriteObject($InputObject, -not $NoEnumerate) }
}
