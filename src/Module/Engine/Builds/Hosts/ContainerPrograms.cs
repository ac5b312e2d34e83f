using GoCross.Processes;

namespace GoCross.Builds;

/// <summary>The programs of a container, looked up once: to ask for each by itself would cost a call of the engine each time.</summary>
internal sealed class ContainerPrograms
{
    // POSIX shell. First the answers on the go command that was asked for, then all that is on PATH, in its order, then
    // where go is in images that have it on no PATH; last what gcc makes programs for.
    private const string Script = """
        list() { for f do [ -f "$f" ] && [ -x "$f" ] && printf '%s\n' "$f"; done; }
        list "$1/bin/go" "$1/go" "$1"
        echo ---
        (IFS=:; for d in $PATH; do list "$d"/*; done)
        list /usr/local/go/bin/go /usr/lib/go-*/bin/go /usr/lib/go/bin/go
        echo ---
        gcc -dumpmachine 2>/dev/null
        :
        """;

    private const string Separator = "---";
    private const string MuslGcc = "musl-gcc";
    private const string MuslGxx = "musl-g++";
    private const string Gcc = "gcc";

    private readonly Dictionary<string, string> _programs = new(StringComparer.Ordinal);
    private readonly bool _isMusl;

    private ContainerPrograms(string answer)
    {
        string[] parts = answer.Split(Separator + "\n");
        GivenGo = Lines(parts[0]).FirstOrDefault();
        foreach (string path in Lines(parts.ElementAtOrDefault(1)))
        {
            _programs.TryAdd(path[(path.LastIndexOf('/') + 1)..], path);
        }

        // x86_64-alpine-linux-musl
        _isMusl = Lines(parts.ElementAtOrDefault(2)).Any(machine => machine.EndsWith("-musl", StringComparison.Ordinal));
    }

    /// <summary>The go command that was asked for; null where there is none at that place.</summary>
    internal string? GivenGo { get; }

    /// <summary>What to run to find them.</summary>
    /// <param name="goPath">The go command or the GOROOT that was asked for; null for none.</param>
    internal static ProcessRequest Request(string? goPath) => new()
    {
        FileName = "/bin/sh",
        Arguments = ["-c", Script, "sh", goPath ?? "/nonexistent"],
        WorkingDirectory = "/",
    };

    /// <summary>Reads the answer.</summary>
    internal static ContainerPrograms Read(ProcessResult result) => new(result.StandardOutput);

    /// <summary>The full path of a program, or null.</summary>
    internal string? Find(string name) => _programs.GetValueOrDefault(name switch
    {
        // Where the system's own library is musl, as in Alpine, the system's own compiler is the one for musl.
        MuslGcc when _isMusl => Gcc,
        MuslGxx when _isMusl => "g++",
        Gcc when _isMusl => string.Empty,
        "musl-pkg-config" when _isMusl => "pkg-config",
        "musl-gfortran" when _isMusl => "gfortran",
        "musl-ar" when _isMusl => "ar",
        _ => name,
    });

    private static string[] Lines(string? text) => (text ?? string.Empty).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
