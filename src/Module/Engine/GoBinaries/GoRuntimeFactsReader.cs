using GoCross.Errors;
using GoCross.Files;

namespace GoCross.GoBinaries;

/// <summary>
/// Tells from a Go program's function names what it will ask of its system. Stripped programs keep the names, and
/// nothing is executed.
/// </summary>
public static class GoRuntimeFactsReader
{
    /// <summary>Reads the facts of a file.</summary>
    /// <param name="fullPath">The file's full path.</param>
    /// <returns>Null if the file is not a Go program.</returns>
    /// <exception cref="GoCrossException">
    /// GoFunctionTableDamaged: it is a Go program, and damaged. PathNotFound, PathIsDirectory, FileEmpty.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static GoRuntimeFacts? TryRead(string fullPath)
    {
        using RandomAccessFile source = RandomAccessFile.Open(fullPath);
        return TryRead(source);
    }

    /// <summary>Reads the facts of a source.</summary>
    /// <param name="source">The file's bytes. The caller keeps it.</param>
    /// <returns>Null if it is not a Go program.</returns>
    /// <exception cref="GoCrossException">GoFunctionTableDamaged: it is a Go program, and damaged.</exception>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public static GoRuntimeFacts? TryRead(IRandomAccessSource source)
    {
        foreach (ProgramImage image in ProgramImages.Open(source))
        {
            if (TryRead(image) is { } facts)
            {
                return facts;
            }
        }

        return null;
    }

    /// <summary>Reads the facts of a program whose headers were read before.</summary>
    internal static GoRuntimeFacts? TryRead(ProgramImage image)
    {
        if (GoFunctionTable.TryOpen(image) is not { } table)
        {
            return null;
        }

        var markers = new Markers();
        table.ForEachName(markers.See);

        // On Windows and macOS Go leaves names and certificates to the system; those with ELF are alike.
        GoRuntimeFacts facts = markers.Conclude(asksPlatform: image.Format != BinaryFormat.Elf);
        if (!LibraryNeeds.Has(facts.LibraryNeeds, RuntimeNeedKind.Program))
        {
            return facts;
        }

        (IReadOnlyList<string> programs, bool hasOthers) = StartedPrograms.Find(image, table);
        return facts with { Programs = programs, StartsOthers = hasOthers };
    }

    /// <summary>The functions that tell something, seen one by one.</summary>
    private sealed class Markers
    {
        private bool _cgo;
        private bool _cgoResolver;
        private bool _pureResolver;
        private bool _platformResolver;
        private bool _cgoUsers;
        private bool _pureUsers;
        private bool _platformUsers;
        private bool _groups;
        private bool _embeddedRoots;
        private bool _embeddedZones;
        private bool _ownCCode;
        private bool _dlopen;
        private ulong _needs;
        private bool _race;

        public void See(ReadOnlySpan<byte> name)
        {
            _needs |= LibraryNeeds.Of(name);
            SeeCgo(name);

            // One character rules most names out before any comparison.
            switch (name[0])
            {
                case (byte)'c':
                    // The bridge from C to Go, in every Go version that has cgo, and in no program that was not linked
                    // with it; runtime/cgo.NewHandle, by contrast, needs no C code.
                    _cgo |= name.SequenceEqual("crosscall2"u8);

                    // Whoever calls it brings certificates: golang.org/x/crypto/x509roots/fallback, or a package of one's own.
                    _embeddedRoots |= name.SequenceEqual("crypto/x509.SetFallbackRoots"u8);
                    break;
                case (byte)'n' when name.StartsWith("net."u8):
                    SeeNet(name[4..]);
                    break;
                case (byte)'o' when name.StartsWith("os"u8):
                    SeeOS(name);
                    break;
                case (byte)'r':
                    _race |= name.SequenceEqual("runtime.RaceEnable"u8);
                    break;
                case (byte)'t':
                    _embeddedZones |= name.SequenceEqual("time/tzdata.loadFromEmbeddedTZData"u8);
                    break;
            }
        }

        public GoRuntimeFacts Conclude(bool asksPlatform) => new()
        {
            CgoLinked = _cgo,
            Resolver = asksPlatform
                ? _platformResolver ? GoLookup.Platform : GoLookup.None
                : Unix(_cgoResolver, _pureResolver),
            UserLookup = asksPlatform
                ? _platformUsers ? GoLookup.Platform : GoLookup.None
                : Unix(_cgoUsers, _pureUsers),
            LooksUpGroups = _groups,

            // Elsewhere the system verifies by itself.
            NeedsCaCertificates = Has(RuntimeNeedKind.CaCertificates) && !asksPlatform,
            EmbedsCaCertificates = _embeddedRoots,
            NeedsTimeZones = Has(RuntimeNeedKind.TimeZones),
            EmbedsTimeZones = _embeddedZones,
            MakesTemporaryFiles = Has(RuntimeNeedKind.TemporaryDirectory),
            RaceDetector = _race,
            HasOwnCCode = _ownCCode,
            CallsDlopen = _dlopen,
            LibraryNeeds = asksPlatform ? 0 : _needs,
        };

        private bool Has(RuntimeNeedKind kind) => LibraryNeeds.Has(_needs, kind);

        private static GoLookup Unix(bool cgo, bool pure) =>
            cgo ? GoLookup.Cgo : pure ? GoLookup.PureGo : GoLookup.None;

        private void SeeNet(ReadOnlySpan<byte> name)
        {
            // _C_getaddrinfo; before Go 1.20 _C2func_getaddrinfo. Names inside are closures of it.
            _cgoResolver |= name.StartsWith("_C"u8) && name.IndexOf("_getaddrinfo"u8) > 0;
            _pureResolver |= name.StartsWith("(*Resolver).goLookupIP"u8) || name.StartsWith("goLookupIP"u8);
            _platformResolver |= name.StartsWith("(*Resolver).lookupIP"u8) || name.StartsWith("lookupIP"u8);
        }

        private void SeeOS(ReadOnlySpan<byte> name)
        {
            if (name.StartsWith("os/user."u8))
            {
                name = name[8..];
                _cgoUsers |= name.StartsWith("_C"u8);
                _pureUsers |= name.SequenceEqual("readColonFile"u8);
                _platformUsers |= name.StartsWith("lookup"u8) || name.StartsWith("current"u8);
                _groups |= name.StartsWith("lookupGroup"u8) || name.StartsWith("listGroups"u8);
            }
        }

        // What cgo makes of C.f in a package p is p._Cfunc_f; net and os/user have such of their own, and plugin's opens
        // plug-ins, which is in the table.
        private void SeeCgo(ReadOnlySpan<byte> name)
        {
            int at = name.IndexOf("._C"u8);
            if (at <= 0)
            {
                return;
            }

            ReadOnlySpan<byte> package = name[..at];
            ReadOnlySpan<byte> function = name[(at + 1)..];
            bool isCall = function.StartsWith("_Cfunc_"u8) || function.StartsWith("_C2func_"u8);
            if (isCall && !package.SequenceEqual("net"u8) && !package.SequenceEqual("os/user"u8)
                && !package.SequenceEqual("runtime/cgo"u8) && !package.SequenceEqual("plugin"u8))
            {
                _ownCCode = true;
                _dlopen |= function.EndsWith("_dlopen"u8) || function.EndsWith("_dlmopen"u8);
            }
        }
    }
}
