using GoCross.Errors;

namespace GoCross.Elf;

/// <summary>Symbol versions (Linux Standard Base, "Symbol Versioning"): those that a file needs, those that it has.</summary>
internal static class ElfVersions
{
    /// <summary>The most entries that are read. Symbols refer to them by 15 bits, so that no honest file has more.</summary>
    private const int MaxEntries = 32_768;

    private const int NeedSize = 16;
    private const int DefinitionSize = 20;

    /// <summary>The versions that a file needs, in the file's order.</summary>
    /// <exception cref="GoCrossException">ElfAddressInvalid; ElfFieldInvalid; ElfTruncated; ElfLimit.</exception>
    internal static List<ElfVersionNeed> ReadNeeds(ElfFile file, ElfDynamicSection dynamic)
    {
        var needs = new List<ElfVersionNeed>();
        if (dynamic.ValueOf(DynamicTag.VersionNeeds) is null)
        {
            return needs;
        }

        (long offset, long available) = dynamic.Locate(DynamicTag.VersionNeeds, "DT_VERNEED");
        ulong count = dynamic.ValueOf(DynamicTag.VersionNeedCount) ?? 0;
        long at = 0;
        for (ulong i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> need = Entry(file, "DT_VERNEED", offset, available, at, NeedSize);
            int auxiliaryCount = file.Encoding.UInt16(need, 2);
            uint libraryText = file.Encoding.UInt32(need, 4);
            long auxiliary = at + file.Encoding.UInt32(need, 8);
            uint next = file.Encoding.UInt32(need, 12);
            string library = dynamic.Text(libraryText, "vn_file");
            for (int j = 0; j < auxiliaryCount; j++)
            {
                ReadOnlySpan<byte> version = Entry(file, "vn_aux", offset, available, auxiliary, NeedSize);
                ushort flags = file.Encoding.UInt16(version, 4);
                int index = file.Encoding.UInt16(version, 6);
                uint nextAuxiliary = file.Encoding.UInt32(version, 12);
                string name = dynamic.Text(file.Encoding.UInt32(version, 8), "vna_name");
                needs.Add(new ElfVersionNeed(library, name, (flags & 2) != 0, index & 0x7fff));
                if (needs.Count > MaxEntries)
                {
                    throw ElfErrors.Limit(file.Name, "DT_VERNEED", MaxEntries);
                }

                if (nextAuxiliary == 0)
                {
                    break;
                }

                auxiliary += nextAuxiliary;
            }

            if (next == 0)
            {
                break;
            }

            at += next;
        }

        return needs;
    }

    /// <summary>The versions that a library has, by the number that symbols refer to them with.</summary>
    /// <exception cref="GoCrossException">ElfAddressInvalid; ElfFieldInvalid; ElfTruncated; ElfLimit.</exception>
    internal static Dictionary<int, string> ReadDefinitions(ElfFile file, ElfDynamicSection dynamic)
    {
        var definitions = new Dictionary<int, string>();
        if (dynamic.ValueOf(DynamicTag.VersionDefinitions) is null)
        {
            return definitions;
        }

        (long offset, long available) = dynamic.Locate(DynamicTag.VersionDefinitions, "DT_VERDEF");
        ulong count = Math.Min(dynamic.ValueOf(DynamicTag.VersionDefinitionCount) ?? 0, MaxEntries);
        long at = 0;
        for (ulong i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> definition = Entry(file, "DT_VERDEF", offset, available, at, DefinitionSize);
            int index = file.Encoding.UInt16(definition, 4) & 0x7fff;
            int names = file.Encoding.UInt16(definition, 6);
            long auxiliary = at + file.Encoding.UInt32(definition, 12);
            uint next = file.Encoding.UInt32(definition, 16);

            // The first name is the version's own; those behind it are the versions it grew out of.
            if (names > 0)
            {
                ReadOnlySpan<byte> name = Entry(file, "vd_aux", offset, available, auxiliary, 8);
                definitions[index] = dynamic.Text(file.Encoding.UInt32(name, 0), "vda_name");
            }

            if (next == 0)
            {
                break;
            }

            at += next;
        }

        return definitions;
    }

    /// <summary>The highest version of glibc that is asked for and not weak, or null.</summary>
    internal static Version? MinimumGlibc(IReadOnlyList<ElfVersionNeed> needs)
    {
        Version? highest = null;
        foreach (ElfVersionNeed need in needs)
        {
            if (!need.Weak && GlibcVersion(need.Version) is { } version && (highest is null || version > highest))
            {
                highest = version;
            }
        }

        return highest;
    }

    /// <summary>The release of glibc that brought a version, or null where it is not one of glibc's.</summary>
    internal static Version? GlibcVersion(string version)
    {
        const string Prefix = "GLIBC_";
        if (!version.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        // No release's number, but a promise that the loader of 2.36 was the first to keep.
        return version == "GLIBC_ABI_DT_RELR" ? new Version(2, 36)
            : Version.TryParse(version.AsSpan(Prefix.Length), out Version? parsed) ? parsed
            : null;
    }

    private static ReadOnlySpan<byte> Entry(ElfFile file, string field, long offset, long available, long at, int size)
    {
        if (at > available - size)
        {
            throw ElfErrors.Truncated(file.Name, field, (ulong)(offset + at), size, offset + available);
        }

        return file.Peek(offset + at, size);
    }
}
