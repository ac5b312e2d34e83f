using System.Buffers;

namespace GoCross.Images;

/// <summary>One entry of a tar archive. The scanner uses the same object for every entry.</summary>
internal sealed class TarEntry
{
    private readonly List<KeyValuePair<byte[], byte[]>> _extendedAttributes = [];

    // Of millions of entries each has a name: they are kept in the same memory one after the other.
    private readonly ArrayBufferWriter<byte> _name = new();
    private readonly ArrayBufferWriter<byte> _linkName = new();

    /// <summary>Where its first header begins, in bytes from the archive's start.</summary>
    internal long HeaderOffset { get; set; }

    /// <summary>Its name as it is written: not cleaned, not decoded. Valid until the scanner moves.</summary>
    internal ReadOnlySpan<byte> Name
    {
        get => _name.WrittenSpan;
        set => Replace(_name, value);
    }

    /// <summary>The link's target as it is written; empty for what is not a link. Valid until the scanner moves.</summary>
    internal ReadOnlySpan<byte> LinkName
    {
        get => _linkName.WrittenSpan;
        set => Replace(_linkName, value);
    }

    internal ImageFileType Type { get; set; }

    /// <summary>The permission bits with setuid, setgid and sticky.</summary>
    internal int Mode { get; set; }

    internal long UserId { get; set; }

    internal long GroupId { get; set; }

    /// <summary>Seconds since 1970.</summary>
    internal long ModifiedSeconds { get; set; }

    internal int DeviceMajor { get; set; }

    internal int DeviceMinor { get; set; }

    /// <summary>Bytes of the file. Of a sparse file that is more than what is stored.</summary>
    internal long Size { get; set; }

    /// <summary>
    /// Bytes as the header has them: as <see cref="Size"/>, but for what has no content, whose header some programs give
    /// a size all the same.
    /// </summary>
    internal long StatedSize { get; set; }

    /// <summary>Bytes of content that follow in the archive, without padding.</summary>
    internal long StoredSize { get; set; }

    /// <summary>The parts of a sparse file that are stored, in order; null for every other file.</summary>
    internal IReadOnlyList<SparseSegment>? Sparse { get; set; }

    /// <summary>Names and values of the extended attributes, as they are written.</summary>
    internal IReadOnlyList<KeyValuePair<byte[], byte[]>> ExtendedAttributes => _extendedAttributes;

    internal void Clear(long headerOffset)
    {
        HeaderOffset = headerOffset;
        Name = [];
        LinkName = [];
        Type = ImageFileType.Unknown;
        Mode = 0;
        UserId = 0;
        GroupId = 0;
        ModifiedSeconds = 0;
        DeviceMajor = 0;
        DeviceMinor = 0;
        Size = 0;
        StatedSize = 0;
        StoredSize = 0;
        Sparse = null;
        _extendedAttributes.Clear();
    }

    internal void AddExtendedAttribute(byte[] name, byte[] value) => _extendedAttributes.Add(new(name, value));

    /// <summary>Puts a directory before the name.</summary>
    internal void SetName(ReadOnlySpan<byte> directory, ReadOnlySpan<byte> name)
    {
        Name = directory;
        _name.Write("/"u8);
        _name.Write(name);
    }

    private static void Replace(ArrayBufferWriter<byte> text, ReadOnlySpan<byte> value)
    {
        text.ResetWrittenCount();
        text.Write(value);
    }
}
