namespace GoCross.Elf;

/// <summary>Tells what a file was made for: the system and the C library.</summary>
internal static class ElfOrigin
{
    /// <summary>What Go calls the system (GOOS), or null where the file does not say.</summary>
    internal static string? SystemOf(ElfObservation observation)
    {
        switch (observation.File.Header.OSAbi)
        {
            case 2:
                return "netbsd";
            case 3:
                return "linux"; // ELFOSABI_GNU
            case 6:
                return "solaris";
            case 9:
                return "freebsd";
            case 12:
                return "openbsd";
            default:
                break;
        }

        foreach (ElfNote note in observation.Notes)
        {
            switch (note.Owner)
            {
                case "GNU" when note.Type == ElfNote.GnuAbiTag && note.Size >= 4:
                    return observation.File.Encoding.UInt32(note.Content(observation.File), 0) == 0 ? "linux" : null;
                case "Android":
                    return "android";
                case "FreeBSD" or "NetBSD" or "OpenBSD" or "DragonFly":
                    return note.Owner == "DragonFly" ? "dragonfly" : note.Owner.ToLowerInvariant();
                default:
                    break;
            }
        }

        return LoaderLibC(observation.Interpreter) switch
        {
            LibC.Glibc or LibC.Musl or LibC.Uclibc => "linux",
            LibC.Bionic => "android",
            _ when observation.Interpreter?.EndsWith("/amd64/ld.so.1", StringComparison.Ordinal) == true => "solaris",
            _ => null,
        };
    }

    /// <summary>The C library, and what told it.</summary>
    internal static (LibC LibC, string Evidence) LibCOf(
        ElfObservation observation,
        ElfLinkage linkage,
        string? system,
        IReadOnlyList<ElfVersionNeed> needs,
        ElfSymbolFacts symbols)
    {
        if (linkage is ElfLinkage.PackedUnknown or ElfLinkage.Core)
        {
            return (LibC.Unknown, string.Empty);
        }

        if (system is not (null or "linux" or "android"))
        {
            return (LibC.Other, system);
        }

        if (LoaderLibC(observation.Interpreter) is not LibC.Unknown and LibC byLoader)
        {
            return (byLoader, $"PT_INTERP {observation.Interpreter}");
        }

        foreach (string library in observation.Needed)
        {
            if (LibraryLibC(library) is not LibC.Unknown and LibC byLibrary)
            {
                return (byLibrary, $"DT_NEEDED {library}");
            }
        }

        foreach (ElfVersionNeed need in needs)
        {
            if (need.Version.StartsWith("GLIBC_", StringComparison.Ordinal))
            {
                return (LibC.Glibc, $"DT_VERNEED {need.Version}");
            }
        }

        return linkage.IsStatic() ? StaticLibC(observation, symbols) : (LibC.Unknown, string.Empty);
    }

    // Every start file of glibc carries the tag, and no strip takes it out; musl's carry none. A C linker gives a Go
    // program a PT_TLS for the one variable that each thread has; Go's own linker gives a static one none.
    private static (LibC LibC, string Evidence) StaticLibC(ElfObservation observation, ElfSymbolFacts symbols)
    {
        if (observation.Note("GNU", ElfNote.GnuAbiTag) is not null)
        {
            return (LibC.Glibc, "NT_GNU_ABI_TAG");
        }

        if (symbols.HasMusl)
        {
            return (LibC.Musl, "SHT_SYMTAB __init_libc");
        }

        if (observation.Note("Go", ElfNote.GoBuildId) is null)
        {
            return (LibC.Unknown, string.Empty);
        }

        return observation.Segment(ElfSegmentType.ThreadLocalStorage) is null
            ? (LibC.None, "NT_GO_BUILD_ID, no PT_TLS")
            : (LibC.Musl, "NT_GO_BUILD_ID, PT_TLS, no NT_GNU_ABI_TAG");
    }

    private static LibC LoaderLibC(string? loader)
    {
        string name = Path.GetFileName(loader) ?? string.Empty;
        return name switch
        {
            _ when name.StartsWith("ld-musl-", StringComparison.Ordinal) => LibC.Musl,
            _ when name.StartsWith("ld-uClibc", StringComparison.Ordinal)
                || name.StartsWith("ld64-uClibc", StringComparison.Ordinal) => LibC.Uclibc,
            "linker" or "linker64" => LibC.Bionic,
            _ when name.StartsWith("ld-linux", StringComparison.Ordinal)
                || name.StartsWith("ld64.so.", StringComparison.Ordinal)
                || (name == "ld.so.1" && loader is "/lib/ld.so.1" or "/lib64/ld.so.1" or "/lib32/ld.so.1") => LibC.Glibc,
            _ => LibC.Unknown,
        };
    }

    private static LibC LibraryLibC(string library) => library switch
    {
        "libc.so.6" or "libc.so.6.1" => LibC.Glibc,
        _ when library.StartsWith("libc.musl-", StringComparison.Ordinal) => LibC.Musl,
        "libc.so.0" or "libc.so.1" => LibC.Uclibc,
        _ => LibC.Unknown,
    };
}
