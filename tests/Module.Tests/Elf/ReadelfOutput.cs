using System.Globalization;
using System.Text.RegularExpressions;

namespace GoCross.Tests.Elf;

/// <summary>What readelf (binutils) says of a file.</summary>
internal sealed partial class ReadelfOutput
{
    public List<string> Needed { get; } = [];

    public string? SoName { get; private set; }

    public string? RPath { get; private set; }

    public string? RunPath { get; private set; }

    public string? Interpreter { get; private set; }

    public string? BuildId { get; private set; }

    /// <summary>Library, version, flags and number of each version that is needed.</summary>
    public List<(string Library, string Version, bool Weak, int Index)> VersionNeeds { get; } = [];

    /// <summary>Type, offset, address, file size and memory size of each PT_LOAD.</summary>
    public List<(ulong Offset, ulong Address, ulong FileSize, ulong MemorySize)> Loads { get; } = [];

    /// <summary>Name and version of each undefined symbol of the dynamic table.</summary>
    public List<(string Name, string Version)> Imports { get; } = [];

    /// <summary>Asks readelf about many files at once.</summary>
    public static Dictionary<string, ReadelfOutput> Of(IReadOnlyList<string> files)
    {
        var all = new Dictionary<string, ReadelfOutput>();
        foreach (string[] chunk in files.Chunk(50))
        {
            // A single file gets no heading. It complains of damaged files with a status of its own.
            string output = Programs.Run("readelf", ["-d", "-l", "-V", "-n", "--dyn-syms", "-W", "--", "/", .. chunk]).StandardOutput;
            ReadelfOutput? current = null;
            string library = string.Empty;
            bool needs = false;
            foreach (string line in output.Split('\n'))
            {
                if (line.StartsWith("File: ", StringComparison.Ordinal))
                {
                    current = all[line[6..]] = new ReadelfOutput();
                }
                else if (line.StartsWith("Version ", StringComparison.Ordinal))
                {
                    needs = line.StartsWith("Version needs", StringComparison.Ordinal);
                }
                else if (needs && FilePattern().Match(line) is { Success: true } file)
                {
                    library = file.Groups[1].Value;
                }
                else if (needs && VersionPattern().Match(line) is { Success: true } version)
                {
                    current!.VersionNeeds.Add((
                        library,
                        version.Groups[1].Value,
                        version.Groups[2].Value.Contains("WEAK", StringComparison.Ordinal),
                        int.Parse(version.Groups[3].Value, CultureInfo.InvariantCulture)));
                }
                else
                {
                    current?.Read(line);
                }
            }
        }

        return all;
    }

    private void Read(string line)
    {
        if (DynamicPattern().Match(line) is { Success: true } entry)
        {
            string value = entry.Groups[2].Value;
            switch (entry.Groups[1].Value)
            {
                case "NEEDED": Needed.Add(value); break;
                case "SONAME": SoName = value; break;
                case "RPATH": RPath = value; break;
                case "RUNPATH": RunPath = value; break;
                default: break;
            }
        }
        else if (line.Trim().StartsWith("[Requesting program interpreter: ", StringComparison.Ordinal))
        {
            Interpreter = line.Trim()["[Requesting program interpreter: ".Length..^1];
        }
        else if (line.IndexOf("    Build ID: ", StringComparison.Ordinal) is >= 0 and var at)
        {
            BuildId ??= line[(at + "    Build ID: ".Length)..];
        }
        else if (LoadPattern().Match(line) is { Success: true } load)
        {
            Loads.Add((Hex(load, 1), Hex(load, 2), Hex(load, 4), Hex(load, 5)));
        }
        else if (ImportPattern().Match(line) is { Success: true } import)
        {
            Imports.Add((import.Groups[1].Value, import.Groups[2].Value));
        }
    }

    private static ulong Hex(Match match, int group) =>
        ulong.Parse(match.Groups[group].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^ 0x[0-9a-f]+ \((NEEDED|SONAME|RPATH|RUNPATH)\) +(?:Shared library|Library [a-z]+): \[(.*)\]$")]
    private static partial Regex DynamicPattern();

    [GeneratedRegex(@"^ +0*[0-9a-fx]+: Version: 1  File: (\S+)  Cnt: \d+$")]
    private static partial Regex FilePattern();

    [GeneratedRegex(@"^ +0x[0-9a-f]+: +Name: (\S+)  Flags: (.*?)  Version: (\d+)$")]
    private static partial Regex VersionPattern();

    [GeneratedRegex(@"^  LOAD +0x([0-9a-f]+) 0x([0-9a-f]+) 0x([0-9a-f]+) 0x([0-9a-f]+) 0x([0-9a-f]+) ")]
    private static partial Regex LoadPattern();

    [GeneratedRegex(@"^ +\d+: [0-9a-f]+ +\S+ \S+ +(?:GLOBAL|WEAK) +\S+ +UND ([^\s@]+)@(\S+) \(\d+\)$")]
    private static partial Regex ImportPattern();
}
