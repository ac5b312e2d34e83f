namespace GoCross.Formatting;

/// <summary>What documents and requests say of the program that made them.</summary>
internal static class Product
{
    /// <summary>The name.</summary>
    internal const string Name = "GoCross";

    /// <summary>The version.</summary>
    internal static string Version { get; } = typeof(Product).Assembly.GetName().Version!.ToString(3);
}
