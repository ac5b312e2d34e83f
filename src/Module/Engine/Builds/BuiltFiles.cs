using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using GoCross.Files;

namespace GoCross.Builds;

/// <summary>
/// The programs that this session built. go does not link a program that is up to date, but it has to find it where it is
/// to write it, which is a temporary name here: the program that stands under the output's name is linked there. Only what
/// this session built is, and it is hashed afterwards, because go looks at nothing but the build ID in the file.
/// </summary>
internal static class BuiltFiles
{
    private static readonly ConcurrentDictionary<string, (string Sha256, FileStamps Stamps)> Known = new(StringComparer.Ordinal);

    /// <summary>Remembers a program that was built and checked.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="sha256">Its SHA-256.</param>
    internal static void Remember(string path, string sha256)
    {
        var stamps = new FileStamps();
        stamps.Add(path);
        Known[path] = (sha256, stamps);
    }

    /// <summary>Puts the program that stands under an output's name where go is going to write, if it is one of ours.</summary>
    /// <param name="output">The output's full path.</param>
    /// <param name="made">The full path that go writes to.</param>
    /// <param name="host">Where go runs.</param>
    internal static Reuse TryReuse(string output, string made, IGoHost host) =>
        host is LocalGoHost && !OperatingSystem.IsWindows()
        && Known.TryGetValue(output, out (string Sha256, FileStamps Stamps) known)
        && known.Stamps.AreCurrent()
        && Link(output, made) == 0
            ? new Reuse(known.Sha256, output)
            : default;

    [DllImport("libc", EntryPoint = "link")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string added);

    /// <summary>A program that go was given to find up to date.</summary>
    internal readonly struct Reuse
    {
        private readonly string? _sha256;
        private readonly string? _path;

        internal Reuse(string sha256, string path)
        {
            _sha256 = sha256;
            _path = path;
        }

        /// <summary>Whether the file is what was built: a new one, or the old one as it was built.</summary>
        /// <param name="sha256">The SHA-256 of what is there after go has ended.</param>
        /// <param name="cancellation">Ends the reading.</param>
        internal async Task<bool> AcceptsAsync(string sha256, CancellationToken cancellation) =>
            _sha256 is null || _sha256 == sha256
            || await FileHash.Sha256Async(_path!, cancellation).ConfigureAwait(false) != sha256;
    }
}
