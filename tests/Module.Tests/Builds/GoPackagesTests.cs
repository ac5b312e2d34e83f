using GoCross.Builds;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Targets;

namespace GoCross.Tests.Builds;

public sealed class GoPackagesTests : IDisposable
{
    private const string Main = "package main\n\nfunc main() {}\n";

    private readonly GoWorkspace _workspace = new(
        ("go.mod", "module example.com/x/v2\n\ngo 1.21\n"),
        ("cmd/api/main.go", Main),
        ("cmd/tool/v3/main.go", Main),
        ("cmd/win/main.go", "//go:build windows\n\n" + Main),
        ("lib/lib.go", "package lib\n"),
        ("empty/readme.txt", "nothing"));

    public void Dispose() => _workspace.Dispose();

    // The names are go build's rule: the last element, or the one before it where the last is a version.
    [ToolTheory("go")]
    [InlineData("./cmd/api", "example.com/x/v2/cmd/api", "api")]
    [InlineData("cmd/api", "example.com/x/v2/cmd/api", "api")]
    [InlineData("example.com/x/v2/cmd/api", "example.com/x/v2/cmd/api", "api")]
    [InlineData("./cmd/tool/v3", "example.com/x/v2/cmd/tool/v3", "tool")]
    [InlineData("./cmd/win", "example.com/x/v2/cmd/win", "win")]
    public async Task A_main_package_is_found_by_folder_and_by_import_path(string text, string importPath, string name)
    {
        GoPackage package = Assert.Single(await ResolveAsync(text));

        Assert.Equal((importPath, name), (package.ImportPath, package.Name));
    }

    [ToolFact("go")]
    public async Task A_pattern_gives_the_programs_and_passes_libraries_over()
    {
        string[] expected = ["example.com/x/v2/cmd/api", "example.com/x/v2/cmd/tool/v3"];

        Assert.Equal(expected, (await ResolveAsync("./...")).Select(package => package.ImportPath));
        Assert.Equal(expected, (await ResolveAsync("example.com/x/v2/...")).Select(package => package.ImportPath));
        Assert.Equal(expected[..1], (await ResolveAsync("./cmd/api/...")).Select(package => package.ImportPath));
        Assert.Equal(expected[..1], (await ResolveAsync("cmd/api/...")).Select(package => package.ImportPath));
    }

    [ToolTheory("go")]
    [InlineData("./empty", "PackageNoGoFiles")]
    [InlineData("./lib", "PackageNotMain")]
    [InlineData("./lib/...", "PackageNoneMatched")]
    [InlineData("./nowhere", "PackageFolderMissing")]
    [InlineData("./nowhere/...", "PackageFolderMissing")]
    [InlineData("./lib/lib.go", "PackageIsFile")]
    [InlineData("example.com/nowhere", "PackageUnresolved")]
    [InlineData("-exec=/bin/true", "PackageUnresolved")]
    public async Task What_is_no_main_package_is_refused(string text, string errorId) =>
        Assert.Equal(errorId, (await Assert.ThrowsAsync<GoCrossException>(() => ResolveAsync(text))).ErrorId);

    [ToolFact("go")]
    public async Task A_folder_without_a_program_is_told_with_those_beneath_it()
    {
        GoCrossException e = await Assert.ThrowsAsync<GoCrossException>(() => ResolveAsync("."));

        Assert.Equal("PackageNoGoFiles", e.ErrorId);
        Assert.Contains(Path.Combine(_workspace.Source, "cmd", "api"), e.Fix, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.Combine(_workspace.Source, "lib"), e.Fix, StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public async Task A_folder_outside_of_any_module_is_told_so()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(Path.Combine(directory.Path, "main.go"), Main);

        Assert.Equal("PackageNoModule", (await Assert.ThrowsAsync<GoCrossException>(() => ResolveAsync(directory.Path))).ErrorId);
    }

    [ToolFact("go")]
    public async Task A_damaged_go_mod_is_told_with_go_s_own_words()
    {
        _workspace.Write("go.mod", "module example.com/x/v2\n\nbogus line\n");

        GoCrossException e = await Assert.ThrowsAsync<GoCrossException>(() => ResolveAsync("./cmd/api"));

        Assert.Contains("unknown directive: bogus", e.Message, StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public async Task A_pattern_gives_each_target_and_each_strategy_what_is_there_for_it()
    {
        _workspace.Write("cmd/lin/main.go", "//go:build linux\n\n" + Main);
        _workspace.Write("cmd/withc/main.go", "package main\n\nimport \"C\"\n\nfunc main() {}\n");
        _workspace.Write("cmd/tagged/main.go", "//go:build netgo\n\n" + Main);

        Assert.Equal(
            ["api linux/amd64", "api windows/amd64", "lin linux/amd64", "tool linux/amd64", "tool windows/amd64", "win windows/amd64"],
            (await MatchAsync("./...", ["windows/amd64", "linux/amd64"], BuildStrategy.Static))
                .Select(match => $"{match.Package.Name} {match.Target.Name}").Order());

        // cgo is asked for though the target is another machine's, and the strategy's build tags count.
        Assert.Equal(
            ["api", "lin", "tagged", "tool", "withc"],
            (await MatchAsync("./...", ["linux/arm64"], BuildStrategy.Musl)).Select(match => match.Package.Name).Order());
        Assert.Equal(
            ["api", "lin", "tool", "withc"],
            (await MatchAsync("./...", ["linux/arm64"], BuildStrategy.Glibc)).Select(match => match.Package.Name).Order());
        Assert.Equal(
            ["withc Glibc", "withc Musl"],
            (await MatchAsync("./cmd/withc/...", ["linux/arm64"], BuildStrategy.Static, BuildStrategy.Musl, BuildStrategy.Glibc))
                .Select(match => $"{match.Package.Name} {match.Strategy}").Order());
        Assert.Equal("PackageNoneMatched", (await Assert.ThrowsAsync<GoCrossException>(
            () => MatchAsync("./cmd/win/...", ["linux/amd64", "linux/arm64"], BuildStrategy.Static))).ErrorId);
    }

    [ToolFact("go")]
    public async Task A_package_that_is_named_is_one_for_all_targets_also_where_it_has_no_files()
    {
        IReadOnlyList<BuildRequest> matches = await MatchAsync("./cmd/win", ["linux/amd64", "windows/amd64"], BuildStrategy.Static);

        Assert.Equal(["linux/amd64", "windows/amd64"], matches.Select(match => match.Target.Name));
        Assert.Equal("example.com/x/v2/cmd/win", Assert.Single(matches.Select(match => match.Package).Distinct()).ImportPath);
    }

    private async Task<IReadOnlyList<GoPackage>> ResolveAsync(string text) =>
        [.. (await MatchAsync(text, ["linux/amd64"], BuildStrategy.Static)).Select(match => match.Package)];

    private async Task<IReadOnlyList<BuildRequest>> MatchAsync(string text, string[] targets, params BuildStrategy[] strategies)
    {
        PackageReference reference = PackageReference.Create(text, _workspace.Source);
        GoToolchain toolchain = await GoToolchain.FindAsync(null, reference.WorkingDirectory, CancellationToken.None);
        return await GoPackages.ResolveAsync(
            toolchain,
            reference,
            BuildMatrix.Create(targets, strategies, toolchain, new BuildOptions()).Cells,
            new BuildOptions(),
            OutputTemplate.Create("/out", OutputTemplate.DefaultFileName),
            CancellationToken.None);
    }
}
