namespace GoCross.Images;

/// <summary>What only some entries have.</summary>
internal sealed class EntryExtra
{
    /// <summary>The target of a link, as it is written.</summary>
    internal byte[] LinkTarget { get; init; } = [];

    /// <summary>Extended attributes in the order of their names; capabilities are security.capability.</summary>
    internal IReadOnlyList<KeyValuePair<byte[], byte[]>> ExtendedAttributes { get; init; } = [];

    internal int DeviceMajor { get; init; }

    internal int DeviceMinor { get; init; }

    /// <summary>The size that the header states, where the entry has another: what is not a file has 0 bytes.</summary>
    internal long StatedSize { get; init; }

    internal bool SameExtendedAttributes(EntryExtra? other)
    {
        IReadOnlyList<KeyValuePair<byte[], byte[]>> others = other?.ExtendedAttributes ?? [];
        return ExtendedAttributes.Count == others.Count
            && ExtendedAttributes.Zip(others).All(pair =>
                pair.First.Key.AsSpan().SequenceEqual(pair.Second.Key)
                && pair.First.Value.AsSpan().SequenceEqual(pair.Second.Value));
    }
}
