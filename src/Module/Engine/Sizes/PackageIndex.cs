using System.Text;
using GoCross.GoBinaries;

namespace GoCross.Sizes;

/// <summary>Numbers the packages of a program, and finds the package of a name or a source file.</summary>
internal sealed class PackageIndex
{
    /// <summary>What belongs to no package: the linker's own, and C's.</summary>
    public const int None = 0;

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal) { [""] = None };
    private readonly List<string> _names = [""];
    private byte[] _last = [];
    private int _lastNumber;

    /// <summary>The packages' paths by number; the first is empty.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>How many numbers there are.</summary>
    public int Count => _names.Count;

    /// <summary>The number of the package that a function's name belongs to.</summary>
    /// <param name="name">The name in UTF-8.</param>
    public int OfFunction(ReadOnlySpan<byte> name)
    {
        // Functions stand in the order of their packages, so the last one's package is most often the next one's.
        int bracket = name.IndexOf((byte)'[');
        ReadOnlySpan<byte> head = bracket < 0 ? name : name[..bracket];
        int slash = head.LastIndexOf((byte)'/');
        int dot = head[(slash + 1)..].IndexOf((byte)'.');
        ReadOnlySpan<byte> key = dot < 0 || name.Contains((byte)':') || name.StartsWith("go."u8) ? name : head[..(slash + 1 + dot + 1)];
        if (key.SequenceEqual(_last))
        {
            return _lastNumber;
        }

        _lastNumber = OfPath(GoFunction.PackageOf(Encoding.UTF8.GetString(name)));
        _last = key.ToArray();
        return _lastNumber;
    }

    /// <summary>The number of a package's path; a new one where it is new.</summary>
    public int OfPath(string path)
    {
        if (!_numbers.TryGetValue(path, out int number))
        {
            number = _names.Count;
            _numbers.Add(path, number);
            _names.Add(path);
        }

        return number;
    }

    /// <summary>Lets a path stand for a package: the main package's functions are main's, its files lie in its own folder.</summary>
    public void Alias(string path, string package) => _numbers[path] = OfPath(package);

    /// <summary>
    /// The package in whose folder a source file lies: the longest end of the folder's path that is a package's. A module's
    /// version is in the folder's name, and in no package's.
    /// </summary>
    /// <param name="file">The file's path as the compiler recorded it.</param>
    public int OfFile(string file)
    {
        int end = file.LastIndexOf('/');
        if (end <= 0)
        {
            return None;
        }

        string folder = file[..end];
        int at = folder.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            int next = folder.IndexOf('/', at);
            folder = folder[..at] + (next < 0 ? "" : folder[next..]);
        }

        for (string rest = folder; rest.Length > 0;)
        {
            if (_numbers.TryGetValue(rest, out int number))
            {
                return number;
            }

            int slash = rest.IndexOf('/', StringComparison.Ordinal);
            rest = slash < 0 ? "" : rest[(slash + 1)..];
        }

        return None;
    }
}
