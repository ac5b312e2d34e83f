#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

# examples/ci: every step of the three systems is run as the system runs it, in a copy that is a project of its own, with the
# package from a repository, the database from a mirror, and a registry. docs/guides/what-fails-a-job.md says what ends a step.

BeforeDiscovery {
    . "$PSScriptRoot/PesterSupport.ps1"
    $missing = @(
        if (-not (Find-Go)) { 'go' }
        'caddy', 'docker-registry' | Where-Object { -not (Find-Program $_) })
    $schemas = "$PSScriptRoot/../artifacts/tools"
    $noSchemas = -not (Find-Program node) -or -not (Test-Path "$schemas/action-validator/package.json", "$schemas/gitlab-ci/package.json")
    $systems = @(
        @{ System = 'GitHub'; File = '.github/workflows/gocross.yml' }
        @{ System = 'Azure'; File = 'azure-pipelines.yml' }
        @{ System = 'GitLab'; File = '.gitlab-ci.yml' }
    )
}

BeforeAll {
    . "$PSScriptRoot/PesterSupport.ps1"
    $root = Convert-Path "$PSScriptRoot/.."

    # What the module's own library for YAML makes of files, in a process of its own: it is not loaded into this one.
    function ConvertFrom-Yaml([string] $Path) {
        $json = Invoke-PowerShell -Command @"
            Add-Type -Path '$root/bin/lib/YamlDotNet.dll'
            `$value = [YamlDotNet.Serialization.DeserializerBuilder]::new().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(
                [IO.File]::ReadAllText('$Path'), [object])
            [YamlDotNet.Serialization.SerializerBuilder]::new().JsonCompatible().WithQuotingNecessaryStrings().Build().Serialize(`$value)
"@
        -join $json | ConvertFrom-Json -AsHashtable
    }

    # A copy of the example, with a program.
    function New-Project([string] $Name) {
        $project = Join-Path $TestDrive $Name
        Copy-Item "$root/examples/ci" $project -Recurse -Force
        Copy-Item "$root/examples/hello-http/*.go", "$root/examples/hello-http/go.mod" $project
        $project
    }

    function Set-Setting([string] $Project, [string] $Cmdlet, [string] $Parameter, [string] $Value) {
        $settings = Get-Content -Raw "$Project/gocross.psd1"
        $changed = $settings -replace "(?s)('$Cmdlet'\s+= @\{.*?\b$Parameter\s*= )[^\r\n]*", ('${1}' + $Value)
        $changed | Should -Not -Be $settings
        Set-Content "$Project/gocross.psd1" $changed
    }

    # A step as its system runs it. What is in the environment is that of the job.
    function Invoke-Step([string] $System, [string] $Project, [string[]] $Line, [hashtable] $Variable = @{}) {
        $check = 'if (Test-Path -LiteralPath variable:\LASTEXITCODE) { exit $LASTEXITCODE }'
        $body = switch ($System) {
            # The runner's own words for the shell pwsh.
            GitHub { "`$ErrorActionPreference = 'stop'"; $Line; $check }
            # The task PowerShell@2, of which pwsh is short for.
            Azure { "`$ErrorActionPreference = 'Stop'"; $Line; $check }
            # The runner's executor pwsh, after each line of a script.
            GitLab {
                '$ErrorActionPreference = "Stop"'
                foreach ($one in $Line) { $one; 'if(!$?) { Exit &{if($LASTEXITCODE) {$LASTEXITCODE} else {1}} }' }
            }
        }
        $file = "$TestDrive/step.ps1"
        Set-Content $file $body
        $variables = $job.Clone()
        foreach ($name in $Variable.Keys) { $variables[$name] = $Variable[$name] }
        $before = @{}
        foreach ($name in $variables.Keys) {
            $before[$name] = [Environment]::GetEnvironmentVariable($name)
            [Environment]::SetEnvironmentVariable($name, $variables[$name])
        }
        Push-Location $Project
        try {
            $output = Invoke-PowerShell -Command ". '$file'" 2>&1 | Out-String
            [pscustomobject] @{ ExitCode = $LASTEXITCODE; Output = $output }
        }
        finally {
            Pop-Location
            foreach ($name in $before.Keys) { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
        }
    }

    # Several steps, of which each has to succeed.
    function Invoke-Job([string] $System, [string] $Project, [object[]] $Step, [hashtable] $Variable = @{}) {
        foreach ($one in $Step) {
            $own = $Variable.Clone()
            foreach ($name in $one.env.Keys) {
                $own[$name] = $values[$one.env[$name]] ?? $Variable[$name] ?? $(throw "Nobody says what $($one.env[$name]) is.")
            }
            $line = $System -eq 'GitHub' ? $one.run : $System -eq 'Azure' ? $one.pwsh : $one
            $result = Invoke-Step $System $Project $line $own
            $result.ExitCode | Should -Be 0 -Because "$line says $($result.Output)"
            $result.Output
        }
    }
}

# Azure publishes no schema that a package has.
Describe 'The pipelines of examples/ci (<File>)' -ForEach @($systems | Where-Object System -NE 'Azure') {
    It 'keep to the schema of <System>' -Skip:$noSchemas {
        function Test-Pipeline([string] $Path) {
            if ($System -eq 'GitHub') {
                $said = node -e "console.log(JSON.stringify(require(process.argv[1]).validateWorkflow(require('fs').readFileSync(process.argv[2], 'utf8'))))" `
                    "$root/artifacts/tools/action-validator" $Path | Select-Object -Last 1
                return ($said | ConvertFrom-Json).errors
            }
            # Test-Json says no by its result; of many rules it names none that is broken.
            $valid = ConvertFrom-Yaml $Path | ConvertTo-Json -Depth 20 |
                Test-Json -SchemaFile "$root/artifacts/tools/gitlab-ci/src/schema/schema.json" -ErrorAction SilentlyContinue
            if (-not $valid) { "$Path does not keep to the schema." }
        }

        $file = "$root/examples/ci/$File"
        Test-Pipeline $file | Should -BeNullOrEmpty
        if ($System -eq 'GitLab') { Test-Pipeline "$root/examples/ci/ci/gitlab-jobs.yml" | Should -BeNullOrEmpty }
        # The schema is one that says no.
        $wrong = (Get-Content -Raw $file) -replace '- name: Matrix', '- nome: Matrix' -replace 'paths: \[jobs.yml\]', 'paths: jobs.yml'
        Set-Content "$TestDrive/wrong.yml" $wrong
        Test-Pipeline "$TestDrive/wrong.yml" | Should -Not -BeNullOrEmpty
    }
}

Describe 'The steps of examples/ci (need <_>)' -Tag Slow -Skip:($missing.Count -gt 0) -ForEach ($missing ? $missing -join ', ' : 'go, caddy, docker-registry') {
    BeforeAll {
        $null = Invoke-PowerShell -File "$root/build.ps1" package -NoBuild
        $LASTEXITCODE | Should -Be 0
        $repository = New-Item -ItemType Directory "$TestDrive/repository"
        Copy-Item "$root/out/GoCross.*.nupkg" $repository

        $null = New-VulnerabilityReport "$TestDrive/mirror" -Package net/smtp
        $mirror = "127.0.0.1:$(Find-Port)"
        $registry = "127.0.0.1:$(Find-Port)"
        $caddy = Start-Process (Find-Program caddy) -ArgumentList 'file-server', '--root', "$TestDrive/mirror", '--listen', $mirror -PassThru `
            -RedirectStandardError "$TestDrive/caddy.log"
        $servers = @($caddy; Start-Registry $TestDrive $registry)
        Wait-Answer "http://$mirror/index/db.json" $caddy

        # A machine of CI: a home of its own, where nothing is installed, and Go with a cache.
        $go = Find-Go
        $job = @{
            TMPDIR              = (New-Item -ItemType Directory "$TestDrive/tmp").FullName
            HOME                = (New-Item -ItemType Directory "$TestDrive/home").FullName
            XDG_DATA_HOME       = (New-Item -ItemType Directory "$TestDrive/home/.local/share" -Force).FullName
            PSModulePath        = $null
            PATH                = (Split-Path $go) + [IO.Path]::PathSeparator + $env:PATH
            GOCACHE             = (& $go env GOCACHE)
            VULNDB              = "http://$mirror"
            REGISTRY            = "$registry/team"
            REGISTRY_CREDENTIAL = 'somebody:something'
            GITHUB_OUTPUT       = "$TestDrive/github-output"
            GITHUB_STEP_SUMMARY = "$TestDrive/github-summary"
            GITHUB_SHA          = '1111111'
            BUILD_SOURCEVERSION = '2222222'
            PIPELINE_WORKSPACE  = "$TestDrive/pipeline"
            CI_COMMIT_SHA       = '3333333'
        }
        # What the systems put in the place of their expressions.
        $values = @{
            '${{ vars.VULNDB }}'                 = $job.VULNDB
            '${{ vars.REGISTRY }}'               = $job.REGISTRY
            '${{ secrets.REGISTRY_CREDENTIAL }}' = $job.REGISTRY_CREDENTIAL
            '$(REGISTRY_CREDENTIAL)'             = $job.REGISTRY_CREDENTIAL
        }
        # In the place of the gallery.
        $registered = Invoke-Step GitHub $TestDrive 'Unregister-PSResourceRepository PSGallery', (
            "Register-PSResourceRepository -Name team -Uri '$repository' -Trusted")
        $registered.ExitCode | Should -Be 0 -Because $registered.Output
    }

    AfterAll {
        $servers | ForEach-Object { $_.Kill(); $_.Dispose() }
    }

    It 'go from the source to the registry in GitHub Actions' {
        $project = New-Project github
        $jobs = (ConvertFrom-Yaml "$project/.github/workflows/gocross.yml").jobs
        $null = Invoke-Job GitHub $project ($jobs.matrix.steps | Where-Object run)
        $matrix = (Get-Content $job.GITHUB_OUTPUT) -replace '^matrix=' | ConvertFrom-Json
        $matrix.include.target | Should -Be 'linux/amd64', 'linux/arm64'
        foreach ($row in $matrix.include) {
            $null = Invoke-Job GitHub $project ($jobs.build.steps | Where-Object run) @{ TARGET = $row.target }
        }
        $said = Invoke-Job GitHub $project ($jobs.image.steps | Where-Object run)
        "$said" | Should -Match "$registry/team/api:1111111@sha256:[0-9a-f]{64}"
        $sarif = Get-ChildItem "$project/reports/*.sarif" | Sort-Object Name
        $sarif.Name | Should -Be 'linux-amd64-image.sarif', 'linux-amd64-vulnerabilities.sarif', 'linux-arm64-image.sarif', 'linux-arm64-vulnerabilities.sarif'
        (Get-Content -Raw $sarif[0] | ConvertFrom-Json).version | Should -Be '2.1.0'
        @(Get-Content $job.GITHUB_STEP_SUMMARY) -match '^## Test-' | Should -HaveCount 4
    }

    It 'go from the source to the registry in Azure Pipelines' {
        $project = New-Project azure
        $pipeline = ConvertFrom-Yaml "$project/azure-pipelines.yml"
        $steps = @{}
        $pipeline.jobs | ForEach-Object { $steps[$_.job] = @($_.steps | Where-Object pwsh) }
        $said = Invoke-Job Azure $project $steps.matrix
        "$said" -match '##vso\[task\.setvariable variable=matrix;isOutput=true\](\{.*\})' | Should -BeTrue
        $matrix = $Matches[1] | ConvertFrom-Json -AsHashtable
        # Azure's rule for the names of a matrix.
        $matrix.Keys | Should -Match '^[A-Za-z_][A-Za-z0-9_]*$'
        foreach ($row in $matrix.Values) {
            $null = Invoke-Job Azure $project $steps.build @{ TARGET = $row.target }
            $null = New-Item -ItemType Directory -Force "$($job.PIPELINE_WORKSPACE)/artifacts"
            Move-Item "$project/dist" "$($job.PIPELINE_WORKSPACE)/artifacts/dist-$($row.name)"
        }
        $said = Invoke-Job Azure $project $steps.image
        "$said" | Should -Match "$registry/team/api:2222222@sha256:"
        ([xml] (Get-Content -Raw "$project/reports/linux-arm64-image.xml")).testsuites.failures | Should -Be 0
    }

    It 'go from the source to the registry in GitLab' {
        $project = New-Project gitlab
        $pipeline = ConvertFrom-Yaml "$project/.gitlab-ci.yml"
        $null = Invoke-Job GitLab $project (, $pipeline.matrix.script)
        $child = Get-Content -Raw "$project/jobs.yml" | ConvertFrom-Json -AsHashtable
        $jobs = ConvertFrom-Yaml "$project/$($child.include.local)"
        foreach ($target in $child.build.parallel.matrix.TARGET) {
            $null = Invoke-Job GitLab $project (, $jobs[$child.build.extends].script) @{ TARGET = $target }
        }
        $null = Invoke-Job GitLab $project (, $jobs['image-and-gates'].script)
        "$(Invoke-Job GitLab $project (, $jobs.push.script))" | Should -Match "$registry/team/api:3333333@sha256:"
        if (-not $noSchemas) {
            $child | ConvertTo-Json -Depth 9 | Test-Json -SchemaFile "$root/artifacts/tools/gitlab-ci/src/schema/schema.json" | Should -BeTrue
        }
    }

    It 'share their settings with people, by splatting or as defaults' {
        $project = New-Project people
        $blocks = [regex]::Matches((Get-Content -Raw "$root/docs/guides/what-fails-a-job.md"), '(?s)```powershell\r?\n(.*?)```').ForEach({ $_.Groups[1].Value })
        $blocks.Count | Should -Be 2
        $after = 'Invoke-GoCrossBuild -OutputPath defaults/'
        $result = Invoke-Step GitHub $project 'Install-PSResource GoCross -TrustRepository', $blocks[0], $blocks[1], $after
        $result.ExitCode | Should -Be 0 -Because $result.Output
        (Get-ChildItem "$project/dist").Name | Should -Be 'hello-http_linux_amd64_static', 'hello-http_linux_arm64_static'
        (Get-ChildItem "$project/defaults").Name | Should -Be 'hello-http_linux_amd64_static', 'hello-http_linux_arm64_static'
    }

    Context 'that fail' {
        BeforeAll {
            # Built once, by a job that succeeds.
            $good = New-Project good
            $result = Invoke-Step GitHub $good 'Install-PSResource GoCross -TrustRepository', './ci/build.ps1'
            $result.ExitCode | Should -Be 0 -Because $result.Output
        }

        BeforeEach {
            $project = "$TestDrive/failing"
            Remove-Item $project -Recurse -Force -ErrorAction Ignore
            Copy-Item $good $project -Recurse -Force
            $with = "-DatabasePath '$TestDrive/databases/good'"
            if (-not (Test-Path "$TestDrive/databases/good")) {
                $null = Update-GoVulnerabilityDatabase -ImportPath "$TestDrive/mirror" -DatabasePath "$TestDrive/databases/good"
            }
        }

        It 'fail with <ErrorId> for a target that the toolchain does not know' -ForEach @{ ErrorId = 'TargetUnknown' } {
            Set-Setting $project Invoke-GoCrossBuild Target "'linux/amd65'"
            $result = Invoke-Step GitLab $project './ci/matrix.ps1 -For GitLab | Set-Content jobs.yml'
            $result.ExitCode | Should -Be 1
            $result.Output | Should -Match 'linux/amd65'
            $result = Invoke-Step GitLab $project 'try { ./ci/matrix.ps1 -For GitLab } catch { $_.FullyQualifiedErrorId; exit 1 }'
            $result.Output | Should -Match "$ErrorId,"
        }

        It 'fail for a program that does not compile, and show file, line and column of each build' {
            Add-Content "$project/main.go" "`nfunc broken() { undefined() }"
            $line = @(Get-Content "$project/main.go").Count
            foreach ($system in @(
                    @{ Name = 'GitHub'; Variable = 'GITHUB_ACTIONS'; Says = "::error file=$project/main.go,line=$line,col=17,title=" }
                    @{ Name = 'Azure'; Variable = 'TF_BUILD'; Says = "##vso[task.logissue type=error;sourcepath=$project/main.go;linenumber=$line;columnnumber=17;" }
                    @{ Name = 'GitLab'; Variable = 'GITLAB_CI'; Says = "main.go:${line}:17: error: undefined: undefined" })) {
                $result = Invoke-Step $system.Name $project './ci/build.ps1' @{ $system.Variable = 'true' }
                $result.ExitCode | Should -Be 1 -Because $system.Name
                $result.Output.Contains($system.Says) | Should -BeTrue -Because $result.Output
            }
        }

        It 'fail for a gate, and write the report' {
            Set-Setting $project Test-ImageLayer MaximumSize 1MB
            $result = Invoke-Step GitHub $project "./ci/image.ps1 $with"
            $result.ExitCode | Should -Be 1
            $result.Output | Should -Match 'MaximumSize'
            $sarif = Get-Content -Raw "$project/reports/linux-amd64-image.sarif" | ConvertFrom-Json
            $sarif.runs[0].results.ruleId | Should -Be 'MaximumSize'
        }

        It 'fail for a vulnerability, not for one that is not linked' {
            $null = New-VulnerabilityReport "$TestDrive/linked" -Package net/http
            $null = Update-GoVulnerabilityDatabase -ImportPath "$TestDrive/linked" -DatabasePath "$TestDrive/databases/linked"
            (Invoke-Step Azure $project "./ci/image.ps1 $with").ExitCode | Should -Be 0
            $result = Invoke-Step Azure $project "./ci/image.ps1 -DatabasePath '$TestDrive/databases/linked'" @{ TF_BUILD = 'True' }
            $result.ExitCode | Should -Be 1
            $result.Output | Should -Match '##vso\[task.logissue type=error;code=Vulnerability linux/amd64;\]'
            $result.Output | Should -Match '##vso\[task.uploadsummary\].*reports/summary.md'
            ([xml] (Get-Content -Raw "$project/reports/linux-amd64-vulnerabilities.xml")).testsuites.failures | Should -Be 1
        }

        It 'fail without a database' {
            (Invoke-Step GitLab $project "./ci/image.ps1 -DatabasePath '$TestDrive/nowhere'").ExitCode | Should -Be 1
            (Invoke-Step GitHub $project "Update-GoVulnerabilityDatabase -Uri 'http://127.0.0.1:1'").ExitCode | Should -Be 1
        }

        It 'fail for programs that are not the tested ones, and for a registry that does not answer' {
            (Invoke-Step GitHub $project "./ci/image.ps1 $with").ExitCode | Should -Be 0
            Set-Setting $project New-ScratchImage Port 9090
            $result = Invoke-Step GitHub $project "./ci/push.ps1 -Tag $registry/team/api:other"
            $result.ExitCode | Should -Be 1
            $result.Output | Should -Match 'was tested'
            # The credentials are gone, however it ended.
            Set-Setting $project New-ScratchImage Port 8080
            $result = Invoke-Step GitHub $project './ci/push.ps1 -Tag 127.0.0.1:1/team/api:1 -Credential a:b'
            $result.ExitCode | Should -Be 1
            Get-ChildItem $job.TMPDIR -Directory -Filter gocross-push-* | Should -BeNullOrEmpty
        }

        It 'succeed with a warning' {
            $result = Invoke-Step GitHub $project "Write-Warning careful; ./ci/image.ps1 $with"
            $result.ExitCode | Should -Be 0 -Because $result.Output
        }
    }
}
