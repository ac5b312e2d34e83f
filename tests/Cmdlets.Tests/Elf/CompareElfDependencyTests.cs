using System.Management.Automation;
using GoCross.Cmdlets.Tests.Hosting;

namespace GoCross.Cmdlets.Tests.Elf;

public sealed class CompareElfDependencyTests : IDisposable
{
    private readonly ModuleHost _host = new();

    public void Dispose() => _host.Dispose();

    [ToolFact("go", "bash")]
    public void A_static_program_and_a_dynamic_one_differ_in_loader_libraries_and_symbols()
    {
        ElfPrograms.BuildGo(_host.Location);
        File.Copy(Tools.Require("bash"), In("bash"));

        string[] rows = Rows(_host.Invoke("Compare-ElfDependency nothing-linux ./bash").AssertNoErrors());

        Assert.Contains("<> Linkage Linkage Static>Dynamic", rows);
        Assert.Contains(rows, row => row.StartsWith("=> Linkage Interpreter >/", StringComparison.Ordinal));
        Assert.Contains("=> Library libc.so.6 >", rows);
        Assert.Contains("<= Go Package example.test/nothing>", rows);
        Assert.Contains($"<> Size File {new FileInfo(In("nothing-linux")).Length}>{new FileInfo(In("bash")).Length}", rows);
        Assert.Single(rows, row => row.StartsWith("=> Import +", StringComparison.Ordinal));
    }

    [ToolFact("bash", "dash")]
    public void Categories_are_listed_whole_when_they_are_named_or_all_are_asked_for()
    {
        HostedResult Imports(string parameters) => _host.Invoke(
            $"Compare-ElfDependency $args[0] $args[1] {parameters} | Where-Object {{ $_.Category -eq 'Import' }}", [Tools.Require("dash"), Tools.Require("bash")]);

        dynamic summary = Imports("").Single();
        HostedResult named = Imports("-Category Import, Size").AssertNoErrors();
        HostedResult detailed = Imports("-Detailed").AssertNoErrors();

        Assert.True((bool)summary.IsSummary);
        Assert.True(named.Output.Count > 10);
        Assert.Equal(Rows(named), Rows(detailed));
        string expected = $"+{named.Output.Count(IsOn("=>"))} -{named.Output.Count(IsOn("<="))} ~{named.Output.Count(IsOn("<>"))}";
        Assert.Equal(expected, (string)summary.Name);
        Assert.Equal(
            ["Import", "Size"],
            _host.Invoke("Compare-ElfDependency $args[0] $args[1] -Category Import, Size | ForEach-Object { \"$($_.Category)\" }", [Tools.Require("dash"), Tools.Require("bash")])
                .AssertNoErrors().Output.Select(row => row.ToString()).Distinct().Order(StringComparer.Ordinal));
    }

    [ToolFact("bash")]
    public void What_is_the_same_is_told_when_asked_for()
    {
        string bash = Tools.Require("bash");

        Assert.Empty(_host.Invoke("Compare-ElfDependency $args[0] $args[0]", [bash]).AssertNoErrors().Output);
        Assert.All(
            _host.Invoke("Compare-ElfDependency $args[0] $args[0] -IncludeEqual", [bash]).AssertNoErrors().Output,
            change => Assert.Equal("==", change.Properties["SideIndicator"].Value));
    }

    [ToolFact("bash", "dash")]
    public void Binaries_come_down_the_pipeline_by_value_and_by_property_name()
    {
        File.Copy(Tools.Require("bash"), In("b"));

        HostedResult result = _host.Invoke(
            """
            'b', [pscustomobject]@{ Path = 'b' }, [pscustomobject]@{ FullName = "$PWD/b" }, [pscustomobject]@{ PSPath = "$PWD/b" },
                [pscustomobject]@{ LiteralPath = 'b' }, [System.IO.FileInfo]::new("$PWD/b"), (Get-ChildItem b), (Get-ElfDependency b) |
                Compare-ElfDependency $args[0] -Category Size | Where-Object { $_.Name -eq 'File' }
            """,
            [Tools.Require("dash")]).AssertNoErrors();

        Assert.Equal(Enumerable.Repeat(In("b"), 8), result.Output.Select(change => (string)change.Properties["DifferencePath"].Value));
    }

    [ToolFact("bash", "dash")]
    public void Wildcards_match_and_literal_paths_do_not()
    {
        string bash = Tools.Require("bash");
        File.Copy(bash, In("a[1]"));
        File.Copy(bash, In("a1"));
        File.Copy(bash, In("a2"));
        File.Copy(Tools.Require("dash"), In("dash"));

        string[] Names(string arguments) => [.. _host
            .Invoke($"Compare-ElfDependency {arguments} -Category Size | Where-Object {{ $_.Name -eq 'File' }} | ForEach-Object {{ [System.IO.Path]::GetFileName($_.DifferencePath) }}")
            .AssertNoErrors().Output.Select(name => name.ToString())];

        Assert.Equal(["a1", "a2"], Names("dash 'a[0-9]'"));
        Assert.Equal(["a1", "a2"], Names("'das*' a1, a2"));
        Assert.Equal(["a[1]"], Names("dash -LiteralPath 'a[1]'"));
        Assert.Equal(["dash"], Names("'a[1]' dash"));
        _host.Invoke("Compare-ElfDependency dash 'no*'").AssertError("NoMatch", ErrorCategory.ObjectNotFound);
    }

    [ToolFact("bash", "dash")]
    public void One_bad_item_costs_one_error_and_the_rest_goes_on()
    {
        string bash = Tools.Require("bash");
        _host.WriteFile("script", "#!/bin/sh\n");
        _host.WriteFile("empty", "");
        File.WriteAllBytes(In("cut"), File.ReadAllBytes(bash)[..100]);

        HostedResult result = _host.Invoke(
            "'script', 'missing', '', '.', 'empty', 'cut', $args[1] | Compare-ElfDependency $args[0] -Category File, Size | Where-Object { $_.Name -eq 'File' }",
            [Tools.Require("dash"), bash]);

        Assert.Single(result.Output);
        Assert.Null(result.Terminating);
        Assert.Equal(
            ["NotElfScript", "PathNotFound", "NoPath", "PathIsDirectory", "FileEmpty", "ElfTruncated"],
            result.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.All(result.Errors, error => Assert.False(string.IsNullOrEmpty(error.ErrorDetails?.RecommendedAction)));
        Assert.Equal(In("script"), result.Errors[0].TargetObject.ToString());
    }

    [ToolTheory("bash")]
    [InlineData("missing", "PathNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("script", "NotElfScript", ErrorCategory.InvalidData)]
    [InlineData("cut", "ElfTruncated", ErrorCategory.InvalidData)]
    [InlineData("no*", "NoMatch", ErrorCategory.ObjectNotFound)]
    [InlineData("s*", "ManyMatches", ErrorCategory.InvalidArgument)]
    [InlineData("Env:PATH", "ProviderNotSupported", ErrorCategory.NotImplemented)]
    public void A_bad_reference_ends_it(string reference, string errorId, ErrorCategory category)
    {
        string bash = Tools.Require("bash");
        _host.WriteFile("script", "#!/bin/sh\n");
        _host.WriteFile("script2", "#!/bin/sh\n");
        File.WriteAllBytes(In("cut"), File.ReadAllBytes(bash)[..100]);

        // Only a terminating error comes to the catch.
        HostedResult result = _host.Invoke(
            "try { $args[1], $args[1] | Compare-ElfDependency $args[0] } catch { $_ }", [reference, bash]);

        HostedResult.AssertIs((ErrorRecord)result.Single().BaseObject, errorId, category);
        Assert.Equal(reference, ((ErrorRecord)result.Single().BaseObject).TargetObject);
    }

    [ToolFact("go")]
    public void Of_a_Go_program_for_Windows_what_Go_wrote_is_compared_and_a_warning_says_so()
    {
        ElfPrograms.BuildGo(_host.Location);
        ElfPrograms.BuildGo(_host.Location, "windows");

        HostedResult result = _host.Invoke("Compare-ElfDependency nothing-linux nothing-windows").AssertNoErrors();

        Assert.Contains("<> File Format Elf>Pe", Rows(result));
        Assert.Contains("<> Setting GOOS linux>windows", Rows(result));
        Assert.Contains(In("nothing-windows"), Assert.Single(result.Warnings).ToString(), StringComparison.Ordinal);

        // Of the reference it is said once, however many are compared with it.
        Assert.Single(_host.Invoke("Compare-ElfDependency nothing-windows nothing-linux, nothing-linux").AssertNoErrors().Warnings);
        _host.WriteFile("program.exe", "MZ and no more");
        _host.Invoke("Compare-ElfDependency nothing-linux program.exe").AssertError("NotElfPe", ErrorCategory.InvalidData);
    }

    [ToolFact("go", "bash")]
    public void The_table_names_the_two_and_shows_sides_in_colour_and_values_in_words()
    {
        ElfPrograms.BuildGo(_host.Location);
        File.Copy(Tools.Require("bash"), In("bash"));

        string table = _host.Render("Compare-ElfDependency nothing-linux bash, nothing-linux -IncludeEqual", keepColours: true);

        Assert.Matches(@"Reference:  nothing-linux\s+Difference: bash", table);
        Assert.Matches(@"Reference:  nothing-linux\s+Difference: nothing-linux", table);
        Assert.Matches("\\e\\[32m=>\\e\\[0m +Library +libc.so.6", table);
        Assert.Matches("\\e\\[31m<=\\e\\[0m +Go +GoVersion +go1", table);
        Assert.Matches("\\e\\[33m<>\\e\\[0m +Hardening +Pie +no +yes", table);
        Assert.Matches(@"Size +File +[0-9.]+ MiB +[0-9.]+ MiB \([+-][0-9.]+ [KM]iB\)", table);
        Assert.Matches(@"== +Hardening +Pie +no +no", table);
    }

    [ToolFact("bash", "dash")]
    public void The_first_change_ends_it()
    {
        HostedResult result = _host.Invoke(
            "$args[1], 'missing' | Compare-ElfDependency $args[0] | Select-Object -First 1", [Tools.Require("dash"), Tools.Require("bash")]);

        Assert.Single(result.AssertNoErrors().Output);
    }

    [Fact]
    public void Categories_are_completed()
    {
        IReadOnlyList<string> all = [.. _host.Complete("Compare-ElfDependency a b -Category ").Select(result => result.CompletionText)];

        Assert.Equal(
            ["Export", "File", "Go", "Hardening", "Import", "Library", "Linkage", "Module", "Runtime", "Section", "Setting", "Size", "Version"],
            all.Order(StringComparer.Ordinal));
        Assert.Equal(["Import"], _host.Complete("Compare-ElfDependency a b -Category Size, Im").Select(result => result.CompletionText));
    }

    private static Func<PSObject, bool> IsOn(string side) => change => (string)change.Properties["SideIndicator"].Value == side;

    // "side category name reference>difference"
    private static string[] Rows(HostedResult result) => [.. result.Output.Select(change =>
        $"{change.Properties["SideIndicator"].Value} {change.Properties["Category"].Value} {change.Properties["Name"].Value} "
        + $"{change.Properties["ReferenceValue"].Value}>{change.Properties["DifferenceValue"].Value}")];

    private string In(string name) => Path.Combine(_host.Location, name);
}
