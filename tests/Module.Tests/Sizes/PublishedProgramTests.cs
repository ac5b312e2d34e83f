using GoCross.Sizes;
using GoCross.Tests.Sboms;

namespace GoCross.Tests.Sizes;

/// <summary>Programs that were built with modules, by Go 1.18 to 1.27, as their makers publish them: packages of npm that build.ps1 fetches.</summary>
[Trait("Speed", "Slow")]
public sealed class PublishedProgramTests
{
    private const string Esbuild = "artifacts/tools/programs/esbuild/bin/esbuild";
    private const string OldEsbuild = "artifacts/tools/programs/esbuild-go1.18/bin/esbuild";

    [ToolTheory(RealPrograms.Lefthook, RealPrograms.Buf, Esbuild, OldEsbuild)]
    [InlineData(RealPrograms.Lefthook)]
    [InlineData(RealPrograms.Buf)]
    [InlineData(RealPrograms.BufBreaking)]
    [InlineData(RealPrograms.BufLint)]
    [InlineData(Esbuild)]
    [InlineData(OldEsbuild)]
    public void Every_byte_has_a_kind(string program)
    {
        string path = Tools.Require(program);

        MeasuredBinary binary = MeasuredBinary.Read(path);

        long length = new FileInfo(path).Length;
        Assert.All(Enum.GetValues<SizeDimension>(), by => Assert.Equal(length, binary.Shares(by).Sum(share => share.Length)));
        Assert.InRange(binary.Shares(SizeDimension.Kind).Where(kind => kind.Name == "Unknown").Sum(kind => kind.Share), 0, 0.03);
        Assert.InRange(binary.Shares(SizeDimension.Kind).Single(kind => kind.Name == "Code").Share, 0.2, 0.7);
    }

    [ToolTheory("go", RealPrograms.Lefthook, RealPrograms.Buf)]
    [InlineData(RealPrograms.Lefthook)]
    [InlineData(RealPrograms.Buf)]
    public void Modules_and_their_versions_are_those_of_go_version(string program)
    {
        string path = Tools.Require(program);
        HashSet<(string, string)> known =
        [
            .. Programs.Output("go", ["version", "-m", path]).Split('\n').Select(line => line.Trim().Split('\t'))
                .Where(part => part.Length >= 3 && part[0] is "dep" or "mod" or "=>").Select(part => (part[1], part[2])),
        ];

        (string Name, string)[] modules =
        [
            .. MeasuredBinary.Read(path).Shares(SizeDimension.Module)
                .Where(share => share.Version is not null && share.Name != "std").Select(share => (share.Name, share.Version!)),
        ];

        Assert.True(modules.Length > 20);
        Assert.All(modules, module => Assert.Contains(module, known));
    }
}
