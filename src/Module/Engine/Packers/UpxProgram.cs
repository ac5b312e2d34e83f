using System.Buffers;
using System.Buffers.Binary;
using GoCross.Elf;
using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Packers;

/// <summary>
/// Gives back the file that UPX packed, in memory and with limits: ELF programs for Linux, as UPX 3.96 and 4 write them.
/// Neither the program nor upx is executed. UPX's own checksums of both are checked.
/// </summary>
public static class UpxProgram
{
    /// <summary>The longest file that is unpacked: the whole of it is held in memory.</summary>
    public const long MaxUnpackedLength = 1L << 30;

    /// <summary>The most bytes that a byte of a packed file is unpacked to, beside <see cref="FreeLength"/>.</summary>
    public const int MaxRatio = 200;

    /// <summary>What may be unpacked however short the packed file is.</summary>
    private const long FreeLength = 1024 * 1024;

    /// <summary>The unpacker lies among the blocks; its length is a 16-bit number.</summary>
    private const int MaxStubLength = 64 * 1024;

    /// <summary>The ELF header and all program headers are the first block.</summary>
    private const int MaxHeadersLength = 64 * 1024;

    /// <summary>Whether a file is an ELF program that UPX packed.</summary>
    /// <param name="source">The file. It stays open.</param>
    /// <exception cref="GoCrossException">It is a damaged ELF file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool IsPacked(IRandomAccessSource source)
    {
        using ElfFile? file = ElfFile.TryOpen(source);
        return file is not null && UpxHeader.TryRead(file) is not null;
    }

    /// <summary>Where the headers of a program for Windows or macOS say that UPX packed it; null where they do not.</summary>
    /// <param name="source">The file. It stays open. Its format is known to be one of those.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static long? FindForeignMark(IRandomAccessSource source)
    {
        byte[] headers = new byte[4096];
        int at = headers.AsSpan(0, source.Read(0, headers)).IndexOf("UPX!"u8);
        return at < 0 ? null : at;
    }

    /// <summary>Unpacks a file.</summary>
    /// <param name="source">The file. It stays open.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The original file under the same name, to the byte what upx -d gives; null for a file that is not packed.</returns>
    /// <exception cref="GoCrossException">
    /// UpxDamaged; UpxUnsupported; UpxLimit; ElfTruncated, ElfFieldInvalid, ElfLimit: its headers are damaged.
    /// </exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IRandomAccessSource? TryUnpack(IRandomAccessSource source, CancellationToken cancellation = default)
    {
        using ElfFile? file = ElfFile.TryOpen(source);
        if (file is null || UpxHeader.TryRead(file) is not { } header)
        {
            return null;
        }

        // Of a shared library UPX packs a part, and changes another.
        return file.ProgramHeaders.Any(segment => segment.Type == ElfSegmentType.Dynamic)
            ? throw GoCrossException.Create(
                ErrorKind.Unsupported, nameof(Messages.UpxUnsupported), source.Name, "shared library", header.BlocksOffset)
            : new MemorySource(source.Name, new Unpacking(source, file.Encoding, header, cancellation).Run());
    }

    /// <summary>One unpacking: where it stands in the packed file, and what it has written.</summary>
    private sealed class Unpacking
    {
        private const uint EndMark = 0x2158_5055; // "UPX!", little-endian whatever the machine.

        private readonly IRandomAccessSource _source;
        private readonly ElfEncoding _encoding;
        private readonly long _blocksOffset;
        private readonly uint _blockLength;
        private readonly byte[] _output;
        private readonly CancellationToken _cancellation;
        private LzmaDecoder? _lzma;
        private long _at;
        private long _written;
        private Adler32 _packedSum = new();
        private Adler32 _unpackedSum = new();

        public Unpacking(IRandomAccessSource source, ElfEncoding encoding, UpxHeader header, CancellationToken cancellation)
        {
            _source = source;
            _encoding = encoding;
            _blocksOffset = header.BlocksOffset;
            _blockLength = header.BlockLength;
            _cancellation = cancellation;
            long limit = Math.Min(MaxUnpackedLength, FreeLength + (MaxRatio * source.Length));
            if (header.UnpackedLength > limit)
            {
                throw GoCrossException.Create(
                    ErrorKind.InvalidData, nameof(Messages.UpxLimit), source.Name, header.UnpackedLength, limit);
            }

            _output = new byte[header.UnpackedLength];
        }

        public byte[] Run()
        {
            (long Offset, long Length)[] segments = ReadSegments();
            _at = _blocksOffset;
            foreach ((long offset, long length) in segments)
            {
                ReadExtent(offset, length);
            }

            (long Offset, long Length)[] gaps = [.. segments
                .Select(segment => GapBehind(segment.Offset + segment.Length, segments)).Where(gap => gap.Length > 0)];
            _at = FindRest(gaps);
            foreach ((long offset, long length) in gaps)
            {
                ReadExtent(offset, length);
            }

            if (_written != _output.Length)
            {
                throw Damaged(_at);
            }

            CheckSums();
            return _output;
        }

        // The first block holds the ELF header and the program headers, which say where the other blocks belong. It is unpacked
        // a second time, and summed up then, as the beginning of the first segment.
        private (long Offset, long Length)[] ReadSegments()
        {
            Block block = ReadHeader(_blocksOffset);
            if (block.Length > Math.Min(MaxHeadersLength, _output.Length))
            {
                throw Damaged(_blocksOffset);
            }

            Adler32 unused = new();
            Unpack(block, _output.AsSpan(0, block.Length), ref unused);
            using ElfFile original = ElfFile.TryOpen(new MemorySource(_source.Name, _output)) ?? throw Damaged(_blocksOffset);

            return [.. original.ProgramHeaders.Where(segment => segment.Type == ElfSegmentType.Load).Select(segment =>
                segment.FileSize <= (ulong)_output.Length && segment.Offset <= (ulong)_output.Length - segment.FileSize
                    ? ((long)segment.Offset, (long)segment.FileSize)
                    : throw Damaged(_blocksOffset))];
        }

        // What lies between two segments, and behind the last one: symbols, debug information, section headers.
        private (long Offset, long Length) GapBehind(long end, (long Offset, long Length)[] segments)
        {
            long next = segments.Select(segment => segment.Offset).Where(start => start >= end).Append(_output.Length).Min();
            return (end, next - end);
        }

        private void ReadExtent(long offset, long length)
        {
            while (length > 0)
            {
                Block block = ReadHeader(_at);
                if (block.Length > length || block.Length > _output.Length - _written)
                {
                    throw Damaged(_at);
                }

                Span<byte> target = _output.AsSpan((int)offset, block.Length);
                Unpack(block, target, ref _packedSum);
                _unpackedSum.Add(target);
                _at = block.End;
                _written += block.Length;
                offset += block.Length;
                length -= block.Length;
            }
        }

        /// <summary>
        /// Finds the blocks of the gaps. Depending on UPX's version and the machine, the unpacker lies before them: they are
        /// where a chain of as many blocks ends with the end mark.
        /// </summary>
        private long FindRest((long Offset, long Length)[] gaps)
        {
            // What is no header is told by its first bytes, so that of a file that UPX wrote the chain itself is nearly all
            // that is looked at. A file made to look like chains everywhere is given up.
            long headersLeft = MaxStubLength + (_source.Length / Block.HeaderSize);
            for (long at = _at; at <= _at + MaxStubLength; at++)
            {
                if (IsRest(at, gaps, ref headersLeft))
                {
                    return at;
                }
            }

            throw Damaged(_at);
        }

        private bool IsRest(long at, (long Offset, long Length)[] gaps, ref long headersLeft)
        {
            foreach ((_, long length) in gaps)
            {
                for (long left = length; left > 0;)
                {
                    _cancellation.ThrowIfCancellationRequested();
                    if (--headersLeft < 0)
                    {
                        throw Damaged(_at);
                    }

                    if (TryReadHeader(at) is not { Filter: 0 } block || block.Length > left)
                    {
                        return false;
                    }

                    left -= block.Length;
                    at = block.End;
                }
            }

            Span<byte> end = stackalloc byte[8];
            return _source.Read(at, end) == end.Length
                && BinaryPrimitives.ReadUInt32LittleEndian(end) == 0
                && BinaryPrimitives.ReadUInt32LittleEndian(end[4..]) == EndMark;
        }

        private Block ReadHeader(long at) => TryReadHeader(at) ?? throw Damaged(at);

        // struct b_info: both lengths, then the method, the filter and the filter's mark, a byte each.
        private Block? TryReadHeader(long at)
        {
            Span<byte> header = stackalloc byte[Block.HeaderSize];
            if (_source.Read(at, header) != header.Length)
            {
                return null;
            }

            uint length = _encoding.UInt32(header, 0);
            uint packed = _encoding.UInt32(header, 4);
            return length == 0 || packed == 0 || packed > length || length > Math.Min(_blockLength, (uint)_output.Length)
                || packed > _source.Length - at - Block.HeaderSize
                    ? null
                    : new Block(at, (int)length, (int)packed, header[8], header[9], header[10]);
        }

        private void Unpack(Block block, Span<byte> target, ref Adler32 sum)
        {
            _cancellation.ThrowIfCancellationRequested();
            byte[] buffer = ArrayPool<byte>.Shared.Rent(block.PackedLength);
            try
            {
                Span<byte> packed = buffer.AsSpan(0, block.PackedLength);
                if (_source.Read(block.Offset + Block.HeaderSize, packed) != packed.Length)
                {
                    throw Damaged(block.Offset);
                }

                sum.Add(packed);
                if (block.PackedLength == block.Length)
                {
                    packed.CopyTo(target);
                    return;
                }

                // In UPX's numbers a method and its group of bits are one: le32, 8, le16 (M_NRV2B_LE32 and on, conf.h).
                ReadOnlySpan<byte> groups = [4, 1, 2];
                bool isWhole = block.Method switch
                {
                    >= 2 and <= 4 => NrvDecoder.TryDecode(NrvCode.B, groups[block.Method - 2], packed, target, _cancellation),
                    >= 5 and <= 7 => NrvDecoder.TryDecode(NrvCode.D, groups[block.Method - 5], packed, target, _cancellation),
                    >= 8 and <= 10 => NrvDecoder.TryDecode(NrvCode.E, groups[block.Method - 8], packed, target, _cancellation),
                    14 => (_lzma ??= new LzmaDecoder()).TryDecode(packed, target, _cancellation),
                    _ => throw Unsupported(block.Offset, $"method {block.Method}"),
                };
                if (!isWhole)
                {
                    throw Damaged(block.Offset);
                }

                if (!UpxFilter.TryUndo(block.Filter, block.Mark, target))
                {
                    throw Unsupported(block.Offset, $"filter 0x{block.Filter:x2}");
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        // Behind the end mark, at a multiple of four: the magic, four bytes of versions, then the sums (struct PackHeader).
        private void CheckSums()
        {
            const int Size = 24;
            byte[] rest = new byte[Block.HeaderSize + 4 + Size];
            int read = _source.Read(_at, rest);
            int at = rest.AsSpan(0, read).LastIndexOf("UPX!"u8);
            if (at <= 4 || read - at < 16)
            {
                throw Damaged(_at);
            }

            // Big-endian machines have lengths first (the format's number is over 128).
            bool isBig = rest[at + 5] >= 128;
            int sums = at + (isBig ? 16 : 8);
            if (sums + 8 > read
                || _encoding.UInt32(rest, sums) != _unpackedSum.Value
                || _encoding.UInt32(rest, sums + 4) != _packedSum.Value)
            {
                throw Damaged(_at);
            }
        }

        private GoCrossException Damaged(long at) =>
            GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.UpxDamaged), _source.Name, at);

        private GoCrossException Unsupported(long at, string what) =>
            GoCrossException.Create(ErrorKind.Unsupported, nameof(Messages.UpxUnsupported), _source.Name, what, at);

        private readonly record struct Block(long Offset, int Length, int PackedLength, byte Method, byte Filter, byte Mark)
        {
            public const int HeaderSize = 12;

            public long End => Offset + HeaderSize + PackedLength;
        }
    }
}
