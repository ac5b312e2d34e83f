using GoCross.Elf;
using GoCross.Files;
using GoCross.Formatting;

namespace GoCross.Builds;

/// <summary>Where two builds of one program differ.</summary>
internal static class ProgramDifference
{
    private const int BufferSize = 1 << 16;

    /// <summary>The names of the sections whose bytes differ, or the first offset where there are no sections.</summary>
    /// <param name="first">A program's full path.</param>
    /// <param name="second">Another's.</param>
    internal static string Describe(string first, string second)
    {
        using var left = RandomAccessFile.Open(first);
        using var right = RandomAccessFile.Open(second);
        if (BinaryFormats.Detect(left) == BinaryFormat.Elf && BinaryFormats.Detect(right) == BinaryFormat.Elf)
        {
            using ElfFile leftElf = ElfFile.Open(left);
            using ElfFile rightElf = ElfFile.Open(right);
            string[] names =
            [
                .. leftElf.Sections.Zip(rightElf.Sections)
                    .Where(pair => pair.First.Name != pair.Second.Name || !AreEqual(left, right, pair.First, pair.Second))
                    .Select(pair => pair.First.Name),
            ];
            if (names.Length > 0)
            {
                return string.Join(", ", names);
            }
        }

        return TextFormat.Fill(Texts.BuildDifferentAt, FirstDifference(left, 0, right, 0, Math.Max(left.Length, right.Length)) ?? 0);
    }

    private static bool AreEqual(RandomAccessFile left, RandomAccessFile right, ElfSection first, ElfSection second) =>
        first.Size == second.Size
        && (first.Type == ElfSection.NoBits
            || FirstDifference(left, (long)first.Offset, right, (long)second.Offset, (long)first.Size) is null);

    private static long? FirstDifference(RandomAccessFile left, long leftAt, RandomAccessFile right, long rightAt, long length)
    {
        byte[] leftBytes = new byte[BufferSize];
        byte[] rightBytes = new byte[BufferSize];
        for (long done = 0; done < length; done += BufferSize)
        {
            int count = (int)Math.Min(BufferSize, length - done);
            int leftCount = left.Read(leftAt + done, leftBytes.AsSpan(0, count));
            int rightCount = right.Read(rightAt + done, rightBytes.AsSpan(0, count));
            int same = leftBytes.AsSpan(0, leftCount).CommonPrefixLength(rightBytes.AsSpan(0, rightCount));
            if (same < count)
            {
                return done + same;
            }
        }

        return null;
    }
}
