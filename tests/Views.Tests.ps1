#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

# What a table cuts can be read elsewhere, and what comes from a file or from another machine is shown as it was there.

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $noGo = -not ($IsLinux -and (Find-Go))
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
    $module = Import-Module "$PSScriptRoot/../GoCross.psd1" -PassThru

    # The properties that a view's part names.
    function Get-Shown([Xml.XmlNode] $Part) {
        $Part.SelectNodes('.//ScriptBlock|.//PropertyName') | ForEach-Object {
            if ($_.LocalName -eq 'PropertyName') { $_.InnerText.Trim() }
            else { [regex]::Matches($_.InnerText, '\$_\.(\w+)') | ForEach-Object { $_.Groups[1].Value } }
        } | Sort-Object -Unique
    }
}

Describe 'Views' {
    It 'shows all texts of a table in the list of the same objects, where it is not wrapped' {
        # A table of 80 or of 120 columns cuts what is longer than a column. Numbers, times and words of ours fit.
        $drawn = @{ 'GoCross.Images.ImageTreeItem' = 'Branch', 'Name' } # Lines before the last part of Path.
        $types = Get-ChildItem "$PSScriptRoot/../bin/GoCross.*.dll" |
            ForEach-Object { [Reflection.Assembly]::LoadFrom($_.FullName).GetExportedTypes() } | Group-Object FullName -AsHashTable
        $views = ([xml] (Get-Content "$PSScriptRoot/../bin/GoCross.format.ps1xml" -Raw)).SelectNodes('//View')
        $unread = foreach ($table in $views | Where-Object TableControl) {
            foreach ($type in $table.ViewSelectedBy.TypeName) {
                $lists = @($views | Where-Object { $_.ListControl -and $_.ViewSelectedBy.TypeName -contains $type })
                if (-not $lists) { continue } # PowerShell's own list has all properties.
                $listed = $lists | ForEach-Object { Get-Shown $_.ListControl }
                foreach ($row in $table.TableControl.TableRowEntries.TableRowEntry | Where-Object { -not $_.SelectSingleNode('Wrap') }) {
                    foreach ($name in Get-Shown $row.TableColumnItems) {
                        $property = $types[$type].GetProperty($name)
                        $mayBeLong = $property -and ($property.PropertyType -eq [string] -or $property.PropertyType.IsGenericType -and
                            [Collections.IEnumerable].IsAssignableFrom($property.PropertyType))
                        if ($mayBeLong -and $name -notin $listed -and $name -notin $drawn[$type]) { "$($table.Name): $name" }
                    }
                }
            }
        }
        $views.Count | Should -BeGreaterThan 60
        $unread | Should -BeNullOrEmpty
    }

    It 'shows objects of a file as it shows them themselves (needs go)' -Skip:$noGo {
        $hello = New-GoModule $TestDrive
        $build = Invoke-GoCrossBuild $hello -Target linux/amd64 -OutputPath "$TestDrive/out/hello"
        $samples = [ordered] @{
            Build = $build
            Report = Get-ElfDependency $build.Path
            Library = Get-ElfDependency (Get-Process -Id $PID).Path -Resolve
            Size = Measure-GoBinary $build.Path
            Share = Measure-GoBinary $build.Path -By Kind
            Gate = Measure-GoBinary $build.Path -ReferencePath $build.Path -MaximumGrowth 0
            Target = Get-GoTarget linux/*
            Tool = Get-GoCrossToolchain go, gcc
            Run = Test-GoBinary $build.Path
            Image = New-ScratchImage $build.Path -OutputPath "$TestDrive/out/hello.tar"
            Layer = Get-ImageLayer "$TestDrive/out/hello.tar"
            ImageFile = Get-ImageLayer "$TestDrive/out/hello.tar" -Tree
            ImageChange = Compare-ImageLayer "$TestDrive/out/hello.tar" "$TestDrive/out/hello.tar"
            ElfChange = Compare-ElfDependency $build.Path (Get-Process -Id $PID).Path
            Strategy = Measure-GoBuildStrategy $hello -Strategy Static
        }
        # With colours: they tell by what an enumeration is called, too.
        $rendering = $PSStyle.OutputRendering
        $PSStyle.OutputRendering = 'Ansi'
        try {
            foreach ($sample in $samples.GetEnumerator()) {
                @($sample.Value) | Export-Clixml "$TestDrive/objects.xml" -Depth 6
                foreach ($width in 80, 120) {
                    $own = $sample.Value | Out-String -Width $width
                    $own | Should -Not -BeNullOrEmpty
                    Import-Clixml "$TestDrive/objects.xml" | Out-String -Width $width | Should -BeExactly $own -Because $sample.Key
                }
            }
        }
        finally { $PSStyle.OutputRendering = $rendering }
    }
}
