using GoCross.Errors;

namespace GoCross.Elf;

/// <summary>What the symbols tell about a file.</summary>
/// <param name="MinimumGlibcSymbols">The symbols that ask for the newest glibc.</param>
/// <param name="StackCanary">Whether code guards its stack frames; null where it cannot be told.</param>
/// <param name="HasMusl">Whether a static program has musl's start code in it.</param>
internal readonly record struct ElfSymbolFacts(
    IReadOnlyList<string> MinimumGlibcSymbols, bool? StackCanary, bool HasMusl)
{
    /// <summary>What one knows without having looked.</summary>
    internal static ElfSymbolFacts None { get; } = new([], null, false);

    /// <summary>Looks at the symbols.</summary>
    /// <param name="seen">The file.</param>
    /// <param name="linkage">How it is linked.</param>
    /// <param name="needs">The versions that it needs.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">ElfAddressInvalid; ElfTruncated; ElfLimit; FileChanged.</exception>
    internal static ElfSymbolFacts Read(
        ElfObservation seen, ElfLinkage linkage, IReadOnlyList<ElfVersionNeed> needs, CancellationToken cancellation)
    {
        switch (linkage)
        {
            case ElfLinkage.Dynamic or ElfLinkage.DynamicNoNeeded or ElfLinkage.SharedObject:
                return ReadImports(seen, needs, cancellation);

            // A static program contains __stack_chk_fail because its C library does, so that tells nothing.
            case ElfLinkage.Static or ElfLinkage.StaticPie
                when seen.Note("GNU", ElfNote.GnuAbiTag) is null && seen.Note("Go", ElfNote.GoBuildId) is null:
                return None with { HasMusl = FindMusl(seen.File, cancellation) };
            default:
                return None;
        }
    }

    private static ElfSymbolFacts ReadImports(
        ElfObservation seen, IReadOnlyList<ElfVersionNeed> needs, CancellationToken cancellation)
    {
        if (seen.Dynamic is null)
        {
            return None;
        }

        using var table = ElfSymbolTable.OpenDynamic(seen.File, seen.Dynamic);
        if (table is null)
        {
            return None;
        }

        HashSet<int> newest = Newest(needs);
        var asking = new SortedSet<string>(StringComparer.Ordinal);
        bool canary = false;
        while (table.TryRead(out ElfSymbolEntry symbol))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!symbol.IsUndefined)
            {
                continue;
            }

            canary = canary || table.NameOf(symbol).SequenceEqual("__stack_chk_fail"u8);
            if (newest.Contains(symbol.VersionIndex))
            {
                asking.Add(table.TextOf(symbol));
            }
        }

        return new ElfSymbolFacts(asking.ToArray(), canary, HasMusl: false);
    }

    private static HashSet<int> Newest(IReadOnlyList<ElfVersionNeed> needs)
    {
        Version? newest = ElfVersions.MinimumGlibc(needs);
        return newest is null
            ? []
            : [.. needs.Where(need => !need.Weak && newest.Equals(ElfVersions.GlibcVersion(need.Version))).Select(need => need.Index)];
    }

    private static bool FindMusl(ElfFile file, CancellationToken cancellation)
    {
        using var table = ElfSymbolTable.OpenStatic(file);
        while (table is not null && table.TryRead(out ElfSymbolEntry symbol))
        {
            cancellation.ThrowIfCancellationRequested();
            if (symbol.IsGlobal && table.NameOf(symbol).SequenceEqual("__init_libc"u8))
            {
                return true;
            }
        }

        return false;
    }
}
