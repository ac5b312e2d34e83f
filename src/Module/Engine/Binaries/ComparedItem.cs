namespace GoCross.Binaries;

/// <summary>One thing of a binary, to be put beside that of the same name of another.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Value">What is shown of it; null where its presence is all there is to it.</param>
/// <param name="Whole">All of it, where that is more than is shown. It is shown where the values alone do not differ.</param>
/// <param name="Present">Whether it is there. One that is not holds the place of the other binary's.</param>
internal readonly record struct ComparedItem(string Name, object? Value, object? Whole = null, bool Present = true)
{
    /// <summary>Equal for two that are the same.</summary>
    internal object Identity => Whole ?? Value ?? string.Empty;

    /// <summary>A fact, which is not there where it has no value.</summary>
    internal static ComparedItem Fact(string name, object? value) => new(name, value, Present: value is not null);

    /// <summary>A fact that is compared only where it is known of both binaries.</summary>
    internal static ComparedItem Known(string name, object? value, object? beside) =>
        new(name, value, Present: value is not null && beside is not null);
}
