namespace GoCross.Sboms;

/// <summary>What documents say of the program that made them.</summary>
internal static class SbomTool
{
    /// <summary>The name.</summary>
    internal const string Name = "GoCross";

    /// <summary>The version.</summary>
    internal static string Version { get; } = typeof(SbomTool).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>Both, as a component of CycloneDX.</summary>
    internal static CycloneDxComponent Component { get; } = new() { Type = "application", Name = Name, Version = Version };
}
