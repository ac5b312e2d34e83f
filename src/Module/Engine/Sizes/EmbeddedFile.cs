namespace GoCross.Sizes;

/// <summary>A file that go:embed put into a program.</summary>
/// <param name="Name">Its path in the embed.FS.</param>
/// <param name="Length">Its length in bytes.</param>
public sealed record EmbeddedFile(string Name, long Length)
{
    /// <summary>Its path.</summary>
    public override string ToString() => Name;
}
