using System.Text.Json.Nodes;
using GoCross.Files;
using GoCross.Formatting;
using GoCross.GoBinaries;
using GoCross.Names;

namespace GoCross.Builds;

/// <summary>
/// How a program was built, as an in-toto statement (in-toto attestation spec v1, statement.md) with SLSA provenance v1
/// (slsa.dev/spec/v1.0/provenance). It holds what -trimpath keeps out of the program, and no variable that is not on the
/// build's own list.
/// </summary>
internal static class ProvenanceStatement
{
    /// <summary>The kind of build: names the parameters that follow.</summary>
    internal const string BuildType = "urn:gocross:go-build:v1";

    private const string Builder = "urn:gocross:builder:v1";
    private const string Hash1 = "h1:";
    private const long MaxBytes = 16 << 20;

    /// <summary>Writes a statement.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="build">The build: a success.</param>
    /// <param name="options">What it was asked to do.</param>
    /// <param name="info">What Go wrote into the program; null where it is not found.</param>
    /// <param name="startedOn">When it began.</param>
    /// <param name="finishedOn">When it ended.</param>
    internal static void Write(
        Stream stream, GoBuild build, BuildOptions options, GoBuildInfo? info, DateTimeOffset startedOn, DateTimeOffset finishedOn) =>
        JsonText.Write(stream, new JsonObject
        {
            ["_type"] = "https://in-toto.io/Statement/v1",
            ["subject"] = new JsonArray(new JsonObject
            {
                ["name"] = Path.GetFileName(build.Path),
                ["digest"] = new JsonObject { ["sha256"] = build.Sha256! },
            }),
            ["predicateType"] = "https://slsa.dev/provenance/v1",
            ["predicate"] = new JsonObject
            {
                ["buildDefinition"] = Definition(build, options, info),
                ["runDetails"] = new JsonObject
                {
                    ["builder"] = new JsonObject
                    {
                        ["id"] = Builder,
                        ["version"] = new JsonObject
                        {
                            ["gocross"] = Product.Version,
                            ["go"] = build.GoVersion,
                        },
                    },
                    ["metadata"] = new JsonObject
                    {
                        ["startedOn"] = Rfc3339.Format(startedOn),
                        ["finishedOn"] = Rfc3339.Format(finishedOn),
                    },
                },
            },
        });

    /// <summary>Whether a file is a statement that GoCross wrote.</summary>
    /// <param name="path">Its full path.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    internal static bool IsOurs(string path) =>
        new FileInfo(path) is { Exists: true, Length: <= MaxBytes } && !SpecialFile.Is(path)
        && File.ReadAllText(path).Contains($"\"{BuildType}\"", StringComparison.Ordinal);

    private static JsonObject Definition(GoBuild build, BuildOptions options, GoBuildInfo? info) => new()
    {
        ["buildType"] = BuildType,
        ["externalParameters"] = new JsonObject
        {
            ["package"] = build.Package,
            ["target"] = build.Target,
            ["strategy"] = build.Strategy.ToString(),
            ["tags"] = JsonText.Array(build.Tags),
            ["ldflags"] = options.LdFlags,
            ["gcflags"] = options.GcFlags,
            ["goflags"] = JsonText.Array(build.GoFlags),
            ["define"] = JsonText.Object(options.Defines),
            ["strip"] = options.Strip,
            ["trimpath"] = options.TrimPath,
            ["buildvcs"] = options.BuildVcs,
            ["race"] = options.Race,
            ["mod"] = options.Mod,
            ["buildmode"] = options.BuildMode,
            ["compiler"] = options.Compiler,
            ["embeddedRoots"] = options.CaBundle is not null,
        },
        ["internalParameters"] = new JsonObject
        {
            ["command"] = JsonText.Array(build.CommandLine),
            ["environment"] = JsonText.Object(build.Environment),
        },
        ["resolvedDependencies"] = JsonText.Array(Dependencies(info)),
    };

    private static IEnumerable<JsonNode> Dependencies(GoBuildInfo? info)
    {
        if (info?.Vcs is { Revision: { } revision } vcs)
        {
            var source = new JsonObject
            {
                ["name"] = info.Main?.Path ?? info.Path,
                ["digest"] = new JsonObject { [vcs.System == "git" ? "gitCommit" : vcs.System] = revision },
            };
            if (vcs.Modified is { } modified)
            {
                source["annotations"] = new JsonObject { ["modified"] = modified };
            }

            yield return source;
        }

        foreach (GoModule used in (info?.Deps ?? []).Select(module => module.Replace ?? module))
        {
            var dependency = new JsonObject { ["uri"] = PackageUrl.ForGo(used.Path, used.Version).ToString() };
            if (HashOf(used) is { } hash)
            {
                dependency["digest"] = new JsonObject { ["dirHash1"] = hash };
            }

            yield return dependency;
        }
    }

    /// <summary>Go's hash of a module, as in-toto wants it: in hexadecimal digits (digest_set.md, dirHash1).</summary>
    private static string? HashOf(GoModule module)
    {
        byte[] hash = new byte[32];
        return module.Sum?.StartsWith(Hash1, StringComparison.Ordinal) == true
            && Convert.TryFromBase64String(module.Sum[Hash1.Length..], hash, out int count) && count == hash.Length
                ? Convert.ToHexString(hash).ToLowerInvariant()
                : null;
    }
}
