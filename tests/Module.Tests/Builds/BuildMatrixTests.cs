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
            matrix.Settings.Select(setting => $"{setting.Target} {setting.Strategy}"));
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
        Assert.Contains(matrix.Settings, setting => setting.Target.Name == "linux/amd64");
    }

    [ToolFact("go")]
    public async Task The_race_detector_and_position_independent_code_need_glibc()
    {
        BuildStrategy[] all = [BuildStrategy.Auto, BuildStrategy.Static, BuildStrategy.Musl, BuildStrategy.Glibc, BuildStrategy.GlibcStatic];
        BuildMatrix race = await CreateAsync(["linux/amd64"], all, new BuildOptions { Race = true });
        BuildMatrix pie = await CreateAsync(["linux/amd64"], all, new BuildOptions { BuildMode = "pie" });

        Assert.Equal(["RaceNeedsGlibc"], race.Refused.Select(refusal => refusal.ErrorId).Distinct());
        Assert.Equal([BuildStrategy.Auto, BuildStrategy.Glibc], race.Settings.Select(setting => setting.Strategy));
        Assert.Equal(["PieNeedsLoader"], pie.Refused.Select(refusal => refusal.ErrorId).Distinct());
        Assert.Equal([BuildStrategy.Auto, BuildStrategy.Glibc], pie.Settings.Select(setting => setting.Strategy));
    }

    [ToolFact("go")]
    public async Task FirstClass_is_what_the_toolchain_calls_first_class()
    {
        BuildMatrix matrix = await CreateAsync(["firstclass"], [BuildStrategy.Auto]);

        // go.dev/wiki/PortingPolicy.
        Assert.Equal(
            ["darwin/amd64", "darwin/arm64", "linux/386", "linux/amd64", "linux/arm", "linux/arm64", "windows/386", "windows/amd64"],
            matrix.Settings.Select(setting => setting.Target.Name).Order(StringComparer.Ordinal));
    }

    private static async Task<BuildMatrix> CreateAsync(string[] targets, BuildStrategy[] strategies, BuildOptions? options = null) =>
        BuildMatrix.Create(
            targets,
            strategies,
            await GoToolchain.FindAsync(null, Path.GetTempPath(), CancellationToken.None),
            options ?? new BuildOptions());
}
