using System.Management.Automation;
using GoCross.Cmdlets.Tests.Hosting;

namespace GoCross.Cmdlets.Tests.Builds;

public sealed class InvokeGoCrossBuildTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private readonly ModuleHost _host = new();

    public void Dispose() => _host.Dispose();

    [ToolFact("go")]
    public void A_matrix_emits_a_build_for_each_combination_and_writes_where_it_says()
    {
        GoFolder.Write(_host.Location, "hello", GoFolder.Hello);

        HostedResult result = _host.Invoke(
            "Invoke-GoCrossBuild ./hello -Target linux/amd64, linux/arm64 -OutputPath 'out/{os}-{arch}/{name}'").AssertNoErrors();

        Assert.Equal(
            ["linux/amd64", "linux/arm64"],
            result.Output.Select(build => (string)build.Properties["Target"].Value).Order());
        Assert.All(result.Output, build =>
        {
            Assert.Equal(true, build.Properties["Success"].Value);
            Assert.Equal("Yes", build.Properties["RunsInScratch"].Value.ToString());
            string path = (string)build.Properties["Path"].Value;
            Assert.Equal(Path.Combine(_host.Location, "out", $"linux-{build.Properties["Architecture"].Value}", "hello"), path);
            Assert.Equal(new FileInfo(path).Length, build.Properties["Length"].Value);
        });
    }

    [ToolFact("go")]
    public void The_package_is_that_of_the_session_s_location_unless_one_is_given()
    {
        GoFolder.Write(Path.GetDirectoryName(_host.Location)!, Path.GetFileName(_host.Location), GoFolder.Hello);

        PSObject build = _host.Invoke("Invoke-GoCrossBuild -Target linux/amd64").Single();

        Assert.Equal(Path.Combine(_host.Location, "dist"), Path.GetDirectoryName((string)build.Properties["Path"].Value));
    }

    [ToolFact("go")]
    public void Packages_come_from_the_pipeline_by_value_by_property_and_by_wildcard()
    {
        string first = GoFolder.Write(_host.Location, "cmd/first", GoFolder.Hello);
        GoFolder.Write(_host.Location, "cmd/second", GoFolder.Hello);

        string[] byValue = Names(_host.Invoke("'cmd/first', './cmd/second' | Invoke-GoCrossBuild -Target linux/amd64"));
        string[] byProperty = Names(_host.Invoke(
            "[pscustomobject]@{ FullName = $args[0] } | Invoke-GoCrossBuild -Target linux/amd64 -Force", [first]));
        string[] byWildcard = Names(_host.Invoke("Invoke-GoCrossBuild ./cmd/* -Target linux/amd64 -Force"));

        Assert.Equal(["first", "second"], byValue);
        Assert.Equal(["first"], byProperty);
        Assert.Equal(["first", "second"], byWildcard);
    }

    [ToolFact("go")]
    public void A_package_that_does_not_compile_is_an_error_and_a_build_and_the_others_go_on()
    {
        string bad = GoFolder.Write(_host.Location, "bad", GoFolder.Bad);
        GoFolder.Write(_host.Location, "good", GoFolder.Hello);

        HostedResult result = _host.Invoke("Invoke-GoCrossBuild ./bad, ./good -Target linux/amd64");

        ErrorRecord error = result.AssertError("BuildFailed", ErrorCategory.InvalidOperation);
        Assert.Contains($"{Path.Combine(bad, "main.go")}:4:14: cannot use \"a\"", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("GoCross.Builds.GoBuild", error.TargetObject.GetType().FullName);
        Assert.Equal(2, result.Output.Count);
        PSObject failed = Assert.Single(result.Output, build => build.Properties["Success"].Value is false);
        Assert.Null(failed.Properties["Path"].Value);
        Assert.Equal("BuildFailed", failed.Properties["ErrorId"].Value);
        object[] diagnostics = [.. ((System.Collections.IEnumerable)failed.Properties["Diagnostics"].Value).Cast<object>()];
        Assert.Equal([4, 5], diagnostics.Select(diagnostic => PSObject.AsPSObject(diagnostic).Properties["Line"].Value));
    }

    [ToolFact("go")]
    public void A_failed_build_goes_on_to_a_consumer_as_an_error_of_its_own()
    {
        GoFolder.Write(_host.Location, "bad", GoFolder.Bad);

        HostedResult result = _host.Invoke("Invoke-GoCrossBuild ./bad -Target linux/amd64 | Get-ElfDependency");

        Assert.Equal(["BuildFailed", "NoPath"], result.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
    }

    [ToolFact("go")]
    public void Builds_flow_into_Get_ElfDependency()
    {
        GoFolder.Write(_host.Location, "hello", GoFolder.Hello);

        PSObject report = _host.Invoke("Invoke-GoCrossBuild ./hello -Target linux/arm64 | Get-ElfDependency").Single();

        Assert.Equal("arm64", report.Properties["Architecture"].Value);
    }

    [ToolFact("go")]
    public void What_cannot_be_built_is_told_before_anything_starts_and_the_rest_is_built()
    {
        GoFolder.Write(_host.Location, "hello", GoFolder.Hello);

        HostedResult named = _host.Invoke("Invoke-GoCrossBuild ./hello -Target linux/amd64, windows/amd64, ios/arm64 -Strategy Musl, Static -WhatIf");
        HostedResult pattern = _host.Invoke("Invoke-GoCrossBuild ./hello -Target ios/* -Strategy Static -WhatIf").AssertNoErrors();

        Assert.Equal(
            ["StrategyNeedsLinux", "StrategyNeedsLinux", "TargetNeedsCLinker"],
            named.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]).Order(StringComparer.Ordinal));
        Assert.Equal(["ios/amd64", "ios/arm64"], pattern.Warnings.Select(warning => warning.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    [Trait("Speed", "Slow")]
    [ToolFact("go")]
    public void Options_reach_go_and_secrets_reach_no_object()
    {
        GoFolder.Write(_host.Location, "hello", GoFolder.Hello);

        PSObject build = _host.Invoke(
            """
            Invoke-GoCrossBuild hello -WorkingDirectory . -Target linux/amd64 -GcFlags 'all=-l' -Mod readonly -BuildVcs false -TrimPath:$false `
                -Environment @{ GOFLAGS = '-tags=one'; TOKEN = 'secret-of-mine' } -EmbedTimeZone -ProvenancePath statements/ -Reproducible
            """).Single();

        string command = (string)build.Properties["Command"].Value;
        Assert.Contains("TOKEN='***'", command, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-of-mine", command, StringComparison.Ordinal);
        Assert.Contains("GOFLAGS=-tags=one", command, StringComparison.Ordinal);
        Assert.Contains(" -trimpath=false -buildvcs=false -mod=readonly -gcflags all=-l -tags one,timetzdata ", command, StringComparison.Ordinal);
        Assert.Equal("Static", build.Properties["Strategy"].Value.ToString());
        Assert.StartsWith("Static: ", (string)build.Properties["StrategyReason"].Value, StringComparison.Ordinal);
        Assert.Equal(true, build.Properties["Reproducible"].Value);
        string statement = Path.Combine(_host.Location, "statements", "hello_linux_amd64_static.intoto.json");
        Assert.Equal(statement, build.Properties["ProvenancePath"].Value);
        Assert.DoesNotContain("secret-of-mine", File.ReadAllText(statement), StringComparison.Ordinal);
        Assert.Equal([statement], Directory.GetFileSystemEntries(Path.GetDirectoryName(statement)!));
    }

    [ToolTheory("go")]
    [InlineData("-Environment @{ CGO_ENABLED = 1 }", "EnvironmentReserved")]
    [InlineData("-EmbedCaBundle missing.pem", "PathNotFound")]
    [InlineData("-EmbedCaBundle hello/main.go", "CaBundleInvalid")]
    [InlineData("-WorkingDirectory missing", "PackageFolderMissing")]
    [InlineData("-ProvenancePath '{nothing}'", "OutputPlaceholderUnknown")]
    [InlineData("-Strategy Musl -Compiler no-such-compiler", "CompilerNotFound")]
    public void Wrong_options_are_told(string options, string errorId)
    {
        GoFolder.Write(_host.Location, "hello", GoFolder.Hello);

        HostedResult result = _host.Invoke($"Invoke-GoCrossBuild ./hello -Target linux/amd64 {options}");

        Assert.Equal(errorId, Assert.Single(result.Errors).FullyQualifiedErrorId.Split(',')[0]);
        Assert.False(Directory.Exists(Path.Combine(_host.Location, "dist")) && Directory.EnumerateFileSystemEntries(Path.Combine(_host.Location, "dist")).Any());
    }

    [ToolFact("go")]
    public void WhatIf_shows_the_exact_command_lines_with_their_variables_and_builds_nothing()
    {
        GoFolder.Write(_host.Location, "hello", GoFolder.Hello);

        HostedResult result = _host.Invoke(
            "Invoke-GoCrossBuild ./hello -Target linux/amd64, linux/arm/v6 -Define ([ordered]@{ 'main.v' = 'a b' }) -WhatIf").AssertNoErrors();

        Assert.Empty(result.Output);
        Assert.Contains("What if: env CGO_ENABLED=0 GOAMD64=v1 GOARCH=amd64 ", result.HostText, StringComparison.Ordinal);
        Assert.Contains("CGO_ENABLED=0 GOARCH=arm GOARM=6 ", result.HostText, StringComparison.Ordinal);
        Assert.Contains("-ldflags '-s -w -X \"main.v=a b\"' -o " + Path.Combine(_host.Location, "dist", "hello_linux_arm_v6_static"), result.HostText, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_host.Location, "dist")));
    }

    [ToolFact("go")]
    public void Verbose_has_the_command_lines_and_what_go_prints()
    {
        GoFolder.Write(_host.Location, "bad", GoFolder.Bad);

        HostedResult result = _host.Invoke("Invoke-GoCrossBuild ./bad -Target linux/amd64 -Verbose");

        Assert.Contains(result.Verbose, line => line.StartsWith("env CGO_ENABLED=0 ", StringComparison.Ordinal));
        Assert.Contains(result.Verbose, line => line.StartsWith("[bad linux/amd64 Static] ./main.go:4:14:", StringComparison.Ordinal));
    }

    [ToolFact("go")]
    public void A_program_that_is_there_stays_unless_Force_is_given()
    {
        GoFolder.Write(_host.Location, "hello", GoFolder.Hello);
        string path = _host.WriteFile("out/hello", "mine");

        _host.Invoke("Invoke-GoCrossBuild ./hello -OutputPath 'out/{name}'").AssertError("FileExists", ErrorCategory.ResourceExists);
        Assert.Equal("mine", File.ReadAllText(path));

        _host.Invoke("Invoke-GoCrossBuild ./hello -OutputPath 'out/{name}' -Force").Single();
        Assert.NotEqual("mine", File.ReadAllText(path));
    }

    [ToolTheory("go")]
    [InlineData("Invoke-GoCrossBuild ./hello -Target linux/amd46", "TargetUnknown", ErrorCategory.InvalidArgument)]
    [InlineData("Invoke-GoCrossBuild ./hello -Target windows/amd64 -Strategy Musl", "StrategyNeedsLinux", ErrorCategory.InvalidArgument)]
    [InlineData("Invoke-GoCrossBuild ./hello -OutputPath 'a/{nmae}'", "OutputPlaceholderUnknown", ErrorCategory.InvalidArgument)]
    [InlineData("Invoke-GoCrossBuild ./hello -Target linux/amd64, linux/arm64 -OutputPath 'a/{name}'", "OutputCollision", ErrorCategory.InvalidArgument)]
    [InlineData("Invoke-GoCrossBuild ./hello -GoPath /nowhere/go", "GoPathInvalid", ErrorCategory.ObjectNotFound)]
    [InlineData("Invoke-GoCrossBuild ./hello -Define @{ version = 1 }", "DefineInvalid", ErrorCategory.InvalidArgument)]
    [InlineData("Invoke-GoCrossBuild ./hello -LdFlags \"-X 'a\"", "FlagsUnclosed", ErrorCategory.InvalidArgument)]
    public void What_cannot_be_is_refused_before_anything_starts(string script, string errorId, ErrorCategory category)
    {
        GoFolder.Write(_host.Location, "hello", GoFolder.Hello);

        HostedResult result = _host.Invoke(script);

        result.AssertError(errorId, category);
        Assert.Empty(result.Output);
        Assert.False(Directory.Exists(Path.Combine(_host.Location, "dist")));
    }

    [ToolTheory("go")]
    [InlineData("./nowhere", "PackageFolderMissing", ErrorCategory.ObjectNotFound)]
    [InlineData("./empty", "PackageNoGoFiles", ErrorCategory.ObjectNotFound)]
    [InlineData("./hello/main.go", "PackageIsFile", ErrorCategory.InvalidArgument)]
    [InlineData("Env:/PATH", "ProviderNotSupported", ErrorCategory.NotImplemented)]
    [InlineData("./no*", "NoMatch", ErrorCategory.ObjectNotFound)]
    public void A_wrong_package_costs_itself_and_no_other(string package, string errorId, ErrorCategory category)
    {
        GoFolder.Write(_host.Location, "hello", GoFolder.Hello);
        _host.WriteFile("empty/go.mod", "module example.com/empty\n");

        HostedResult result = _host.Invoke("Invoke-GoCrossBuild $args[0], ./hello -Target linux/amd64", [package]);

        result.AssertError(errorId, category);
        Assert.Equal(["hello"], Names(result));
    }

    [ToolFact("go")]
    public void A_folder_that_cannot_be_written_is_an_error_that_names_it()
    {
        GoFolder.Write(_host.Location, "hello", GoFolder.Hello);

        // Not even root writes to the kernel's own file systems.
        HostedResult result = _host.Invoke("Invoke-GoCrossBuild ./hello -OutputPath '/sys/kernel/{name}'");

        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith("OutputNotWritable", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("/sys/kernel/hello", error.ToString(), StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public void A_module_for_a_newer_go_is_an_error_that_says_so()
    {
        GoFolder.Write(_host.Location, "hello", GoFolder.Hello);
        _host.WriteFile("hello/go.mod", "module example.com/hello\n\ngo 1.99\n");

        HostedResult result = _host.Invoke(
            """
            $before = $env:GOTOOLCHAIN
            try { $env:GOTOOLCHAIN = 'local'; Invoke-GoCrossBuild ./hello } finally { $env:GOTOOLCHAIN = $before }
            """);

        ErrorRecord error = Assert.Single(result.Errors);
        Assert.Contains("1.99", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("GOTOOLCHAIN=auto", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [RootToolFact("go", "mount", "umount")]
    public void A_full_disk_is_an_error_that_says_so_and_leaves_nothing()
    {
        GoFolder.Write(_host.Location, "hello", GoFolder.Hello);
        string full = Path.Combine(_host.Location, "full");
        Directory.CreateDirectory(full);
        Run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", full);
        try
        {
            HostedResult result = _host.Invoke("Invoke-GoCrossBuild ./hello -OutputPath 'full/{name}'");

            ErrorRecord error = Assert.Single(result.Errors);
            Assert.StartsWith("BuildDiskFull", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains("Free some space", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
            Assert.False((bool)Assert.Single(result.Output).Properties["Success"].Value);
            Assert.Empty(Directory.GetFileSystemEntries(full));
        }
        finally
        {
            Run("umount", full);
        }

        static void Run(string program, params string[] arguments)
        {
            using var process = System.Diagnostics.Process.Start(Tools.Require(program), arguments);
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
        }
    }

    [ToolFact("go")]
    public void Two_records_of_one_output_are_refused_even_with_Force()
    {
        GoFolder.Write(_host.Location, "hello", GoFolder.Hello);
        GoFolder.Write(_host.Location, "other/hello", GoFolder.Hello);

        HostedResult result = _host.Invoke("'./hello', './other/hello' | Invoke-GoCrossBuild -Target linux/amd64 -Force");

        result.AssertError("OutputTaken", ErrorCategory.InvalidArgument);
        Assert.Single(result.Output);
    }

    [ToolFact("go")]
    public void The_table_has_the_verdict_in_a_word_and_in_a_colour()
    {
        GoFolder.Write(_host.Location, "hello", GoFolder.Hello);
        GoFolder.Write(_host.Location, "bad", GoFolder.Bad);

        string text = _host.Render("Invoke-GoCrossBuild ./hello -Target linux/amd64");
        string failed = _host.Render("Invoke-GoCrossBuild ./bad -Target linux/amd64 -ErrorAction Ignore", keepColours: true);

        Assert.Matches(@"(?m)^linux/amd64 +Static +Yes +[\d.]+ [KM]iB +[\d.]+ m?s \S+lo_linux_amd64_static *$", text);
        Assert.Matches("\u001b\\[[0-9;]+mfailed\u001b\\[0m.*bad/main.go:4:14", failed);
    }

    [ToolFact("go")]
    public void Targets_are_completed_from_the_toolchain()
    {
        Assert.Equal("linux/riscv64", Assert.Single(_host.Complete("Invoke-GoCrossBuild -Target linux/ris")).CompletionText);
        Assert.Contains("linux/*", _host.Complete("Invoke-GoCrossBuild -Target linux/").Select(match => match.CompletionText));
        Assert.Equal(
            ["linux/arm/v5", "linux/arm/v6", "linux/arm/v7"],
            _host.Complete("Invoke-GoCrossBuild -Target linux/amd64, linux/arm/").Select(match => match.CompletionText));
        Assert.Equal(["Musl"], _host.Complete("Invoke-GoCrossBuild -Strategy M").Select(match => match.CompletionText));
        Assert.DoesNotContain(
            _host.Complete("Invoke-GoCrossBuild -GoPath /nowhere -Target linux/"),
            match => match.CompletionText.StartsWith("linux/", StringComparison.Ordinal));
    }

    [ToolFact("go")]
    public void A_pattern_builds_for_each_target_what_is_there_for_it()
    {
        string folder = GoFolder.Write(_host.Location, "all", GoFolder.Hello);
        _host.WriteFile("all/cmd/lin/main.go", "//go:build linux\n\n" + GoFolder.Hello);
        _host.WriteFile("all/cmd/win/main.go", "//go:build windows\n\n" + GoFolder.Hello);

        HostedResult result = _host.Invoke("Invoke-GoCrossBuild ./all/... -Target windows/amd64, linux/amd64").AssertNoErrors();
        HostedResult named = _host.Invoke("Invoke-GoCrossBuild ./all/cmd/lin -Target windows/amd64, linux/amd64 -Force");

        Assert.Equal(
            ["all linux/amd64", "all windows/amd64", "lin linux/amd64", "win windows/amd64"],
            result.Output.Select(build => $"{build.Properties["Name"].Value} {build.Properties["Target"].Value}").Order());
        ErrorRecord error = named.AssertError("BuildExcluded", ErrorCategory.InvalidOperation);
        Assert.Contains("windows/amd64", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            [("linux/amd64", true), ("windows/amd64", false)],
            named.Output.Select(build => ((string)build.Properties["Target"].Value, (bool)build.Properties["Success"].Value)).Order());
        Assert.True(Directory.Exists(folder));
    }

    [ToolFact("go")]
    public void Braces_in_the_location_s_name_are_no_placeholders()
    {
        GoFolder.Write(Path.Combine(_host.Location, "{app}", "{os}"), "hello", GoFolder.Hello);

        HostedResult result = _host.Invoke("""
            Set-Location -LiteralPath ./`{app`}/`{os`}
            Invoke-GoCrossBuild ./hello -Target linux/amd64
            Invoke-GoCrossBuild ./hello -Target linux/amd64 -OutputPath 'out/{os}/{name}'
            Invoke-GoCrossBuild ./hello -Target linux/amd64 -OutputPath 'plain'
            Invoke-GoCrossBuild ./hello -Target linux/amd64 -OutputPath './{arch}/'
            """).AssertNoErrors();

        string here = Path.Combine(_host.Location, "{app}", "{os}");
        Assert.Equal(
            [
                Path.Combine(here, "dist", "hello_linux_amd64_static"),
                Path.Combine(here, "out", "linux", "hello"),
                Path.Combine(here, "plain"),
                Path.Combine(here, "amd64", "hello_linux_amd64_static"),
            ],
            result.Output.Select(build => (string)build.Properties["Path"].Value));
    }

    [UnixFact]
    public void A_folder_without_go_is_told_with_what_to_give()
    {
        _host.WriteFile("empty/readme.txt", "nothing");

        ErrorRecord error = _host.Invoke("Invoke-GoCrossBuild -GoPath ./empty").AssertError("GoPathInvalid", ErrorCategory.ObjectNotFound);

        Assert.Contains(Path.Combine(_host.Location, "empty"), error.ToString(), StringComparison.Ordinal);
        Assert.Contains("bin/go", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public void Select_First_ends_the_other_builds_and_leaves_nothing_of_them()
    {
        GoFolder.Write(_host.Location, "hello", GoFolder.Hello);

        HostedResult result = _host.Invoke(
            "Invoke-GoCrossBuild ./hello -Target linux/amd64, linux/arm64, linux/386, linux/riscv64, freebsd/amd64 -ThrottleLimit 2 | Select-Object -First 1");

        string path = (string)result.Single().Properties["Path"].Value;
        Assert.True(File.Exists(path));

        // Others may have ended before the stop reached them; those are whole.
        AssertNothingIsLeft();
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(path)!))
        {
            Assert.Matches(": go1", GoFolder.Go(_host.Location, "version", file));
        }
    }

    [ToolFact("go", "gcc")]
    public void Stopping_leaves_no_process_and_no_half_written_file()
    {
        const int Repetitions = 10;
        GoFolder.Write(_host.Location, "work", GoFolder.Warned);
        for (int i = 0; i < Repetitions; i++)
        {
            // New C code each time, so that the C compiler has something to do.
            _host.WriteFile("work/f.c", $"int f(void) {{ return {Random.Shared.Next()}; }}\n");
            using HostedInvocation invocation = _host.Begin(
                "Invoke-GoCrossBuild ./work -Target linux/amd64 -Strategy Static, Musl, Glibc -Force -WarningAction Ignore");
            invocation.WaitFor(() => Processes().Count > 0, Timeout);
            Thread.Sleep(20 * i);
            HostedResult result = invocation.Stop();

            Assert.DoesNotContain(result.Errors, error => error.FullyQualifiedErrorId.StartsWith("Unexpected", StringComparison.Ordinal));
            AssertNothingIsLeft();
        }
    }

    [Trait("Speed", "Slow")]
    [ToolFact("go", "sh", "sleep")]
    public void A_hundred_stops_leave_no_process_and_no_file()
    {
        const int Repetitions = 100;
        using var go = new SlowGo(_host);
        int caught = 0;
        for (int i = 0; i < Repetitions; i++)
        {
            using HostedInvocation invocation = _host.Begin(
                $"Invoke-GoCrossBuild ./hello -Target linux/arm64, linux/386 -ThrottleLimit 2 -GoPath '{go.Command}'");

            // Every other stop comes while outputs are half written; the rest come anywhere.
            if (i % 2 == 0)
            {
                Assert.True(invocation.WaitFor(() => go.HalfWritten().Length > 0, Timeout));
            }

            Thread.Sleep(Random.Shared.Next(30));
            caught += go.HalfWritten().Length > 0 ? 1 : 0;
            HostedResult result = invocation.Stop();

            Assert.True(result.Stopped);
            Assert.Empty(result.Errors);
            Assert.Empty(go.Outputs());
            go.AssertNothingRuns();
        }

        Assert.InRange(caught, Repetitions / 2, Repetitions);
    }

    [Trait("Speed", "Slow")]
    [ToolFact("go", "sh", "sleep")]
    public void A_hundred_stops_from_downstream_leave_no_process_and_no_file()
    {
        const int Repetitions = 100;
        using var go = new SlowGo(_host);
        for (int i = 0; i < Repetitions; i++)
        {
            // The build for amd64 ends, and the others never do by themselves.
            PSObject build = _host.Invoke(
                $"Invoke-GoCrossBuild ./hello -Target linux/arm64, linux/amd64, linux/386 -ThrottleLimit 3 -Force -GoPath '{go.Command}' | Select-Object -First 1").Single();

            Assert.Equal(build.Properties["Path"].Value, Assert.Single(go.Outputs()));
            Assert.Equal(new FileInfo(go.Program).Length, build.Properties["Length"].Value);
            go.AssertNothingRuns();
        }
    }

    private static string[] Names(HostedResult result) =>
        [.. result.Output.Select(build => (string)build.Properties["Name"].Value).Order()];

    /// <summary>Only finished programs are in the output folder, and no process works for us.</summary>
    private void AssertNothingIsLeft()
    {
        string output = Path.Combine(_host.Location, "dist");
        string[] files = Directory.Exists(output) ? Directory.GetFileSystemEntries(output) : [];
        Assert.DoesNotContain(files, file => Path.GetFileName(file).StartsWith('.'));
        Assert.Empty(Processes());
    }

    /// <summary>The processes whose command line has the location in it: go with its -o, compilers, linkers.</summary>
    private List<string> Processes() => RunningProcesses.That((command, _) => command.Contains(_host.Location, StringComparison.Ordinal));
}
