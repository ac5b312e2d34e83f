using GoCross.Builds;
using GoCross.Targets;

namespace GoCross.Tests.Builds;

public class BuildMatrixTests
{
    [ToolFact("go")]
    public async Task What_was_named_and_cannot_be_is_refused_each_with_its_reason_and_the_rest_stays()
    {
        BuildMatrix matrix = await CreateAsync(
            ["linux/amd64", "windows/amd64", "linux/ppc64", "ios/arm64"], [BuildStrategy.Static, BuildStrategy.Musl, BuildStrategy.GlibcStatic]);

        Assert.Equal(
            ["StrategyNeedsLinux", "StrategyNeedsLinux", "StrategyNeedsLinux", "StrategyNeedsLinux", "TargetNeedsCLinker", "TargetWithoutCgo", "TargetWithoutCgo"],
            matrix.Refused.Select(refusal => refusal.ErrorId).Order(StringComparer.Ordinal));
        Assert.Empty(matrix.LeftOut);
        Assert.Equal(
            ["linux/amd64 Static", "windows/amd64 Static", "linux/ppc64 Static", "linux/amd64 Musl", "linux/amd64 GlibcStatic"],
            matrix.Cells.Select(cell => $"{cell.Target} {cell.Strategy}"));
    }

    [ToolFact("go")]
    public async Task What_a_pattern_matches_and_cannot_be_is_left_out()
    {
        BuildMatrix matrix = await CreateAsync(["All", "linux/amd64"], [BuildStrategy.Static]);

        // What go build says of them without cgo: "requires external (cgo) linking, but cgo is not enabled".
        Assert.Equal(
            ["android/386", "android/amd64", "android/arm", "ios/amd64", "ios/arm64"],
            matrix.LeftOut.Select(refusal => refusal.Message.Split(' ')[0]).Order(StringComparer.Ordinal));
        Assert.Empty(matrix.Refused);

        matrix = await CreateAsync(["linux/*"], [BuildStrategy.Musl]);
        Assert.Contains(matrix.LeftOut, refusal => refusal.Message.StartsWith("linux/ppc64 ", StringComparison.Ordinal));
        Assert.Contains(matrix.Cells, cell => cell.Target.Name == "linux/amd64");
    }

    [ToolFact("go")]
    public async Task The_race_detector_needs_cgo_and_position_independent_code_glibc_whoever_asks_for_them()
    {
        BuildStrategy[] all = [BuildStrategy.Auto, BuildStrategy.Static, BuildStrategy.Musl, BuildStrategy.Glibc, BuildStrategy.GlibcStatic];
        BuildMatrix race = await CreateAsync(["linux/amd64"], all, new BuildOptions { Race = true });
        BuildMatrix pie = await CreateAsync(["linux/amd64"], all, new BuildOptions { BuildMode = "pie" });

        BuildMatrix[] ofFlags =
        [
            await CreateAsync(["linux/amd64"], all, WithFlags("-race")),
            await CreateAsync(["linux/amd64"], all, WithFlags("-buildmode=pie")),
        ];

        Assert.All([race, ofFlags[0]], matrix =>
        {
            Assert.Equal(["RaceNeedsCgo"], matrix.Refused.Select(refusal => refusal.ErrorId));
            Assert.Equal(
                [BuildStrategy.Auto, BuildStrategy.Musl, BuildStrategy.Glibc, BuildStrategy.GlibcStatic], matrix.Cells.Select(cell => cell.Strategy));
        });
        Assert.All([pie, ofFlags[1]], matrix =>
        {
            Assert.Equal(["PieNeedsLoader", "PieNeedsLoader"], matrix.Refused.Select(refusal => refusal.ErrorId));
            Assert.Equal([BuildStrategy.Auto, BuildStrategy.Glibc, BuildStrategy.GlibcStatic], matrix.Cells.Select(cell => cell.Strategy));
        });

        // A parameter that was given beats GOFLAGS.
        Assert.Empty((await CreateAsync(["linux/amd64"], all, WithFlags("-race -buildmode=pie") with { Race = false, BuildMode = "exe" })).Refused);

        static BuildOptions WithFlags(string flags) => new() { Environment = new Dictionary<string, string> { ["GOFLAGS"] = flags } };
    }

    [ToolFact("go")]
    public async Task FirstClass_is_what_the_toolchain_calls_first_class()
    {
        BuildMatrix matrix = await CreateAsync(["firstclass"], [BuildStrategy.Auto]);

        // go.dev/wiki/PortingPolicy.
        Assert.Equal(
            ["darwin/amd64", "darwin/arm64", "linux/386", "linux/amd64", "linux/arm", "linux/arm64", "windows/386", "windows/amd64"],
            matrix.Cells.Select(cell => cell.Target.Name).Order(StringComparer.Ordinal));
    }

    private static async Task<BuildMatrix> CreateAsync(string[] targets, BuildStrategy[] strategies, BuildOptions? options = null) =>
        BuildMatrix.Create(
            targets,
            strategies,
            await GoToolchain.FindAsync(
                LocalGoHost.Instance, null, Path.GetTempPath(), options?.Environment ?? new Dictionary<string, string>(), CancellationToken.None),
            options ?? new BuildOptions());
}
