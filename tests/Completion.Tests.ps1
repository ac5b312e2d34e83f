#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

# What Tab offers, and that it never ends in an error, whatever is missing on the machine.

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $noGo = -not (Find-Go)
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
    $root = Convert-Path "$PSScriptRoot/.."

    function Get-Completion([string] $Line) { (TabExpansion2 $Line $Line.Length).CompletionMatches.CompletionText }
}

Describe 'Completion' {
    BeforeAll {
        # An engine that is not there, so that what one has does not come among what is looked for here.
        $dockerHost = $env:DOCKER_HOST
        $env:DOCKER_HOST = 'unix:///no/such/engine.sock'
        $folder = New-Item -ItemType Directory "$TestDrive/files"
        foreach ($name in 'b.tar', 'a.tar', 'ca.pem', 'notes.txt') { Set-Content "$folder/$name" x }
        $null = New-Item -ItemType Directory "$folder/layout"
        Push-Location $folder
    }

    AfterAll {
        Pop-Location
        $env:DOCKER_HOST = $dockerHost
    }

    It 'offers files where a file may be given, beside the words' {
        Get-Completion 'Invoke-GoCrossBuild -EmbedCaBundle ' | Select-Object -First 1 | Should -Be 'System'
        Get-Completion 'Invoke-GoCrossBuild -EmbedCaBundle ' | Should -Contain './ca.pem'
        Get-Completion 'Invoke-GoCrossBuild -EmbedCaBundle ./c' | Should -Be './ca.pem'
        Get-Completion 'Invoke-GoCrossBuild -Compiler z' | Should -Be 'zig'
        Get-Completion 'Invoke-GoCrossBuild -Compiler ./n' | Should -Be './notes.txt'
    }

    It 'offers images in files and folders in their order, and no other files' {
        Get-Completion 'Get-ImageLayer ' | Select-Object -First 3 | Should -Be 'a.tar', 'b.tar', 'layout/'
        Get-Completion 'Get-ImageLayer ' | Should -Not -Contain 'notes.txt'
        Get-Completion 'Test-ImageLayer oci:./l' | Should -Be 'oci:./layout/'
    }

    It 'offers no file where only an image of an engine makes sense' {
        foreach ($line in 'Invoke-GoCrossBuild -Container ', 'Invoke-GoCrossBuild -FallbackContainer ', 'Test-GoBinary x -Container ') {
            Get-Completion $line | Should -BeNullOrEmpty -Because $line
        }
    }

    It 'knows the drives of PowerShell' {
        $null = New-PSDrive -Name Images -PSProvider FileSystem -Root $folder
        Get-Completion 'Get-ImageLayer Images:/b' | Should -Be 'Images:/b.tar'
        Get-Completion 'Get-ImageLayer api:la' | Should -BeNullOrEmpty
        Push-Location Env:
        try { Get-Completion 'Get-ImageLayer a' | Should -Contain 'a.tar' }
        finally { Pop-Location }
    }

    Context 'of an image that was named (needs go)' -Skip:$noGo {
        BeforeAll {
            $hello = New-GoModule $TestDrive
            $null = Invoke-GoCrossBuild $hello -Target linux/amd64, linux/riscv64 -OutputPath "$TestDrive/bin/{arch}/{name}" |
                New-ScratchImage -OutputPath "$folder/two.tar"
        }

        It 'offers its platforms' {
            Get-Completion 'Get-ImageLayer two.tar -Platform ' | Should -Be 'linux/amd64', 'linux/riscv64'
            Get-Completion "Test-ImageLayer -Image '$folder/two.tar' -NonRoot -Platform linux/r" | Should -Be 'linux/riscv64'
            # Of what is no image, and where none is named, those that images are usually made for.
            Get-Completion 'Get-ImageLayer a.tar -Platform linux/s' | Should -Be 'linux/s390x'
            Get-Completion 'Get-ImageLayer -Platform linux/s' | Should -Be 'linux/s390x'
        }

        It 'offers its layers, with what made them' {
            $layers = @((Get-ImageLayer two.tar -Platform linux/riscv64).Index)
            Get-Completion 'Get-ImageLayer two.tar -Platform linux/riscv64 -Layer ' | Should -Be @($layers -as [string[]])
            $line = 'Get-ImageLayer two.tar -Layer '
            (TabExpansion2 $line $line.Length).CompletionMatches[0].ToolTip | Should -Not -Be '0'
        }

        It 'leads names that people type to the toolchain''s' {
            Get-Completion 'Invoke-GoCrossBuild -Target linux/aarch' | Should -Be 'linux/arm64'
            Get-Completion 'Get-GoTarget armv7' | Select-Object -First 1 | Should -Be 'linux/arm/v7'
            Get-Completion "Invoke-GoCrossBuild -Target 'linux/aarch" | Should -Be 'linux/arm64'
            $null = New-Item -ItemType SymbolicLink "$folder/mygo" -Target (Find-Go)
            Get-Completion 'Invoke-GoCrossBuild -GoPath ./mygo -Target linux/riscv' | Should -Be 'linux/riscv64'
            Get-Completion 'Invoke-GoCrossBuild -GoPath ./no-go -Target linux/riscv' | Should -BeNullOrEmpty
            (Get-GoTarget linux/x86_64).Target | Should -Be 'linux/amd64'
        }

        It 'takes images by a pattern' {
            Copy-Item two.tar three.tar
            Remove-Item a.tar, b.tar
            (Get-ImageLayer *.tar -Summary).Name | ForEach-Object { Split-Path $_ -Leaf } | Should -Be 'three.tar', 'two.tar'
            (Test-ImageLayer t*.tar -NonRoot).Count | Should -Be 2
            { Get-ImageLayer no*.tar -ErrorAction Stop } | Should -Throw -ErrorId 'NoMatch,*'
            Copy-Item two.tar 'one[1].tar'
            (Get-ImageLayer 'one[1].tar' -Summary).Count | Should -Be 1
        }
    }

    It 'ends in no error for any parameter, with no Go, no engine and no home' {
        $said = Invoke-PowerShell -Command @"
            `$env:PATH = '/nowhere'
            `$env:DOCKER_HOST = 'tcp://127.0.0.1:1'
            `$env:DOCKER_CONFIG = `$env:HOME = '/no/such/home'
            Import-Module '$root/GoCross.psd1'
            `$Error.Clear()
            foreach (`$cmdlet in Get-Command -Module GoCross) {
                foreach (`$parameter in `$cmdlet.Parameters.Keys | Where-Object { `$_ -notin [System.Management.Automation.PSCmdlet]::CommonParameters }) {
                    foreach (`$word in '', '''x', 'linux/', '~', '/no/such/', 'docker-daemon:x', 'nodrive:/x') {
                        `$line = "`$(`$cmdlet.Name) -`$parameter `$word"
                        try { `$null = TabExpansion2 `$line `$line.Length }
                        catch { "`${line}: `$_" }
                    }
                }
            }
            `$Error | ForEach-Object { "left behind: `$_" } | Select-Object -Unique
            'done'
"@
        $said | Should -Be 'done'
    }
}
