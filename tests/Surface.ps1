<#
.SYNOPSIS
Emits what users and scripts can name of the module, one item a line, sorted: what tests/surface.txt records.

.DESCRIPTION
Cmdlets with their parameter sets, parameters, what they emit with its properties, the values of enumerations, and the
ErrorIds. Types go by their names alone: a namespace is that of a room, and rooms may change.
#>
$module = Import-Module "$PSScriptRoot/../GoCross.psd1" -PassThru

function Format-Type([type] $Type) {
    if ($Type.IsArray) { return (Format-Type $Type.GetElementType()) + '[]' }
    $inner = [Nullable]::GetUnderlyingType($Type)
    if ($inner) { return (Format-Type $inner) + '?' }
    if (-not $Type.IsGenericType) { return $Type.Name }
    "$($Type.Name -replace '`\d+$')<$(($Type.GenericTypeArguments | ForEach-Object { Format-Type $_ }) -join ', ')>"
}

# Types of ours that are still to be told of, and those that were.
$waiting = [Collections.Generic.Queue[type]]::new()
$known = [Collections.Generic.HashSet[type]]::new()
function Add-Type([type] $Type) {
    if ($Type.IsArray) { return Add-Type $Type.GetElementType() }
    $Type.GenericTypeArguments | ForEach-Object { Add-Type $_ }
    if ($Type.Assembly.GetName().Name -like 'GoCross.*' -and $known.Add($Type)) { $waiting.Enqueue($Type) }
}

$lines = @(
    foreach ($cmdlet in $module.ExportedCmdlets.Values) {
        "cmdlet $($cmdlet.Name)"
        foreach ($output in $cmdlet.OutputType.Type) {
            "output $($cmdlet.Name) $(Format-Type $output)"
            Add-Type $output
        }
        foreach ($parameter in $cmdlet.Parameters.Values) {
            if ($parameter.Name -in [Management.Automation.PSCmdlet]::CommonParameters) { continue }
            $aliases = ($parameter.Aliases | Sort-Object | ForEach-Object { " alias $_" }) -join ''
            "parameter $($cmdlet.Name) -$($parameter.Name) $(Format-Type $parameter.ParameterType)$aliases"
            Add-Type $parameter.ParameterType
        }
        foreach ($set in $cmdlet.ParameterSets) {
            foreach ($parameter in $set.Parameters) {
                if ($parameter.Name -in [Management.Automation.PSCmdlet]::CommonParameters) { continue }
                $binding = @(
                    if ($parameter.IsMandatory) { 'mandatory' }
                    if ($parameter.Position -ge 0) { "position $($parameter.Position)" }
                    if ($parameter.ValueFromPipeline) { 'by value' }
                    if ($parameter.ValueFromPipelineByPropertyName) { 'by property name' }
                    if ($parameter.ValueFromRemainingArguments) { 'remaining arguments' }
                )
                "set $($cmdlet.Name) $($set.Name) -$($parameter.Name) $($binding -join ', ')".TrimEnd()
            }
        }
    }
    while ($waiting.Count -gt 0) {
        $type = $waiting.Dequeue()
        if ($type.IsEnum) {
            [enum]::GetNames($type) | ForEach-Object { "value $(Format-Type $type) $_" }
            continue
        }
        foreach ($property in $type.GetProperties('Public, Instance')) {
            if ($property.GetIndexParameters()) { continue }
            "property $(Format-Type $type) $($property.Name) $(Format-Type $property.PropertyType)"
            Add-Type $property.PropertyType
        }
        foreach ($member in (Get-TypeData $type.FullName).Members.Values) {
            "property $(Format-Type $type) $($member.Name) $($member.GetType().Name -replace 'Data$')"
        }
    }
    # The id of an error is the name of its text, which has one of the same name with Fix beside it.
    foreach ($resource in Get-ChildItem "$PSScriptRoot/../src" -Recurse -Filter Messages.resx) {
        $names = ([xml] (Get-Content -Raw $resource)).root.data.name
        $names | Where-Object { "${_}Fix" -in $names } | ForEach-Object { "error $_" }
    }
)
$lines = [string[]] ($lines | Select-Object -Unique)
[Array]::Sort($lines, [StringComparer]::Ordinal)
$lines
