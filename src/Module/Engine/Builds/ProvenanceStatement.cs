using System.Text.Json;
using GoCross.Files;
using GoCross.GoBinaries;

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
        Stream stream, GoBuild build, BuildOptions options, GoBuildInfo? info, DateTimeOffset startedOn, DateTimeOffset finishedOn)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("_type", "https://in-toto.io/Statement/v1");
        json.WriteStartArray("subject");
        json.WriteStartObject();
        json.WriteString("name", Path.GetFileName(build.Path));
        WriteDigest(json, "sha256", build.Sha256!);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("predicateType", "https://slsa.dev/provenance/v1");
        json.WriteStartObject("predicate");
        WriteDefinition(json, build, options, info);
        WriteRun(json, build, startedOn, finishedOn);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Whether a file is a statement that GoCross wrote.</summary>
    /// <param name="path">Its full path.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    internal static bool IsOurs(string path) =>
        new FileInfo(path) is { Exists: true, Length: <= MaxBytes } && !SpecialFile.Is(path)
        && File.ReadAllText(path).Contains($"\"{BuildType}\"", StringComparison.Ordinal);

    private static void WriteDefinition(Utf8JsonWriter json, GoBuild build, BuildOptions options, GoBuildInfo? info)
    {
        json.WriteStartObject("buildDefinition");
        json.WriteString("buildType", BuildType);
        json.WriteStartObject("externalParameters");
        json.WriteString("package", build.Package);
        json.WriteString("target", build.Target);
        json.WriteString("strategy", build.Strategy.ToString());
        WriteStrings(json, "tags", build.Tags);
        json.WriteString("ldflags", options.LdFlags);
        json.WriteString("gcflags", options.GcFlags);
        WriteStrings(json, "goflags", build.GoFlags);
        json.WriteStartObject("define");
        foreach ((string name, string value) in options.Defines)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteBoolean("strip", options.Strip);
        WriteChoice(json, "trimpath", options.TrimPath);
        json.WriteString("buildvcs", options.BuildVcs);
        WriteChoice(json, "race", options.Race);
        json.WriteString("mod", options.Mod);
        json.WriteString("buildmode", options.BuildMode);
        json.WriteString("compiler", options.Compiler);
        json.WriteBoolean("embeddedRoots", options.CaBundle is not null);
        json.WriteEndObject();
        json.WriteStartObject("internalParameters");
        WriteStrings(json, "command", build.CommandLine);
        json.WriteStartObject("environment");
        foreach ((string name, string value) in build.Environment)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("resolvedDependencies");
        WriteDependencies(json, info);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteDependencies(Utf8JsonWriter json, GoBuildInfo? info)
    {
        if (info?.Vcs is { Revision: { } revision } vcs)
        {
            json.WriteStartObject();
            json.WriteString("name", info.Main?.Path ?? info.Path);
            WriteDigest(json, vcs.System == "git" ? "gitCommit" : vcs.System, revision);
            if (vcs.Modified is { } modified)
            {
                json.WriteStartObject("annotations");
                json.WriteBoolean("modified", modified);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        foreach (GoModule module in info?.Deps ?? [])
        {
            GoModule used = module.Replace ?? module;
            json.WriteStartObject();
            json.WriteString("uri", $"pkg:golang/{used.Path}@{Uri.EscapeDataString(used.Version)}");
            if (HashOf(used) is { } hash)
            {
                WriteDigest(json, "dirHash1", hash);
            }

            json.WriteEndObject();
        }
    }

    private static void WriteRun(Utf8JsonWriter json, GoBuild build, DateTimeOffset startedOn, DateTimeOffset finishedOn)
    {
        json.WriteStartObject("runDetails");
        json.WriteStartObject("builder");
        json.WriteString("id", Builder);
        json.WriteStartObject("version");
        json.WriteString("gocross", typeof(ProvenanceStatement).Assembly.GetName().Version!.ToString(3));
        json.WriteString("go", build.GoVersion);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("metadata");
        json.WriteString("startedOn", Text(startedOn));
        json.WriteString("finishedOn", Text(finishedOn));
        json.WriteEndObject();
        json.WriteEndObject();
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

    private static void WriteDigest(Utf8JsonWriter json, string algorithm, string value)
    {
        json.WriteStartObject("digest");
        json.WriteString(algorithm, value);
        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, string name, bool? choice)
    {
        if (choice is { } given)
        {
            json.WriteBoolean(name, given);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    // RFC 3339, in UTC, as in-toto's Timestamp has it.
    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
