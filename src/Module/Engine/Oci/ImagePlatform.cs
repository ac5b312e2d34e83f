using System.Runtime.InteropServices;
using GoCross.Errors;
using GoCross.Names;

namespace GoCross.Oci;

/// <summary>What an image runs on, in Go's names (OCI image-spec, image-index.md, "platform").</summary>
/// <param name="Os">GOOS: linux.</param>
/// <param name="Architecture">GOARCH: amd64.</param>
/// <param name="Variant">The variant of the architecture, such as v7 of arm; null where there is none.</param>
/// <param name="OsVersion">The version of Windows, such as 10.0.20348.2700; null where there is none.</param>
public sealed record ImagePlatform(string Os, string Architecture, string? Variant = null, string? OsVersion = null)
{
    /// <summary>Linux on this machine's architecture.</summary>
    public static ImagePlatform Default { get; } = new("linux", RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.X86 => "386",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        System.Runtime.InteropServices.Architecture.Arm or System.Runtime.InteropServices.Architecture.Armv6 => "arm",
        System.Runtime.InteropServices.Architecture.Ppc64le => "ppc64le",
        System.Runtime.InteropServices.Architecture.S390x => "s390x",
        System.Runtime.InteropServices.Architecture.LoongArch64 => "loong64",
        { } other => other.ToString().ToLowerInvariant(),
    });

    /// <summary>Reads os/arch or os/arch/variant, and takes other names of architectures for Go's; a version stands behind the os, windows(10.0.20348)/amd64, as containerd writes it.</summary>
    /// <exception cref="GoCrossException">PlatformInvalid.</exception>
    public static ImagePlatform Parse(string text)
    {
        string[] parts = text.ToLowerInvariant().Split('/');
        int version = parts[0].EndsWith(')') ? parts[0].IndexOf('(', StringComparison.Ordinal) : -1;
        string os = version < 0 ? parts[0] : parts[0][..version];
        string? variant = parts.Length == 3 ? parts[2] : null;
        if (parts.Length > 1)
        {
            (parts[1], string? implied) = ArchitectureNames.Normalize(parts[1]);
            variant ??= implied;
        }

        return parts.Length is 2 or 3 && !Array.Exists([os, .. parts], string.IsNullOrWhiteSpace) && !parts[0].EndsWith("()", StringComparison.Ordinal)
            ? new ImagePlatform(os, parts[1], variant, version < 0 ? null : parts[0][(version + 1)..^1])
            : throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.PlatformInvalid), text);
    }

    /// <summary>The platform as documents have it.</summary>
    internal PlatformDocument ToDocument() => new() { Os = Os, OsVersion = OsVersion, Architecture = Architecture, Variant = Variant };

    /// <summary>os/arch or os/arch/variant, with the version where there is one: windows(10.0.20348.2700)/amd64.</summary>
    public override string ToString()
    {
        string os = OsVersion is null ? Os : $"{Os}({OsVersion})";
        return Variant is null ? $"{os}/{Architecture}" : $"{os}/{Architecture}/{Variant}";
    }

    /// <summary>
    /// How far an image for <paramref name="other"/> is from what one asks for with this: 0 for just that, more for what
    /// only runs on it too, null for what does not. As containerd has it (platforms, compare.go and database.go): amd64
    /// is v1 and arm is v7 where nothing else is said, and what runs on a variant are those below it, never those above.
    /// </summary>
    internal int? DistanceTo(ImagePlatform other)
    {
        // Documents have the kernel's names, too, for which containerd takes Go's.
        (string architecture, string? variant) = ArchitectureNames.Normalize(other.Architecture);
        if (!string.Equals(Os, other.Os, StringComparison.OrdinalIgnoreCase)
            || !string.Equals(Architecture, architecture, StringComparison.OrdinalIgnoreCase)
            || !IsOfVersion(other.OsVersion))
        {
            return null;
        }

        string? wanted = Variant ?? ImpliedVariant;
        string? offered = other.Variant ?? variant ?? ImpliedVariant;
        return VersionOf(wanted) is { } max && VersionOf(offered) is { } version
            ? version <= max ? max - version : null
            : wanted == offered ? 0
            : wanted is null ? 1
            : null;
    }

    // 10.0.20348 is every build of it, as Windows itself has it; nothing is any.
    private bool IsOfVersion(string? version) => OsVersion is null
        || version == OsVersion
        || version?.StartsWith(OsVersion + ".", StringComparison.Ordinal) == true;

    private string? ImpliedVariant => Architecture switch
    {
        "amd64" => "v1",
        "arm" => "v7",
        "arm64" => "v8",
        _ => null,
    };

    // Of the architectures whose variants contain those below: amd64 from v1, arm from v5.
    private int? VersionOf(string? variant) =>
        variant is ['v', >= '1' and <= '9'] && (Architecture == "amd64" || (Architecture == "arm" && variant[1] >= '5'))
            ? variant[1] - '0'
            : null;
}
