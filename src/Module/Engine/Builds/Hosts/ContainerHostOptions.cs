namespace GoCross.Builds;

/// <summary>Where and how go runs in a container.</summary>
public sealed record ContainerHostOptions
{
    /// <summary>The image, as the user named it.</summary>
    public required string Image { get; init; }

    /// <summary>The go command or a GOROOT in the image; null to look for it.</summary>
    public string? GoPath { get; init; }

    /// <summary>Variables to set whenever go runs: the caller's for this call.</summary>
    public IReadOnlyDictionary<string, string> Given { get; init; } = new Dictionary<string, string>();

    /// <summary>What private modules are fetched with, of this machine's.</summary>
    public IReadOnlyList<ModuleCredential> Credentials { get; init; } = [];

    /// <summary>Whether the engine is to pull an image that it does not have.</summary>
    public bool Pulls { get; init; } = true;

    /// <summary>This machine's environment, of which a few variables go along.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>Is told what is done that takes time, such as what the engine says while it pulls the image.</summary>
    public Action<string> OnStatus { get; init; } = _ => { };
}
