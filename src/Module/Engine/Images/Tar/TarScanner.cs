using System.Buffers;
using System.Text;
using GoCross.Errors;
using GoCross.Formatting;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>
/// Reads a tar archive from beginning to end: V7, ustar, PAX, GNU and star, as Go's archive/tar does, which is what
/// Docker and containerd unpack layers with (POSIX.1-2017 pax; GNU tar manual, "Basic Tar Format").
/// </summary>
/// <remarks>
/// Not <see cref="System.Formats.Tar.TarReader"/>, for four reasons that were tried on .NET 10: it decodes the values
/// of extended attributes as UTF-8, so that capabilities that differ read as equal; a line feed in such a value
/// (CAP_DAC_OVERRIDE with CAP_FOWNER has one) makes it refuse the archive; it does not check header checksums; and it
/// allocates what a header claims, 1 GiB for a file of 4 KiB. It cannot tell offsets either, and what it accepts
/// changes with the version of .NET, which is PowerShell's choice and not ours.
/// </remarks>
internal sealed class TarScanner : IDisposable
{
    /// <summary>Headers and content come in blocks of this many bytes.</summary>
    internal const int BlockSize = 512;

    private const int BufferSize = 256 << 10;
    private const long MaxSize = 1L << 60;

    private readonly Stream _stream;
    private readonly ImageLimits _limits;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _start;
    private int _end;
    private long _bufferOffset;
    private long _contentLeft;
    private int _padding;

    /// <summary>Prepares to read.</summary>
    /// <param name="stream">The archive, at its start. The caller disposes it.</param>
    /// <param name="label">How messages name it.</param>
    /// <param name="limits">The limits on its headers.</param>
    internal TarScanner(Stream stream, BlobLabel label, ImageLimits limits)
    {
        _stream = stream;
        Label = label;
        _limits = limits;
    }

    /// <summary>The entry that <see cref="MoveNext"/> came to.</summary>
    internal TarEntry Current { get; } = new();

    /// <summary>How messages name the archive.</summary>
    internal BlobLabel Label { get; }

    /// <summary>Where reading stands, in bytes from the archive's start.</summary>
    internal long Position => _bufferOffset + _start;

    /// <summary>Whether the blocks of zeros that end an archive were seen.</summary>
    internal bool HasEndMarker { get; private set; }

    /// <summary>Whether a block is a tar header: whether its checksum is right.</summary>
    internal static bool IsHeader(ReadOnlySpan<byte> block) =>
        block.Length >= BlockSize && !IsZero(block[..BlockSize]) && HasRightChecksum(block[..BlockSize]);

    /// <summary>Whether a block is one of those that end an archive.</summary>
    internal static bool IsZero(ReadOnlySpan<byte> block) => !block.ContainsAnyExcept((byte)0);

    /// <summary>Goes to the next entry, past what is left of this one's content.</summary>
    /// <exception cref="GoCrossException">ImageTruncated; TarDamaged; TarExtendedHeaderLimit.</exception>
    internal bool MoveNext()
    {
        SkipContent();
        Current.Clear(Position);
        byte[]? longName = null;
        byte[]? longLink = null;
        byte[]? extended = null;
        while (true)
        {
            long offset = Position;
            if (!TryReadBlock(out ReadOnlySpan<byte> block))
            {
                // Docker takes an archive with no end marker; one that ends between a header and its entry is cut off.
                return longName is null && longLink is null && extended is null ? false : throw Truncated(offset, BlockSize);
            }

            if (IsZero(block))
            {
                // A second one must follow, or the end of the file.
                if (TryReadBlock(out block) && !IsZero(block))
                {
                    throw Damaged(offset, "a block of zeros stands alone");
                }

                HasEndMarker = true;
                return false;
            }

            if (!HasRightChecksum(block))
            {
                throw Damaged(offset, "the checksum of the header is wrong");
            }

            char type = (char)block[156];
            long size = NumberAt(block.Slice(124, 12), offset, "size");
            if (size is < 0 or > MaxSize)
            {
                throw Damaged(offset, $"the size {size} is impossible");
            }

            switch (type)
            {
                case 'x':
                    extended = ReadSpecial(size, offset);
                    continue;
                case 'L':
                    longName = UntilZero(ReadSpecial(size, offset)).ToArray();
                    continue;
                case 'K':
                    longLink = UntilZero(ReadSpecial(size, offset)).ToArray();
                    continue;
                case 'g':
                    // Docker and containerd ignore global headers; so must who tells what they unpack.
                    BeginContent(size);
                    SkipContent();
                    continue;
                default:
                    ReadHeader(block, offset, type, size, longName, longLink, extended);
                    return true;
            }
        }
    }

    /// <summary>The next part of the current entry's stored content; empty at its end. Valid until the next call.</summary>
    /// <exception cref="GoCrossException">ImageTruncated.</exception>
    internal ReadOnlySpan<byte> ReadContent(int max = int.MaxValue)
    {
        if (_contentLeft == 0)
        {
            return [];
        }

        if (_start == _end && !Fill())
        {
            throw Truncated(Position, _contentLeft);
        }

        int count = (int)Math.Min(Math.Min(_end - _start, max), _contentLeft);
        ReadOnlySpan<byte> content = _buffer.AsSpan(_start, count);
        _start += count;
        _contentLeft -= count;
        return content;
    }

    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool HasRightChecksum(ReadOnlySpan<byte> block)
    {
        if (!TarNumber.TryParse(block.Slice(148, 8), out long expected))
        {
            return false;
        }

        // The field itself counts as spaces. Some old programs added up signed bytes.
        int unsigned = 8 * ' ';
        int signed = unsigned;
        for (int i = 0; i < BlockSize; i++)
        {
            if (i is < 148 or >= 156)
            {
                unsigned += block[i];
                signed += (sbyte)block[i];
            }
        }

        return expected == unsigned || expected == signed;
    }

    private static ReadOnlySpan<byte> UntilZero(ReadOnlySpan<byte> field)
    {
        int zero = field.IndexOf((byte)0);
        return zero < 0 ? field : field[..zero];
    }

    // Types whose entries have no content, whatever their size field says (as Go's isHeaderOnly).
    private static bool HasNoContent(char type) => type is '1' or '2' or '3' or '4' or '5' or '6';

    private static ImageFileType TypeOf(char type, ReadOnlySpan<byte> name) => type switch
    {
        // Before ustar a directory was a file whose name ends in a slash.
        '0' or '\0' when name.EndsWith("/"u8) => ImageFileType.Directory,
        '0' or '\0' or '7' or 'S' => ImageFileType.File,
        '1' => ImageFileType.HardLink,
        '2' => ImageFileType.SymbolicLink,
        '3' => ImageFileType.CharacterDevice,
        '4' => ImageFileType.BlockDevice,
        '5' => ImageFileType.Directory,
        '6' => ImageFileType.NamedPipe,
        _ => ImageFileType.Unknown,
    };

    // star puts times behind a shorter prefix.
    private static ReadOnlySpan<byte> UstarPrefix(ReadOnlySpan<byte> block) =>
        UntilZero(block.Slice(345, block.Slice(508, 4).SequenceEqual("tar\0"u8) ? 131 : 155));

    // GNU has no prefix: there are the times of access and change. Go before 1.8, and so Docker before 17.06, wrote one
    // all the same, and Go since takes for one what is text and no two numbers (archive/tar, reader.go).
    private static ReadOnlySpan<byte> MistakenPrefix(ReadOnlySpan<byte> block)
    {
        if (IsNumber(block.Slice(345, 12)) && IsNumber(block.Slice(357, 12)))
        {
            return [];
        }

        ReadOnlySpan<byte> prefix = UntilZero(block.Slice(345, 155));
        return Ascii.IsValid(prefix) ? prefix : [];

        // An octal number that is cut by a space is one for other fields, and for Go none.
        static bool IsNumber(ReadOnlySpan<byte> field) =>
            TarNumber.TryParse(field, out _)
            && ((field[0] & 0x80) != 0 || UntilZero(field.Trim(" \0"u8)).IndexOf((byte)' ') < 0);
    }

    private void ReadHeader(
        ReadOnlySpan<byte> block, long offset, char type, long size, byte[]? longName, byte[]? longLink, byte[]? extended)
    {
        bool isGnu = block.Slice(257, 8).SequenceEqual("ustar  \0"u8);
        bool isUstar = block.Slice(257, 6).SequenceEqual("ustar\0"u8);
        ReadOnlySpan<byte> name = UntilZero(block[..100]);
        ReadOnlySpan<byte> prefix = isUstar ? UstarPrefix(block) : isGnu ? MistakenPrefix(block) : [];
        if (prefix.IsEmpty)
        {
            Current.Name = name;
        }
        else
        {
            Current.SetName(prefix, name);
        }

        Current.LinkName = UntilZero(block.Slice(157, 100));
        Current.Mode = (int)(NumberAt(block.Slice(100, 8), offset, "mode") & 0xFFF);
        Current.UserId = NumberAt(block.Slice(108, 8), offset, "uid");
        Current.GroupId = NumberAt(block.Slice(116, 8), offset, "gid");
        Current.ModifiedSeconds = NumberAt(block.Slice(136, 12), offset, "mtime");
        if (type is '3' or '4' && (isGnu || isUstar))
        {
            Current.DeviceMajor = unchecked((int)NumberAt(block.Slice(329, 8), offset, "devmajor"));
            Current.DeviceMinor = unchecked((int)NumberAt(block.Slice(337, 8), offset, "devminor"));
        }

        SparseMap? sparse = null;
        if (type == 'S')
        {
            // The map goes on in blocks of its own, which reading overwrites the buffer with.
            long realSize = NumberAt(block.Slice(483, 12), offset, "real size");
            sparse = new SparseMap(this, offset);
            sparse.ReadOld(block);
            sparse.RealSize = realSize;
        }

        if (longName is not null)
        {
            Current.Name = longName;
        }

        if (longLink is not null)
        {
            Current.LinkName = longLink;
        }

        SparseMap? gnuSparse = extended is null ? null : ApplyExtendedHeader(extended, offset, ref size);

        Current.Type = TypeOf(type, Current.Name);
        long stated = size;
        if (HasNoContent(type))
        {
            size = 0;
        }

        BeginContent(size);
        if (gnuSparse is not null && Current.Type == ImageFileType.File)
        {
            gnuSparse.RealSize = gnuSparse.RealSize >= 0 ? gnuSparse.RealSize : size;
            sparse = gnuSparse;
            if (sparse.Major == 1)
            {
                sparse.ReadFromContent();
            }
        }

        Current.StoredSize = _contentLeft;
        Current.Size = sparse?.RealSize ?? size;
        Current.StatedSize = sparse?.RealSize ?? stated;
        if (sparse is not null)
        {
            if (Current.Size is < 0 or > MaxSize || !sparse.Fits(Current.StoredSize))
            {
                throw Damaged(offset, "the map of a sparse file does not fit the file, or what is stored of it");
            }

            Current.Sparse = sparse.Segments;
        }
    }

    // Gives what it says of a sparse file; null where it says nothing.
    private SparseMap? ApplyExtendedHeader(byte[] extended, long offset, ref long size)
    {
        const string AttributePrefix = "SCHILY.xattr.";
        var records = new PaxRecords(extended);
        SparseMap? sparse = null;
        byte[]? sparseName = null;
        long segmentStart = 0;
        long realSize = -1;
        while (records.MoveNext())
        {
            ReadOnlySpan<byte> value = records.Value;
            if (records.Key.StartsWith("SCHILY.xattr."u8))
            {
                Current.AddExtendedAttribute(records.Key[AttributePrefix.Length..].ToArray(), value.ToArray());
                continue;
            }

            // An empty value takes the record back: the header's field counts (POSIX pax, "pax Extended Header").
            if (value.IsEmpty)
            {
                continue;
            }

            switch (Encoding.ASCII.GetString(records.Key))
            {
                case "path":
                    Current.Name = UntilZero(value);
                    break;
                case "linkpath":
                    Current.LinkName = UntilZero(value);
                    break;
                case "size":
                    size = Decimal(value, offset, "size");
                    break;
                case "uid":
                    Current.UserId = Decimal(value, offset, "uid");
                    break;
                case "gid":
                    Current.GroupId = Decimal(value, offset, "gid");
                    break;
                case "mtime":
                    int point = value.IndexOf((byte)'.');
                    Current.ModifiedSeconds = Decimal(point < 0 ? value : value[..point], offset, "mtime");
                    break;
                case "GNU.sparse.major":
                    (sparse ??= new(this, offset)).Major = Decimal(value, offset, "GNU.sparse.major");
                    break;
                case "GNU.sparse.name":
                    sparseName = UntilZero(value).ToArray();
                    break;
                case "GNU.sparse.realsize" or "GNU.sparse.size":
                    realSize = Decimal(value, offset, "GNU.sparse.realsize");
                    break;
                case "GNU.sparse.map":
                    (sparse ??= new(this, offset)).AddText(value);
                    break;
                case "GNU.sparse.offset":
                    sparse ??= new(this, offset);
                    segmentStart = Decimal(value, offset, "GNU.sparse.offset");
                    break;
                case "GNU.sparse.numbytes":
                    (sparse ??= new(this, offset)).Add(segmentStart, Decimal(value, offset, "GNU.sparse.numbytes"));
                    break;
                default:
                    break;
            }
        }

        // Its path record is a made-up name for programs that know no sparse files, whichever comes first.
        if (sparseName is not null)
        {
            Current.Name = sparseName;
        }

        if (records.Broken)
        {
            throw Damaged(offset, "a record of the extended header is malformed");
        }

        if (size is < 0 or > MaxSize)
        {
            throw Damaged(offset, $"the size {size} is impossible");
        }

        if (sparse is not null)
        {
            sparse.RealSize = realSize;
        }

        return sparse;
    }

    private byte[] ReadSpecial(long size, long offset)
    {
        if (size > _limits.ExtendedHeaderBytes)
        {
            throw GoCrossException.Create(
                ErrorKind.LimitExceeded, nameof(Messages.TarExtendedHeaderLimit), Label, offset, size, _limits.ExtendedHeaderBytes);
        }

        BeginContent(size);
        byte[] content = new byte[size];
        for (int filled = 0; filled < content.Length;)
        {
            ReadOnlySpan<byte> part = ReadContent();
            part.CopyTo(content.AsSpan(filled));
            filled += part.Length;
        }

        SkipContent();
        return content;
    }

    private void BeginContent(long size)
    {
        _contentLeft = size;
        _padding = (int)((BlockSize - (size % BlockSize)) % BlockSize);
    }

    private void SkipContent()
    {
        long left = _contentLeft;
        int buffered = (int)Math.Min(_end - _start, left);
        _start += buffered;
        left -= buffered;
        if (left > 0 && _stream.CanSeek)
        {
            long available = _stream.Length - Position;
            if (available < left)
            {
                throw Truncated(_stream.Length, left - available);
            }

            _bufferOffset = _stream.Seek(Position + left, SeekOrigin.Begin);
            _start = _end = 0;
            left = 0;
        }

        _contentLeft = left;
        while (!ReadContent().IsEmpty)
        {
            // Only reading gets past what cannot be sought in.
        }

        // The last padding may be missing: what it pads is whole (Go's archive/tar takes that, too).
        while (_padding > 0 && (_start < _end || Fill()))
        {
            int skipped = Math.Min(_padding, _end - _start);
            _start += skipped;
            _padding -= skipped;
        }

        _padding = 0;
    }

    /// <summary>Reads a block of headers; false at the end of the archive.</summary>
    internal bool TryReadBlock(out ReadOnlySpan<byte> block)
    {
        while (_end - _start < BlockSize)
        {
            if (!Fill())
            {
                if (_end == _start)
                {
                    block = [];
                    return false;
                }

                throw Truncated(_bufferOffset + _end, BlockSize - (_end - _start));
            }
        }

        block = _buffer.AsSpan(_start, BlockSize);
        _start += BlockSize;
        return true;
    }

    // Fills the buffer, for a decoder gives little at a time, and files that are whole in it are hashed and kept in one piece.
    // What is unread moves to its start.
    private bool Fill()
    {
        int unread = _end - _start;
        _buffer.AsSpan(_start, unread).CopyTo(_buffer);
        _bufferOffset += _start;
        _start = 0;
        _end = unread;
        int read = _stream.ReadAtLeast(_buffer.AsSpan(_end, BufferSize - _end), BufferSize - _end, throwOnEndOfStream: false);
        _end += read;
        return read > 0;
    }

    /// <summary>A number of a header's field.</summary>
    internal long NumberAt(ReadOnlySpan<byte> field, long offset, string name) =>
        TarNumber.TryParse(field, out long value) ? value : throw Damaged(offset, $"the field {name} is not a number");

    /// <summary>A number of a record of an extended header.</summary>
    internal long Decimal(ReadOnlySpan<byte> text, long offset, string name) =>
        TarNumber.TryParseDecimal(text, out long value) ? value : throw Damaged(offset, $"the record {name} is not a number");

    /// <summary>The error for what no archive has at a place.</summary>
    internal GoCrossException Damaged(long offset, string why) =>
        GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.TarDamaged), Label, offset, why);

    /// <summary>The error for an archive that ends too early.</summary>
    internal GoCrossException Truncated(long offset, long missing) => GoCrossException.Create(
        ErrorKind.InvalidData,
        nameof(Messages.ImageTruncated),
        Label,
        offset,
        missing,
        Current.Name.Length > 0 ? EscapedText.Of(ByteText.Decode(Current.Name)) : "a header");
}
