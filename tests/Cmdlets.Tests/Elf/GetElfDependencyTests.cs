using System.Management.Automation;
using GoCross.Cmdlets.Tests.Hosting;
using GoCross.Cmdlets.Tests.Images;

namespace GoCross.Cmdlets.Tests.Elf;

public sealed class GetElfDependencyTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly ModuleHost _host = new();

    public void Dispose() => _host.Dispose();

    [ToolFact("go")]
    public void A_Go_program_is_told_with_what_Go_wrote_into_it()
    {
        string program = ElfPrograms.BuildGo(_host.Location);
        string version = _host.Invoke("(& $args[0] version) -replace '^go version (\\S+) .*$', '$1'", [Tools.Require("go")]).Single().ToString();

        PSObject report = _host.Invoke("Get-ElfDependency ./nothing-linux").Single();

        Assert.Equal(program, Get(report, "Path"));
        Assert.Equal("Static", Get(report, "Linkage").ToString());
        Assert.Equal("Yes", Get(report, "RunsInScratch").ToString());
        Assert.Equal("None", Get(report, "LibC").ToString());
        Assert.Equal("amd64", Get(report, "Architecture"));
        Assert.Equal(version, Get(report, "GoVersion"));
        Assert.Equal("example.test/nothing", Get(report, "Module"));
        Assert.Equal(new FileInfo(program).Length, Get(report, "Length"));
    }

    [ToolTheory("go")]
    [InlineData("windows")]
    [InlineData("darwin")]
    public void A_Go_program_for_another_system_gives_an_error_with_what_is_known_of_it(string system)
    {
        ElfPrograms.BuildGo(_host.Location, system);

        ErrorRecord error = _host.Invoke("Get-ElfDependency $args[0]", ["nothing-" + system])
            .AssertError("NotElfGo", ErrorCategory.InvalidData);

        Assert.Contains(system + "/amd64", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("example.test/nothing", error.ToString(), StringComparison.Ordinal);
    }

    [ToolFact("bash")]
    public void Objects_with_a_path_bind_by_their_property()
    {
        string bash = Tools.Require("bash");

        HostedResult result = _host.Invoke(
            "[pscustomobject]@{ Path = $args[0] }, [pscustomobject]@{ FullName = $args[0] }, "
            + "[pscustomobject]@{ PSPath = $args[0] }, [System.IO.FileInfo]::new($args[0]), $args[0] | Get-ElfDependency",
            [bash]);

        Assert.Equal([bash, bash, bash, bash, bash], result.AssertNoErrors().Output.Select(report => Get(report, "Path")));
    }

    [ToolFact("bash")]
    public void A_report_is_the_path_of_its_file_to_the_next_cmdlet()
    {
        string bash = Tools.Require("bash");

        PSObject report = _host.Invoke("Get-ElfDependency $args[0] | Get-ElfDependency", [bash]).Single();

        Assert.Equal(bash, report.ToString());
    }

    [ToolFact("bash")]
    public void One_bad_item_costs_one_error_and_the_rest_goes_on()
    {
        string bash = Tools.Require("bash");
        _host.WriteFile("script", "#!/bin/sh\nexit\n");
        _host.WriteFile("empty", "");

        HostedResult result = _host.Invoke(
            "$args[0], 'script', 'nothing', 'empty', '.', $args[0] | Get-ElfDependency", [bash]);

        Assert.Equal(2, result.Output.Count);
        Assert.Equal(
            ["NotElfScript", "PathNotFound", "FileEmpty", "FolderWithoutRecurse"],
            result.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.All(result.Errors, error => Assert.False(string.IsNullOrEmpty(error.ErrorDetails?.RecommendedAction)));
        Assert.Equal(Path.Combine(_host.Location, "script"), result.Errors[0].TargetObject.ToString());
    }

    [ToolFact("bash")]
    public void ElfOnly_passes_over_everything_else_in_silence()
    {
        File.Copy(Tools.Require("bash"), Path.Combine(_host.Location, "b"));
        _host.WriteFile("a", "#!/bin/sh\n");
        _host.WriteFile("c", "");
        _host.WriteFile("d/e", "text");

        PSObject report = _host.Invoke("Get-ElfDependency * -ElfOnly").Single();

        Assert.Equal(Path.Combine(_host.Location, "b"), Get(report, "Path"));
    }

    [ToolFact("bash")]
    public void ElfOnly_hides_no_damage()
    {
        byte[] bytes = File.ReadAllBytes(Tools.Require("bash"))[..100];
        File.WriteAllBytes(Path.Combine(_host.Location, "cut"), bytes);

        _host.Invoke("Get-ElfDependency cut -ElfOnly").AssertError("ElfTruncated", ErrorCategory.InvalidData);
    }

    [ToolFact("bash")]
    public void Recurse_goes_into_folders_and_Force_into_hidden_ones()
    {
        string bash = Tools.Require("bash");
        foreach (string name in new[] { "tree/b", "tree/a/z", "tree/a/b/y", "tree/.hidden/x", "tree/.w" })
        {
            string path = Path.Combine(_host.Location, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(bash, path);
        }

        File.CreateSymbolicLink(Path.Combine(_host.Location, "tree", "a", "loop"), Path.Combine(_host.Location, "tree"));
        File.CreateSymbolicLink(Path.Combine(_host.Location, "tree", "a", "nowhere"), "nothing");
        _host.WriteFile("tree/text", "text");

        Assert.Equal(
            ["tree/b", "tree/a/z", "tree/a/b/y"],
            Names(_host.Invoke("Get-ElfDependency tree -Recurse -ElfOnly").AssertNoErrors()));
        Assert.Equal(
            ["tree/.w", "tree/b", "tree/.hidden/x", "tree/a/z", "tree/a/b/y"],
            Names(_host.Invoke("Get-ElfDependency tree -Recurse -Force -ElfOnly").AssertNoErrors()));

        HostedResult all = _host.Invoke("Get-ElfDependency tree -Recurse");
        Assert.Equal(3, all.Output.Count);
        Assert.Equal(
            ["NotElf", "PathNotFound"],
            all.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
    }

    [ToolFact("bash")]
    public void Wildcards_match_and_literal_paths_do_not()
    {
        string bash = Tools.Require("bash");
        File.Copy(bash, Path.Combine(_host.Location, "a[1]"));
        File.Copy(bash, Path.Combine(_host.Location, "a1"));

        Assert.Equal(["a1"], Names(_host.Invoke("Get-ElfDependency 'a[0-9]'").AssertNoErrors()));
        Assert.Equal(["a[1]"], Names(_host.Invoke("Get-ElfDependency -LiteralPath 'a[1]'").AssertNoErrors()));
        _host.Invoke("Get-ElfDependency 'no*'").AssertError("NoMatch", ErrorCategory.ObjectNotFound);
    }

    [ToolFact("bash")]
    public void Many_paths_at_once_come_out_in_their_order_and_one_bad_one_costs_no_other()
    {
        string bash = Tools.Require("bash");
        for (int i = 0; i < 200; i++)
        {
            File.CreateSymbolicLink(Path.Combine(_host.Location, $"f{i:000}"), bash);
        }

        _host.WriteFile("f100x", "text");

        HostedResult all = _host.Invoke("Get-ElfDependency f*, nothing, f000");

        Assert.Equal([.. Enumerable.Range(0, 200).Select(i => $"f{i:000}"), "f000"], Names(all));
        Assert.Equal(
            ["NotElf", "PathNotFound"],
            all.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal(Path.Combine(_host.Location, "f100x"), all.Errors[0].TargetObject);
        Assert.Equal(["f000", "f001"], Names(_host.Invoke("Get-ElfDependency f* | Select-Object -First 2").AssertNoErrors()));
    }

    [ToolFact("bash")]
    public void The_first_object_ends_the_walk_through_a_folder()
    {
        for (int i = 0; i < 50; i++)
        {
            File.Copy(Tools.Require("bash"), Path.Combine(_host.Location, $"f{i:00}"));
        }

        HostedResult result = _host.Invoke("Get-ElfDependency . -Recurse | Select-Object -First 1");

        Assert.Equal(["f00"], Names(result.AssertNoErrors()));
    }

    [UnixFact]
    public void A_walk_through_a_big_folder_is_stopped()
    {
        using HostedInvocation invocation = _host.Begin("Get-ElfDependency / -Recurse -ElfOnly -ErrorAction Ignore");

        Assert.True(invocation.WaitForOutput(1, Timeout));
        HostedResult result = invocation.Stop();

        Assert.True(result.Stopped);
    }

    [ToolFact("bash")]
    public void The_table_shows_the_verdict_as_a_word_and_in_colour()
    {
        string table = _host.Render("Get-ElfDependency $args[0]", [Tools.Require("bash")], keepColours: true);

        Assert.Contains("Scratch", table, StringComparison.Ordinal);
        Assert.Matches("\\e\\[31mNo\\e\\[0m", table);
        Assert.Contains("MiB", table, StringComparison.Ordinal);
        Assert.Contains("bash", table, StringComparison.Ordinal);
    }

    [ToolFact("bash")]
    public void Resolve_follows_the_libraries_in_this_root_or_in_another()
    {
        string bash = Tools.Require("bash");

        HostedResult here = _host.Invoke("Get-ElfDependency $args[0] -Resolve", [bash]).AssertNoErrors();
        HostedResult there = _host.Invoke("Get-ElfDependency $args[0] -Resolve -Root .", [bash]).AssertNoErrors();

        Assert.All(here.Output, edge => Assert.Equal("Found", Get(edge, "Status").ToString()));
        Assert.All(there.Output, edge => Assert.Equal("Missing", Get(edge, "Status").ToString()));
        Assert.Equal("Interpreter", Get(here.Output[0], "Rule").ToString());
        Assert.All(here.Output, edge => Assert.True(File.Exists((string)Get(edge, "Path"))));
    }

    [ToolFact("bash")]
    public void What_Resolve_emits_goes_on_as_files()
    {
        HostedResult result = _host.Invoke(
            "Get-ElfDependency $args[0] -Resolve | Get-ElfDependency", [Tools.Require("bash")]).AssertNoErrors();

        Assert.Contains(result.Output, report => Equals(Get(report, "SoName"), "libc.so.6"));
    }

    [ToolFact("go")]
    public void A_static_program_has_no_libraries_to_resolve()
    {
        ElfPrograms.BuildGo(_host.Location);

        Assert.Empty(_host.Invoke("Get-ElfDependency nothing-linux -Resolve").AssertNoErrors().Output);
    }

    [Theory]
    [InlineData("-LibraryPath .", "NeedsResolve", ErrorCategory.InvalidArgument)]
    [InlineData("-Platform linux/amd64", "NeedsImage", ErrorCategory.InvalidArgument)]
    [InlineData("-Root . -Image x.tar", "RootAndImage", ErrorCategory.InvalidArgument)]
    [InlineData("-Root nothing", "PathNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("-Image nothing.tar", "PathNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("-Image ./folder", "NotAnImage", ErrorCategory.InvalidData)]
    [InlineData("-Image text.tar", "NotAnImage", ErrorCategory.InvalidData)]
    [InlineData("-Image text.tar -Platform linux", "PlatformInvalid", ErrorCategory.InvalidArgument)]
    public void A_root_that_cannot_be_used_ends_the_cmdlet_before_the_first_file(
        string parameters, string errorId, ErrorCategory category)
    {
        _host.WriteFile("text.tar", "text");
        Directory.CreateDirectory(Path.Combine(_host.Location, "folder"));

        // Only a terminating error comes to the catch.
        HostedResult result = _host.Invoke($"try {{ Get-ElfDependency x {parameters} }} catch {{ $_ }}");

        HostedResult.AssertIs((ErrorRecord)result.Single().BaseObject, errorId, category);
    }

    [ToolFact("go")]
    public void An_image_is_asked_about_the_program_that_it_starts()
    {
        WriteImage();

        PSObject report = _host.Invoke("Get-ElfDependency -Image image.tar").Single();

        Assert.Equal("image.tar:/app", Get(report, "Path"));
        Assert.Equal("image.tar", Get(report, "Root"));
        Assert.Equal("Yes", Get(report, "RunsInRoot").ToString());
        Assert.Equal("example.test/nothing", Get(report, "Module"));
    }

    [ToolFact("go", "bash")]
    public void An_image_is_asked_about_programs_that_are_not_in_it()
    {
        WriteImage();
        string bash = Tools.Require("bash");
        foreach (string command in (string[])[
            "Get-ElfDependency $args[0] -Image image.tar", "$args[0] | Get-ElfDependency -Image image.tar",
            "Get-ElfDependency -LiteralPath $args[0] -Image image.tar",
            "[pscustomobject]@{ FullName = $args[0] } | Get-ElfDependency -Image image.tar"])
        {
            PSObject report = _host.Invoke(command, [bash]).Single();

            Assert.Equal(bash, Get(report, "Path"));
            Assert.Equal("No", Get(report, "RunsInRoot").ToString());
            Assert.Contains("libc.so.6", (IEnumerable<string>)Get(report, "MissingInRoot"));
        }

        HostedResult edges = _host.Invoke("Get-ElfDependency $args[0] -Image image.tar -Resolve", [bash]).AssertNoErrors();
        Assert.All(edges.Output, edge => Assert.Equal("Missing", Get(edge, "Status").ToString()));
    }

    [Fact]
    public void With_neither_a_file_nor_an_image_it_says_what_to_give()
    {
        ErrorRecord error = _host.Invoke("Get-ElfDependency").AssertError("NothingToRead", ErrorCategory.InvalidArgument);

        Assert.Contains("-Image", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(_host.Invoke("@() | Get-ElfDependency").AssertNoErrors().Output);
        _host.Invoke("$null | Get-ElfDependency").AssertError("NoPath", ErrorCategory.InvalidArgument);
        _host.Invoke("Get-ElfDependency $null").AssertError("NoPath", ErrorCategory.InvalidArgument);
    }

    [ToolFact("bash")]
    public void A_file_of_Get_ChildItem_binds_once_with_all_the_properties_that_it_has_in_PowerShell()
    {
        // The host has no file system provider's cmdlets: what they add to a FileInfo is added by hand.
        string bash = Tools.Require("bash");

        PSObject report = _host.Invoke(
            """
            $file = [psobject] [System.IO.FileInfo]::new($args[0])
            $file.psobject.Properties.Add([psnoteproperty]::new('PSPath', "Microsoft.PowerShell.Core\FileSystem::$($args[0])"))
            $file | Get-ElfDependency
            """,
            [bash]).Single();

        Assert.Equal(bash, Get(report, "Path"));
    }

    [ToolFact("go")]
    public void Files_of_an_image_are_named_by_path_and_pattern()
    {
        WriteImage();

        Assert.Equal("image.tar:/app", Get(_host.Invoke("Get-ElfDependency -Image image.tar -ImagePath app").Single(), "Path"));
        Assert.Equal(
            ["image.tar:/app", "image.tar:/opt/copy"],
            _host.Invoke("Get-ElfDependency -Image image.tar -ImagePath * -ElfOnly").AssertNoErrors().Output.Select(report => Get(report, "Path")));
        HostedResult all = _host.Invoke("Get-ElfDependency -Image image.tar -ImagePath /opt/*, /none*, /none");
        Assert.Equal("image.tar:/opt/copy", Get(Assert.Single(all.Output), "Path"));
        Assert.Equal(
            ["NotElf", "NoMatchInImage", "PathNotFound"],
            all.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.All(all.Errors, error => Assert.False(string.IsNullOrEmpty(error.ErrorDetails?.RecommendedAction)));
    }

    [ToolFact("go")]
    public void The_first_file_of_an_image_ends_the_search()
    {
        WriteImage();

        HostedResult result = _host.Invoke("Get-ElfDependency -Image image.tar -ImagePath * -ElfOnly | Select-Object -First 1");

        Assert.Single(result.AssertNoErrors().Output);
        File.Delete(Path.Combine(_host.Location, "image.tar"));
    }

    [Fact]
    public void An_image_that_starts_nothing_is_one_error_with_what_to_do()
    {
        ImageFile.Write(Path.Combine(_host.Location, "image.tar"), "{}", [("etc/", [])]);

        ErrorRecord error = _host.Invoke("Get-ElfDependency -Image image.tar").AssertError("ImageNoCommand", ErrorCategory.ObjectNotFound);

        Assert.Contains("-ImagePath", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    private void WriteImage()
    {
        byte[] program = File.ReadAllBytes(ElfPrograms.BuildGo(_host.Location));
        ImageFile.Write(
            Path.Combine(_host.Location, "image.tar"),
            """{"Entrypoint":["/app"]}""",
            [("app", program), ("opt/copy", program), ("opt/text", [(byte)'x'])]);
    }

    private string[] Names(HostedResult result) =>
        [.. result.Output.Select(report => Path.GetRelativePath(_host.Location, (string)Get(report, "Path")))];

    private static object Get(PSObject report, string name) => report.Properties[name].Value;
}
