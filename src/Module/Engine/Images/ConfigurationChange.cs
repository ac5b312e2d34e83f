using GoCross.Formatting;

namespace GoCross.Images;

/// <summary>A setting that differs between two images' configurations.</summary>
/// <param name="Setting">Env, Label, Entrypoint, Cmd, User, WorkingDir, ExposedPort, Volume, StopSignal, StopTimeout, Healthcheck, Shell, OnBuild, ArgsEscaped, OsFeature, Author, Platform, LayerAnnotation; Other for what else the configuration sets.</param>
/// <param name="Name">Which of them, for those that have a name (Env, Label, ExposedPort, Volume, OsFeature, Other); of a LayerAnnotation the place of the difference image's layer, from 0, and its key; empty for the others.</param>
/// <param name="ReferenceValue">Its value in the reference image; null if it is not set.</param>
/// <param name="DifferenceValue">Its value in the difference image; null if it is not set.</param>
public sealed record ConfigurationChange(
    string Setting, string Name, string? ReferenceValue, string? DifferenceValue)
{
    /// <summary>The same as <see cref="DifferenceValue"/>: the name that the table's header has.</summary>
    public string? Difference => DifferenceValue;

    /// <summary>The same as <see cref="ReferenceValue"/>: the name that the table's header has.</summary>
    public string? Reference => ReferenceValue;

    /// <summary>The change in one line, as it may be shown: see <see cref="EscapedText"/>.</summary>
    public override string ToString()
    {
        string what = Name.Length == 0 ? Setting : $"{Setting} {Name}";
        return EscapedText.Of($"{what}: {ReferenceValue ?? "(none)"} -> {DifferenceValue ?? "(none)"}");
    }
}
