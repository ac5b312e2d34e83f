using GoCross.Files;

namespace GoCross.Sizes;

/// <summary>
/// Which bytes of a file are what: claims that readers of its formats make, of which the later one wins where two
/// overlap. What nobody claims is filling if it is zeros, and unknown if not.
/// </summary>
internal sealed class FileLayout
{
    /// <summary>More than any linker makes of a program: a program has some dozens of sections.</summary>
    public const int MaxClaims = 4_096;

    private readonly List<Claim> _claims = [];

    /// <summary>Claims bytes of the file.</summary>
    /// <param name="offset">Where they start; may lie outside of the file.</param>
    /// <param name="length">How many; what lies outside of the file is cut off.</param>
    /// <param name="kind">What they are for.</param>
    /// <param name="section">The section's name; null keeps that of an earlier claim.</param>
    public void Claim(long offset, long length, SizeKind kind, string? section = null)
    {
        if (length > 0 && offset >= 0 && offset <= long.MaxValue - length && _claims.Count < MaxClaims)
        {
            _claims.Add(new Claim(offset, offset + length, _claims.Count, kind, section));
        }
    }

    /// <summary>Enters the whole file into a ledger.</summary>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public SizeLedger Enter(IRandomAccessSource source, CancellationToken cancellation)
    {
        var ledger = new SizeLedger();
        long length = source.Length;
        var starts = _claims.Where(claim => claim.Start < length).OrderBy(claim => claim.Start).ToArray();
        long[] edges = [.. starts.Select(claim => claim.Start)
            .Concat(starts.Select(claim => Math.Min(claim.End, length))).Append(0).Append(length).Distinct().Order()];
        var active = new SortedSet<Claim>(Comparer<Claim>.Create((a, b) => a.Order.CompareTo(b.Order)));
        int next = 0;
        for (int i = 0; i + 1 < edges.Length; i++)
        {
            long start = edges[i];
            active.RemoveWhere(claim => claim.End <= start);
            for (; next < starts.Length && starts[next].Start <= start; next++)
            {
                if (starts[next].End > start)
                {
                    active.Add(starts[next]);
                }
            }

            long bytes = edges[i + 1] - start;
            if (active.Max is { } claim)
            {
                string section = claim.Section ?? active.LastOrDefault(other => other.Section is not null)?.Section ?? "";
                ledger.Add(claim.Kind, section, bytes);
            }
            else
            {
                long zeros = CountZeros(source, start, bytes, cancellation);
                ledger.Add(SizeKind.Padding, "", zeros);
                ledger.Add(SizeKind.Unknown, "", bytes - zeros);
            }
        }

        return ledger;
    }

    // All or nothing: a zero among other bytes is one of them.
    private static long CountZeros(IRandomAccessSource source, long offset, long length, CancellationToken cancellation)
    {
        byte[] buffer = new byte[Math.Min(length, 64 * 1024)];
        for (long done = 0; done < length;)
        {
            cancellation.ThrowIfCancellationRequested();
            int read = source.Read(offset + done, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - done)));
            if (read == 0 || buffer.AsSpan(0, read).ContainsAnyExcept((byte)0))
            {
                return 0;
            }

            done += read;
        }

        return length;
    }
}

/// <summary>What a reader says of some bytes.</summary>
internal sealed record Claim(long Start, long End, int Order, SizeKind Kind, string? Section);
