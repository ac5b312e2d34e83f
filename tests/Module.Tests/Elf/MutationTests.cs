using System.Diagnostics;
using GoCross.Elf;
using GoCross.Errors;

namespace GoCross.Tests.Elf;

/// <summary>Damaged files: whatever is changed, the end is a report or a named error, soon and with little memory.</summary>
public sealed class MutationTests
{
    private const int Seed = 20_240_817;
    private const int ShortRun = 20_000;
    private const int LongRun = 1_000_000;

    // One second where it runs alone. Other tests run beside it, and a hang is what this is to find.
    private static readonly TimeSpan LongestTime = TimeSpan.FromSeconds(10);
    private const long MostMemory = 64L * 1024 * 1024;

    [Fact]
    public void No_change_to_a_file_leads_to_more_than_a_named_error()
    {
        byte[][] originals = Originals();
        var random = new Random(Seed);
        int runs = ElfSample.Whole ? LongRun : ShortRun;
        int reports = 0;
        for (int i = 0; i < runs; i++)
        {
            byte[] original = originals[i % originals.Length];
            byte[] mutant = Mutate(original, random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            long started = Stopwatch.GetTimestamp();
            try
            {
                reports += ElfInspector.TryInspect(new BytesSource(mutant), ElfFacts.All) is null ? 0 : 1;
            }
            catch (GoCrossException)
            {
                // A named error is a right answer.
            }
            catch (Exception e)
            {
                Assert.Fail($"Mutation {i} of seed {Seed}: {e}");
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < MostMemory, $"Mutation {i} of seed {Seed} took {allocated} bytes of memory.");
            TimeSpan took = Stopwatch.GetElapsedTime(started);
            Assert.True(took < LongestTime, $"Mutation {i} of seed {Seed} took {took}.");
        }

        // Neither refused all nor accepted all: the mutants do reach the depth of the reader.
        Assert.InRange(reports, runs / 10, runs - (runs / 10));
    }

    private static byte[][] Originals()
    {
        var made = new ElfBuilder(wide: false, big: true);
        made.Dynamic(1, "libc.so.6").Dynamic(14, "libx.so").Interpreter("/lib/ld.so.1").Note("GNU", 3, new byte[20]);
        byte[][] real = [.. ElfSample.Files
            .Where(path => new FileInfo(path).Length < 64 * 1024)
            .Select(File.ReadAllBytes)
            .Where(bytes => SegmentsToRead(bytes).Any(segment => segment.Type == ElfSegmentType.Dynamic))
            .Take(19)];
        return [made.Build(), .. real];
    }

    // Most of a file is code, which nobody reads: changes go where numbers are, in the headers, in the segments that
    // the loader reads, and at the end, where section headers are.
    private static byte[] Mutate(byte[] original, Random random)
    {
        byte[] bytes = (byte[])original.Clone();
        ElfProgramHeader[] read = SegmentsToRead(original);
        int changes = random.Next(1, 9);
        for (int i = 0; i < changes; i++)
        {
            ElfProgramHeader segment = read[random.Next(read.Length)];
            int at = random.Next(10) switch
            {
                < 3 => random.Next(4, Math.Min(1024, bytes.Length)),
                < 7 => (int)segment.Offset + random.Next((int)segment.FileSize),
                < 8 => bytes.Length - 1 - random.Next(Math.Min(4096, bytes.Length - 4)),
                _ => random.Next(4, bytes.Length),
            };
            bytes[at] = random.Next(6) switch
            {
                0 => 0,
                1 => 0xff,
                2 => 0x7f,
                3 => (byte)(bytes[at] ^ (1 << random.Next(8))),
                4 => bytes[random.Next(bytes.Length)],
                _ => (byte)random.Next(256),
            };
        }

        return random.Next(20) == 0 ? bytes[..random.Next(4, bytes.Length)] : bytes;
    }

    private static ElfProgramHeader[] SegmentsToRead(byte[] bytes)
    {
        using ElfFile file = ElfFile.Open(new BytesSource(bytes));
        return [.. file.ProgramHeaders.Where(segment =>
            segment.Type is ElfSegmentType.Dynamic or ElfSegmentType.Note or ElfSegmentType.Interpreter)];
    }
}
