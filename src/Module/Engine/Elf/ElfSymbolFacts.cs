using GoCross.Errors;

namespace GoCross.Elf;

/// <summary>What the symbols tell about a file.</summary>
/// <param name="MinimumGlibcSymbols">The symbols that ask for the newest glibc.</param>
/// <param name="StackCanary">Whether code guards its stack frames; null where it cannot be told.</param>
/// <param name="HasMusl">Whether a static program has musl's start code in it.</param>
/// <param name="CallsDlopen">Whether dlopen is asked of a library or, in a static program with musl, linked in.</param>
internal readonly record struct ElfSymbolFacts(
    IReadOnlyList<string> MinimumGlibcSymbols, bool? StackCanary, bool HasMusl, bool CallsDlopen)
{
    /// <summary>What one knows without having looked.</summary>
    internal static ElfSymbolFacts None { get; } = new([], null, false, false);

    /// <summary>Looks at the symbols.</summary>
    /// <param name="observation">The file.</param>
    /// <param name="linkage">How it is linked.</param>
    /// <param name="needs">The versions that it needs.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">ElfAddressInvalid; ElfTruncated; ElfLimit; FileChanged.</exception>
    internal static ElfSymbolFacts Read(
        ElfObservation observation, ElfLinkage linkage, IReadOnlyList<ElfVersionNeed> needs, CancellationToken cancellation)
    {
        switch (linkage)
        {
            case ElfLinkage.Dynamic or ElfLinkage.DynamicNoNeeded or ElfLinkage.SharedObject:
                return ReadImports(observation, needs, cancellation);

            // A static program contains __stack_chk_fail because its C library does, so that tells nothing.
            case ElfLinkage.Static or ElfLinkage.StaticPie
                when observation.Note("GNU", ElfNote.GnuAbiTag) is null
                    && (observation.Note("Go", ElfNote.GoBuildId) is null || observation.Segment(ElfSegmentType.ThreadLocalStorage) is not null):
                return ReadStatic(observation.File, cancellation);
            default:
                return None;
        }
    }

    private static ElfSymbolFacts ReadImports(
        ElfObservation observation, IReadOnlyList<ElfVersionNeed> needs, CancellationToken cancellation)
    {
        if (observation.Dynamic is null)
        {
            return None;
        }

        using var table = ElfSymbolTable.OpenDynamic(observation.File, observation.Dynamic);
        if (table is null)
        {
            return None;
        }

        HashSet<int> newest = Newest(needs);
        var asking = new SortedSet<string>(StringComparer.Ordinal);
        bool canary = false;
        bool dlopen = false;
        while (table.TryRead(out ElfSymbolEntry symbol))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!symbol.IsUndefined)
            {
                continue;
            }

            ReadOnlySpan<byte> name = table.NameOf(symbol);
            canary = canary || name.SequenceEqual("__stack_chk_fail"u8);
            dlopen = dlopen || IsDlopen(name);
            if (newest.Contains(symbol.VersionIndex))
            {
                asking.Add(table.TextOf(symbol));
            }
        }

        return new ElfSymbolFacts(asking.ToArray(), canary, HasMusl: false, dlopen);
    }

    private static HashSet<int> Newest(IReadOnlyList<ElfVersionNeed> needs)
    {
        Version? newest = ElfVersions.MinimumGlibc(needs);
        return newest is null
            ? []
            : [.. needs.Where(need => !need.Weak && newest.Equals(ElfVersions.GlibcVersion(need.Version))).Select(need => need.Index)];
    }

    // Of a static program the symbols are there until it is stripped. musl's dlopen is linked in only where it is called;
    // glibc calls its own for itself.
    private static ElfSymbolFacts ReadStatic(ElfFile file, CancellationToken cancellation)
    {
        bool musl = false;
        bool dlopen = false;
        using var table = ElfSymbolTable.OpenStatic(file);
        while (table is not null && table.TryRead(out ElfSymbolEntry symbol))
        {
            cancellation.ThrowIfCancellationRequested();
            if (symbol.IsGlobal)
            {
                ReadOnlySpan<byte> name = table.NameOf(symbol);
                musl = musl || name.SequenceEqual("__init_libc"u8);
                dlopen = dlopen || (!symbol.IsUndefined && IsDlopen(name));
            }
        }

        return None with { HasMusl = musl, CallsDlopen = dlopen };
    }

    private static bool IsDlopen(ReadOnlySpan<byte> name) => name.SequenceEqual("dlopen"u8) || name.SequenceEqual("dlmopen"u8);
}
