namespace GoCross.Images;

/// <summary>The records of a PAX extended header: "LENGTH KEY=VALUE\n", the length counting the whole record.</summary>
/// <remarks>
/// Keys and values are bytes, as POSIX has them. The value of SCHILY.xattr.security.capability is binary: it may hold a
/// line feed, a zero, and bytes that are not UTF-8.
/// </remarks>
internal ref struct PaxRecords(ReadOnlySpan<byte> content)
{
    private ReadOnlySpan<byte> _rest = content;

    /// <summary>The current record's key.</summary>
    internal ReadOnlySpan<byte> Key { get; private set; }

    /// <summary>The current record's value.</summary>
    internal ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Whether the content broke the format; reading ends there.</summary>
    internal bool Broken { get; private set; }

    /// <summary>Goes to the next record.</summary>
    internal bool MoveNext()
    {
        if (_rest.IsEmpty || Broken)
        {
            return false;
        }

        Broken = true;
        int space = _rest[..Math.Min(_rest.Length, 20)].IndexOf((byte)' ');
        if (space <= 0
            || !TarNumber.TryParseDecimal(_rest[..space], out long length)
            || length <= space + 1
            || length > _rest.Length
            || _rest[(int)length - 1] != '\n')
        {
            return false;
        }

        ReadOnlySpan<byte> record = _rest[(space + 1)..((int)length - 1)];
        int equals = record.IndexOf((byte)'=');
        if (equals <= 0)
        {
            return false;
        }

        Key = record[..equals];
        Value = record[(equals + 1)..];
        _rest = _rest[(int)length..];
        Broken = false;
        return true;
    }
}
