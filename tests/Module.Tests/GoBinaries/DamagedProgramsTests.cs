using GoCross.Binaries;
using System.Diagnostics;
using GoCross.Errors;
using GoCross.GoBinaries;

namespace GoCross.Tests.GoBinaries;

/// <summary>Whatever was done to a program's file: facts, none, or a foreseen error, soon and in little memory.</summary>
[Collection(GoProgramsCollection.Name)]
public sealed class DamagedProgramsTests(GoPrograms programs)
{
    private const int Seed = 20240203;
    private const long MaxMemory = 64L * 1024 * 1024;

    // One second where it runs alone. Other tests run beside it, and a hang is what this is to find.
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(10);

    public static TheoryData<string> Seeds { get; } =
        ["hello", "hello-pie", "hello-s390x", "hello-386", "hello-windows-stripped", "hello-darwin", "ccode-pie"];

    [ToolTheory("go", "gcc")]
    [MemberData(nameof(Seeds))]
    public void A_file_cut_off_anywhere_is_survived(string name)
    {
        byte[] content = File.ReadAllBytes(programs[name]);
        var random = new Random(Seed);
        for (int i = 0; i < 60; i++)
        {
            int length = i < 30 ? random.Next(4096) : random.Next(content.Length);
            AssertSurvived(content[..length], $"{name} cut to {length}");
        }
    }

    [ToolTheory("go", "gcc")]
    [MemberData(nameof(Seeds))]
    public void Bytes_changed_in_the_headers_are_survived(string name)
    {
        byte[] content = File.ReadAllBytes(programs[name]);
        var random = new Random(Seed);
        int sections = name.StartsWith("hello", StringComparison.Ordinal) ? 4096 : 1024;
        for (int i = 0; i < 200; i++)
        {
            byte[] changed = [.. content];
            for (int n = random.Next(1, 8); n > 0; n--)
            {
                changed[random.Next(sections)] = i % 3 == 0 ? (byte)0xFF : (byte)random.Next(256);
            }

            AssertSurvived(changed, $"{name} change {i}");
        }
    }

    [ToolTheory("go", "gcc")]
    [MemberData(nameof(Seeds))]
    public void Bytes_changed_in_the_function_table_and_the_build_info_are_survived(string name)
    {
        byte[] content = File.ReadAllBytes(programs[name]);
        int table = (int)GoFunctionTable.TryOpen(new BytesSource(content))!.Offset;
        int block = content.AsSpan().IndexOf(HandMadeElf.Magic(8, 2).AsSpan(0, 14));
        var random = new Random(Seed);
        for (int i = 0; i < 200; i++)
        {
            byte[] changed = [.. content];
            for (int n = random.Next(1, 8); n > 0; n--)
            {
                int at = i % 2 == 0 ? table + random.Next(i % 4 == 0 ? 80 : 60_000) : block + random.Next(400);
                changed[at] = i % 3 == 0 ? (byte)0xFF : (byte)random.Next(256);
            }

            AssertSurvived(changed, $"{name} change {i}");
        }
    }

    [Fact]
    public void Segments_that_overlap_a_thousand_times_are_survived()
    {
        // The headers say that each of 20,000 segments is the whole file.
        byte[] file = HandMadeElf.Build(true, false, [.. Enumerable.Repeat((1u, 6u, 0x1000ul, Array.Empty<byte>()), 20_000)]);
        for (int i = 0; i < 20_000; i++)
        {
            HandMadeElf.Number(8, false, 0).CopyTo(file, 64 + (i * 56) + 8);
            HandMadeElf.Number(8, false, (ulong)file.Length).CopyTo(file, 64 + (i * 56) + 32);
        }

        AssertSurvived(file, "overlapping segments");
    }

    [Fact]
    public void Magics_without_end_are_survived()
    {
        byte[] pointers = [.. HandMadeElf.Magic(8, 0), .. new byte[16]];
        byte[] counted = [.. HandMadeElf.Magic(8, 2), .. Enumerable.Repeat((byte)0xFF, 32)];
        byte[] table = [0xF1, 0xFF, 0xFF, 0xFF, 0, 0, 1, 8];
        foreach (byte[] piece in new[] { pointers, counted, table })
        {
            byte[] data = [.. Enumerable.Repeat(piece, (1 << 20) / piece.Length).SelectMany(bytes => bytes)];

            // With relocations that are the data once more.
            byte[] dynamic =
            [
                .. HandMadeElf.Number(8, false, 7), .. HandMadeElf.Number(8, false, 0x1000),
                .. HandMadeElf.Number(8, false, 8), .. HandMadeElf.Number(8, false, (ulong)data.Length),
            ];
            AssertSurvived(HandMadeElf.Build(true, false, (1, 6, 0x1000, data), (2, 6, 0, dynamic)), "magics");
        }
    }

    private static void AssertSurvived(byte[] content, string what)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long started = Stopwatch.GetTimestamp();
        using var source = new BytesSource(content);
        Try(() => GoBuildInfoReader.TryRead(source));
        Try(() => GoRuntimeFactsReader.TryRead(source));
        Try(() => BinaryInspector.TryInspect(source));
        Try(() => GoFunctionTable.TryOpen(source)?.EnumerateFunctions().Count());

        Assert.True(Stopwatch.GetElapsedTime(started) < MaxTime, $"{what}: too slow");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < MaxMemory, $"{what}: too much memory");

        void Try(Func<object?> read)
        {
            try
            {
                read();
            }
            catch (GoCrossException)
            {
                // Foreseen.
            }
            catch (Exception e)
            {
                Assert.Fail($"{what}: {e}");
            }
        }
    }
}
