namespace GoCross.Sizes;

/// <summary>What a file's length would be after a change that was not made.</summary>
public sealed record SizePrediction
{
    /// <summary>The change, as it is asked for: -ldflags=-s.</summary>
    public required string Change { get; init; }

    /// <summary>The length in bytes; null where it cannot be told.</summary>
    public required long? Length { get; init; }

    /// <summary>How many bytes it saves.</summary>
    public required long? Saving { get; init; }

    /// <summary>Whether the length is exact to the byte; otherwise it is an estimate.</summary>
    public required bool IsExact { get; init; }

    /// <summary>The same as <see cref="IsExact"/>, as tables head it.</summary>
    public bool Exact => IsExact;

    /// <summary>How it was told, and what it costs.</summary>
    public required string Reason { get; init; }
}
