using System.Buffers;
using System.Text;
using GoCross.Errors;
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
    private const long LargestSize = 1L << 60;
    private const int OldSparseSegments = 4;
    private const int ExtendedSparseSegments = 21;
    private const int MostSparseSegments = 1 << 16;

    private readonly Stream _stream;
    private readonly BlobLabel _label;
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
        _label = label;
        _limits = limits;
    }

    /// <summary>The entry that <see cref="MoveNext"/> came to.</summary>
    internal TarEntry Current { get; } = new();

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
            if (size is < 0 or > LargestSize)
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
    internal ReadOnlySpan<byte> ReadContent(int most = int.MaxValue)
    {
        if (_contentLeft == 0)
        {
            return [];
        }

        if (_start == _end && !Fill())
        {
            throw Truncated(Position, _contentLeft);
        }

        int count = (int)Math.Min(Math.Min(_end - _start, most), _contentLeft);
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

    private void ReadHeader(
        ReadOnlySpan<byte> block, long offset, char type, long size, byte[]? longName, byte[]? longLink, byte[]? extended)
    {
        bool isGnu = block.Slice(257, 8).SequenceEqual("ustar  \0"u8);
        bool isUstar = block.Slice(257, 6).SequenceEqual("ustar\0"u8);
        ReadOnlySpan<byte> name = UntilZero(block[..100]);
        if (isUstar)
        {
            // star puts times behind a shorter prefix.
            bool isStar = block.Slice(508, 4).SequenceEqual("tar\0"u8);
            ReadOnlySpan<byte> prefix = UntilZero(block.Slice(345, isStar ? 131 : 155));
            Current.Name = prefix.IsEmpty ? name.ToArray() : [.. prefix, (byte)'/', .. name];
        }
        else
        {
            Current.Name = name.ToArray();
        }

        Current.LinkName = UntilZero(block.Slice(157, 100)).ToArray();
        Current.Mode = (int)(NumberAt(block.Slice(100, 8), offset, "mode") & 0xFFF);
        Current.UserId = NumberAt(block.Slice(108, 8), offset, "uid");
        Current.GroupId = NumberAt(block.Slice(116, 8), offset, "gid");
        Current.ModifiedSeconds = NumberAt(block.Slice(136, 12), offset, "mtime");
        if (type is '3' or '4' && (isGnu || isUstar))
        {
            Current.DeviceMajor = unchecked((int)NumberAt(block.Slice(329, 8), offset, "devmajor"));
            Current.DeviceMinor = unchecked((int)NumberAt(block.Slice(337, 8), offset, "devminor"));
        }

        List<SparseSegment>? sparse = null;
        long realSize = -1;
        if (type == 'S')
        {
            // The map goes on in blocks of its own, which reading overwrites the buffer with.
            realSize = NumberAt(block.Slice(483, 12), offset, "real size");
            sparse = ReadOldSparseMap(block, offset);
        }

        Current.Name = longName ?? Current.Name;
        Current.LinkName = longLink ?? Current.LinkName;
        var gnuSparse = new PaxSparse();
        if (extended is not null)
        {
            ApplyExtendedHeader(extended, offset, ref size, ref gnuSparse);
        }

        Current.Type = TypeOf(type, Current.Name);
        long stated = size;
        if (HasNoContent(type))
        {
            size = 0;
        }

        BeginContent(size);
        if (gnuSparse.IsPresent && Current.Type == ImageFileType.File)
        {
            realSize = gnuSparse.RealSize >= 0 ? gnuSparse.RealSize : size;
            sparse = gnuSparse.Major == 1 ? ReadContentSparseMap(offset) : gnuSparse.Segments;
        }

        Current.StoredSize = _contentLeft;
        Current.Size = sparse is null ? size : realSize;
        Current.StatedSize = sparse is null ? stated : realSize;
        if (sparse is not null)
        {
            RequireSoundMap(sparse, offset);
            Current.Sparse = sparse;
        }
    }

    private void ApplyExtendedHeader(byte[] extended, long offset, ref long size, ref PaxSparse sparse)
    {
        const string AttributePrefix = "SCHILY.xattr.";
        var records = new PaxRecords(extended);
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
                    Current.Name = UntilZero(value).ToArray();
                    break;
                case "linkpath":
                    Current.LinkName = UntilZero(value).ToArray();
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
                    sparse.IsPresent = true;
                    sparse.Major = Decimal(value, offset, "GNU.sparse.major");
                    break;
                case "GNU.sparse.name":
                    sparse.Name = UntilZero(value).ToArray();
                    break;
                case "GNU.sparse.realsize" or "GNU.sparse.size":
                    sparse.RealSize = Decimal(value, offset, "GNU.sparse.realsize");
                    break;
                case "GNU.sparse.map":
                    sparse.IsPresent = true;
                    sparse.Segments = ParseSparseMap(value, offset);
                    break;
                case "GNU.sparse.offset":
                    sparse.IsPresent = true;
                    sparse.PendingOffset = Decimal(value, offset, "GNU.sparse.offset");
                    break;
                case "GNU.sparse.numbytes":
                    AddSegment(
                        sparse.Segments, sparse.PendingOffset, Decimal(value, offset, "GNU.sparse.numbytes"), offset);
                    break;
                default:
                    break;
            }
        }

        // Its path record is a made-up name for programs that know no sparse files, whichever comes first.
        Current.Name = sparse.Name ?? Current.Name;
        if (records.Broken)
        {
            throw Damaged(offset, "a record of the extended header is malformed");
        }

        if (size is < 0 or > LargestSize)
        {
            throw Damaged(offset, $"the size {size} is impossible");
        }
    }

    // GNU's old form: four segments in the header, 21 in each block after it, while a flag says that another follows.
    private List<SparseSegment> ReadOldSparseMap(ReadOnlySpan<byte> header, long offset)
    {
        var segments = new List<SparseSegment>();
        bool more = header[482] != 0;
        AddOldSegments(segments, header[386..], OldSparseSegments, offset);
        while (more)
        {
            long at = Position;
            if (!TryReadBlock(out ReadOnlySpan<byte> block))
            {
                throw Truncated(at, BlockSize);
            }

            more = block[504] != 0;
            AddOldSegments(segments, block, ExtendedSparseSegments, offset);
        }

        return segments;
    }

    private void AddOldSegments(List<SparseSegment> segments, ReadOnlySpan<byte> table, int count, long offset)
    {
        for (int i = 0; i < count && table[i * 24] != 0; i++)
        {
            AddSegment(
                segments,
                NumberAt(table.Slice(i * 24, 12), offset, "sparse offset"),
                NumberAt(table.Slice((i * 24) + 12, 12), offset, "sparse length"),
                offset);
        }
    }

    // PAX form 0.1: "offset,length,offset,length,...".
    private List<SparseSegment> ParseSparseMap(ReadOnlySpan<byte> map, long offset)
    {
        var segments = new List<SparseSegment>();
        long pending = -1;
        while (!map.IsEmpty)
        {
            int comma = map.IndexOf((byte)',');
            long number = Decimal(comma < 0 ? map : map[..comma], offset, "GNU.sparse.map");
            map = comma < 0 ? [] : map[(comma + 1)..];
            if (pending < 0)
            {
                pending = number;
            }
            else
            {
                AddSegment(segments, pending, number, offset);
                pending = -1;
            }
        }

        return segments;
    }

    // PAX form 1.0: the map is text, a number a line, before the data, padded to a block.
    private List<SparseSegment> ReadContentSparseMap(long offset)
    {
        long consumed = 0;
        long count = ReadNumberLine(offset, ref consumed);
        if (count is < 0 or > MostSparseSegments)
        {
            throw Damaged(offset, $"a sparse file cannot have {count} segments");
        }

        var segments = new List<SparseSegment>();
        for (long i = 0; i < count; i++)
        {
            long start = ReadNumberLine(offset, ref consumed);
            AddSegment(segments, start, ReadNumberLine(offset, ref consumed), offset);
        }

        for (long rest = (BlockSize - (consumed % BlockSize)) % BlockSize; rest > 0;)
        {
            ReadOnlySpan<byte> padding = ReadContent((int)rest);
            if (padding.IsEmpty)
            {
                throw Damaged(offset, "the map of a sparse file is cut off");
            }

            rest -= padding.Length;
        }

        return segments;
    }

    private long ReadNumberLine(long offset, ref long consumed)
    {
        Span<byte> digits = stackalloc byte[20];
        int length = 0;
        while (true)
        {
            ReadOnlySpan<byte> next = ReadContent(1);
            if (next.IsEmpty || (next[0] != '\n' && length == digits.Length))
            {
                throw Damaged(offset, "the map of a sparse file is malformed");
            }

            consumed++;
            if (next[0] == '\n')
            {
                return Decimal(digits[..length], offset, "sparse map");
            }

            digits[length++] = next[0];
        }
    }

    private void AddSegment(List<SparseSegment> segments, long start, long length, long offset)
    {
        if (segments.Count >= MostSparseSegments)
        {
            throw Damaged(offset, $"a sparse file has more than {MostSparseSegments} segments");
        }

        segments.Add(new SparseSegment(start, length));
    }

    private void RequireSoundMap(List<SparseSegment> segments, long offset)
    {
        long end = 0;
        long stored = 0;
        foreach (SparseSegment segment in segments)
        {
            if (segment.Offset < end || segment.Length < 0 || segment.Length > Current.Size - segment.Offset)
            {
                throw Damaged(offset, "the map of a sparse file does not fit the file");
            }

            end = segment.Offset + segment.Length;
            stored += segment.Length;
        }

        if (stored != Current.StoredSize || Current.Size is < 0 or > LargestSize)
        {
            throw Damaged(offset, "the map of a sparse file does not fit what is stored");
        }
    }

    private byte[] ReadSpecial(long size, long offset)
    {
        if (size > _limits.ExtendedHeaderBytes)
        {
            throw GoCrossException.Create(
                ErrorKind.LimitExceeded, nameof(Messages.TarExtendedHeaderLimit), _label, offset, size, _limits.ExtendedHeaderBytes);
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

    private bool TryReadBlock(out ReadOnlySpan<byte> block)
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

    // Reads once; what is unread moves to the buffer's start.
    private bool Fill()
    {
        int unread = _end - _start;
        _buffer.AsSpan(_start, unread).CopyTo(_buffer);
        _bufferOffset += _start;
        _start = 0;
        _end = unread;
        int read = _stream.Read(_buffer, _end, BufferSize - _end);
        _end += read;
        return read > 0;
    }

    private long NumberAt(ReadOnlySpan<byte> field, long offset, string name) =>
        TarNumber.TryParse(field, out long value) ? value : throw Damaged(offset, $"the field {name} is no number");

    private long Decimal(ReadOnlySpan<byte> text, long offset, string name) =>
        TarNumber.TryParseDecimal(text, out long value) ? value : throw Damaged(offset, $"the record {name} is no number");

    private GoCrossException Damaged(long offset, string why) =>
        GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.TarDamaged), _label, offset, why);

    private GoCrossException Truncated(long offset, long missing) => GoCrossException.Create(
        ErrorKind.InvalidData,
        nameof(Messages.ImageTruncated),
        _label,
        offset,
        missing,
        Current.Name.Length > 0 ? Encoding.UTF8.GetString(Current.Name) : "a header");

    private struct PaxSparse()
    {
        internal bool IsPresent;
        internal long Major;
        internal long RealSize = -1;
        internal long PendingOffset;
        internal byte[]? Name;
        internal List<SparseSegment> Segments = [];
    }
}
