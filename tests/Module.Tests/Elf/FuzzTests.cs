using GoCross.Files;
using GoCross.Fuzz;

namespace GoCross.Tests.Elf;

/// <summary>
/// A short run of tests/fuzz. Whatever is changed in a binary, the end is a report or a named error, soon and with little
/// memory. `./build.sh fuzz` is the long run.
/// </summary>
public sealed class FuzzTests : IDisposable
{
    private const int Seed = 20_240_817;
    private const int Mutations = 20_000;

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Trait("Speed", "Slow")]
    [ToolFact("gcc", "musl-gcc", "aarch64-linux-gnu-gcc", "upx", "go")]
    public void No_change_to_a_binary_leads_to_more_than_a_named_error()
    {
        string work = Directory.CreateDirectory(Path.Combine(_folder.Path, "work")).FullName;
        string empty = Directory.CreateDirectory(Path.Combine(_folder.Path, "empty")).FullName;
        IReadOnlyList<FuzzSeed> seeds = FuzzSeeds.Make(work, Tools.Find);

        FuzzReport report = new FuzzRun(seeds, empty, Seed).Run(0, Mutations, threads: 2);

        Assert.Equal(FuzzSeeds.Complete, seeds.Count);
        Assert.Equal(Mutations, report.Files);
        Assert.True(report.Failures.Count == 0, string.Join('\n', report.Failures.Take(5)));

        // Neither refused all nor accepted all: the damage does reach the depth of the readers.
        Assert.InRange(report.Accepted, Mutations / 10, Mutations - (Mutations / 10));
    }
}
