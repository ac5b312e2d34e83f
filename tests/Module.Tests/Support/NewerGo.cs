namespace GoCross.Tests;

/// <summary>Go of a newer Debian, which the set-up of the tests unpacks into the checkout. For [ToolFact] and its like.</summary>
public static class NewerGo
{
    /// <summary>The go command of Go 1.26.</summary>
    public const string Go126 = "artifacts/newer-go/usr/lib/go-1.26/bin/go";

    /// <summary>The go command of Go 1.27, the newest.</summary>
    public const string Go127 = "artifacts/newer-go/usr/lib/go-1.27/bin/go";
}
