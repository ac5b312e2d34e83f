using System.Runtime.InteropServices;
using System.Text;
using GoCross.GoBinaries;

namespace GoCross.Sizes;

/// <summary>
/// What type descriptors and their names take, and whose they are, by walking from type to type as Go's internal/abi
/// lays them out. A descriptor belongs to the package that it names, or to that of the type that it is made of.
/// </summary>
internal sealed class TypeSizes
{
    /// <summary>The most types that are walked: ten times those of the largest programs.</summary>
    public const int MaxTypes = 2_000_000;

    private const int KindMask = 31;
    private const int FlagUncommon = 1;
    private const int FlagMaskOnDemand = 16;
    private const uint Unreachable = uint.MaxValue;
    private const int BytesPerType = 256;
    private const int BytesPerName = 128;

    private readonly ProgramImage _image;
    private readonly AddressReader _reader;
    private readonly PackageIndex _packages;
    private readonly ulong _start;
    private readonly long _offset;
    private readonly byte[] _bytes;
    private readonly int _word;
    private readonly Dictionary<uint, (int Size, int Package)> _types;
    private readonly Dictionary<uint, (int Size, int Package)> _names;
    private readonly Stack<uint> _todo = new();

    private TypeSizes(ProgramImage image, AddressReader reader, PackageIndex packages, ulong start, long offset, byte[] bytes)
    {
        _image = image;
        _reader = reader;
        _packages = packages;
        _start = start;
        _offset = offset;
        _bytes = bytes;
        _word = image.PointerSize;

        // What a descriptor and a name take on average, so that the tables grow seldom.
        _types = new(bytes.Length / BytesPerType);
        _names = new(bytes.Length / BytesPerName);
    }

    /// <summary>Bytes by package, of descriptors and of names that only one package uses.</summary>
    public long[] Bytes { get; private set; } = [];

    /// <summary>The bytes of the file that are descriptors and names, as offsets and lengths without overlap.</summary>
    public IReadOnlyList<(long Offset, long Length)> Ranges { get; private set; } = [];

    /// <summary>Where the last of them ends, as an offset in the file.</summary>
    public long End { get; private set; }

    /// <summary>
    /// The lowest address of a mask that tells the garbage collector where a type has pointers; the linker puts the texts of
    /// the source before those. The highest address there is, where no type has any.
    /// </summary>
    public ulong FirstMask { get; private set; } = ulong.MaxValue;

    /// <summary>How many methods the types have that reflection could call.</summary>
    public int Methods { get; private set; }

    /// <summary>Of those, how many the linker dropped, because nothing calls them.</summary>
    public int DroppedMethods { get; private set; }

    /// <summary>The functions of the methods that are there, as offsets in the text.</summary>
    public HashSet<uint> MethodFunctions { get; } = [];

    /// <summary>Walks a program's types.</summary>
    /// <returns>Null where they are not in the file.</returns>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public static TypeSizes? Walk(
        ProgramImage image, ModuleData module, AddressReader reader, PackageIndex packages, CancellationToken cancellation)
    {
        if (!image.TryMap(module.Types, out long offset, out long available))
        {
            return null;
        }

        long length = Math.Min(available, (long)Math.Min(module.TypesEnd - module.Types, FunctionSizes.MaxTableLength));
        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)length);
        if (length == 0 || !image.Source.TryRead(offset, bytes))
        {
            return null;
        }

        var walk = new TypeSizes(image, reader, packages, module.Types, offset, bytes);
        walk.Seed(module);
        walk.Follow(cancellation);
        walk.Conclude();
        return walk;
    }

    private void Seed(ModuleData module)
    {
        if (module.DescriptorsLength != 0)
        {
            // One descriptor after another, each aligned as a pointer is.
            uint at = (uint)_word;
            ulong end = Math.Min(module.DescriptorsLength, (ulong)_bytes.Length);
            while (at < end && _types.Count < MaxTypes && Add(at) is > 0 and int size)
            {
                at = (uint)Align(at + (uint)size, _word);
            }

            return;
        }

        if (!_image.TryMap(module.TypeLinks.Address, out long offset, out long available))
        {
            return;
        }

        byte[] links = new byte[Math.Min((long)Math.Min(module.TypeLinks.Count, MaxTypes) * 4, available)];
        int read = _image.Source.Read(offset, links);
        for (int at = 0; at + 4 <= read; at += 4)
        {
            _todo.Push(_image.ReadUInt32(links.AsSpan(at)));
        }
    }

    private void Follow(CancellationToken cancellation)
    {
        int steps = 0;
        while (_todo.TryPop(out uint type) && _types.Count < MaxTypes)
        {
            if ((++steps & 0xFFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            Add(type);
        }
    }

    /// <summary>Takes a descriptor in, and notes what it leads to.</summary>
    /// <returns>Its size in bytes; 0 where there is none that could be read.</returns>
    private int Add(uint type)
    {
        if (_types.TryGetValue(type, out (int Size, int Package) known))
        {
            return known.Size;
        }

        int common = (4 * _word) + 16;
        if (type % 4 != 0 || type > _bytes.Length - common)
        {
            return 0;
        }

        int at = (int)type;
        int flags = _bytes[at + (2 * _word) + 4];
        int kind = _bytes[at + (2 * _word) + 7] & KindMask;
        int text = at + (4 * _word) + 8;
        Name(UInt32(text));
        uint pointerTo = UInt32(text + 4);
        if (pointerTo != 0)
        {
            _todo.Push(pointerTo);
        }

        int size = SizeOf(kind, at, common);
        if (size == 0)
        {
            return 0;
        }

        int mask = at + (3 * _word) + 8;
        if ((flags & FlagMaskOnDemand) == 0 && _reader.Word(_start + (ulong)mask, _bytes.AsSpan(mask, _word)) is > 0 and var address)
        {
            FirstMask = Math.Min(FirstMask, address);
        }

        int package = PackageIndex.None;
        if ((flags & FlagUncommon) != 0)
        {
            int uncommon = at + size;
            if (uncommon + 16 > _bytes.Length)
            {
                return 0;
            }

            package = PackageAt(UInt32(uncommon));
            int methods = UInt16(uncommon + 4);
            uint methodsAt = UInt32(uncommon + 8);
            if (methodsAt > _bytes.Length || uncommon + methodsAt + (16L * methods) > _bytes.Length)
            {
                return 0;
            }

            int end = size + 16;
            if (methods > 0)
            {
                AddMethods(uncommon + (int)methodsAt, methods, UInt16(uncommon + 6), package);
                end = Math.Max(end, size + (int)methodsAt + (16 * methods));
            }

            size = end;
        }

        size = Math.Max(size, Parts(kind, at, common, (flags & FlagUncommon) != 0, ref package));
        if (size > _bytes.Length - at)
        {
            return 0;
        }

        _types[type] = (size, package);
        return size;
    }

    // The part that all descriptors of a kind have, without what depends on counts.
    private int SizeOf(int kind, int at, int common)
    {
        switch (kind)
        {
            case 17: // Array: element, slice, length.
                Push(at + common);
                Push(at + common + _word);
                return common + (3 * _word);
            case 18: // Channel: element, direction.
                Push(at + common);
                return common + (2 * _word);
            case 19: // Function: counts of parameters and results.
                return Align(common + 4, _word);
            case 20: // Interface: package, slice of methods.
                return common + (4 * _word);
            case 21: // Map.
                return MapSize(at, common);
            case 22 or 23: // Pointer, slice: element.
                Push(at + common);
                return common + _word;
            case 25: // Structure: package, slice of fields.
                return common + (4 * _word);
            case > 0 and <= 16 or 24 or 26:
                return common;
            default:
                return 0;
        }
    }

    // What follows the fixed part, or is pointed to behind it.
    private int Parts(int kind, int at, int common, bool hasUncommon, ref int package)
    {
        switch (kind)
        {
            case 19:
            {
                int ins = UInt16(at + common);
                int outs = UInt16(at + common + 2) & 0x7FFF;
                int first = Align(common + 4, _word) + (hasUncommon ? 16 : 0);
                for (int i = 0; i < ins + outs; i++)
                {
                    Push(at + first + (i * _word));
                }

                return first + ((ins + outs) * _word);
            }

            case 20:
            {
                package = Own(package, at + common);
                (int first, long count) = Slice(at + common + _word, 8, at);
                for (int i = 0; i < count; i++)
                {
                    Name(UInt32(first + (8 * i)), package);
                    PushOffset(UInt32(first + (8 * i) + 4));
                }

                return count == 0 ? 0 : first - at + (int)(8 * count);
            }

            case 25:
            {
                package = Own(package, at + common);
                (int first, long count) = Slice(at + common + _word, 3 * _word, at);
                for (int i = 0; i < count; i++)
                {
                    int field = first + (3 * _word * i);
                    if (Offset(field) is { } name)
                    {
                        Name(name, package);
                    }

                    Push(field + _word);
                }

                return count == 0 ? 0 : first - at + (int)(3 * _word * count);
            }

            default:
                return 0;
        }
    }

    // Maps have been of three sorts. Until Go 1.23 four sizes follow the four pointers in one word: those of a key, a value,
    // a bucket, and flags. Since then words follow: a group's size (8 bytes, and 8 slots), and a slot's; from Go 1.27 on
    // after the group's size the offset of the keys, which is 8, and more of both keys and values.
    private int MapSize(int at, int common)
    {
        Push(at + common);
        Push(at + common + _word);
        Push(at + common + (2 * _word));
        if (at + common + (11 * _word) > _bytes.Length)
        {
            return 0;
        }

        ulong Word(int index) => _image.ReadWord(_bytes.AsSpan(at + common + (index * _word)));
        const ulong MaxGroup = 0xFFFF;
        int words = UInt32(at + common + (4 * _word)) > MaxGroup ? 4
            : Word(4) != 8 + (8 * Word(5)) || (Word(5) == 8 && (Word(6) >= 8 || Word(7) >= 16)) ? 10
            : 7;
        return Align(common + (words * _word) + (words == 4 ? 8 : 4), _word);
    }

    private static bool IsPath(ReadOnlySpan<byte> text) => text.IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0;

    private void AddMethods(int at, int count, int exported, int package)
    {
        for (int i = 0; i < count; i++)
        {
            int method = at + (16 * i);
            Name(UInt32(method), package);
            uint type = UInt32(method + 4);
            uint function = UInt32(method + 12);
            bool isDropped = function is 0 or Unreachable;
            if (!isDropped)
            {
                MethodFunctions.Add(function);
            }

            // Exported methods come first; only those does reflection find by their names.
            if (i < exported)
            {
                Methods++;
                DroppedMethods += isDropped ? 1 : 0;
            }

            if (type is not (0 or Unreachable))
            {
                PushOffset(type);
            }
        }
    }

    private int Own(int package, int pointer)
    {
        if (package != PackageIndex.None || Offset(pointer) is not { } path || path == 0)
        {
            return package;
        }

        return PackageAt(path);
    }

    private int PackageAt(uint name)
    {
        if (name == 0 || NameAt(name) is not { Length: > 0 } text || !IsPath(text))
        {
            return PackageIndex.None;
        }

        Name(name);
        return _packages.OfPath(Encoding.UTF8.GetString(text));
    }

    // A name is a byte of flags, the length and the text; a tag and a package may follow.
    private ReadOnlySpan<byte> NameAt(uint name)
    {
        int at = (int)Math.Min(name, (uint)_bytes.Length) + 1;
        return TryLength(ref at, out int length) ? _bytes.AsSpan(at, length) : default;
    }

    private void Name(uint name, int package = PackageIndex.None)
    {
        if (name == 0 || name >= _bytes.Length)
        {
            return;
        }

        ref (int Size, int Package) known = ref CollectionsMarshal.GetValueRefOrAddDefault(_names, name, out bool exists);
        if (exists)
        {
            // Of several packages, or of none.
            known.Package = known.Package == package ? package : PackageIndex.None;
            return;
        }

        int at = (int)name + 1;
        int flags = _bytes[(int)name];
        if (!TryLength(ref at, out int length))
        {
            return;
        }

        at += length;
        if ((flags & 2) != 0 && TryLength(ref at, out length))
        {
            at += length;
        }

        at += (flags & 4) != 0 ? 4 : 0;
        known = (Math.Min(at, _bytes.Length) - (int)name, package);
    }

    private bool TryLength(ref int at, out int length)
    {
        length = 0;
        for (int shift = 0; shift < 28 && at < _bytes.Length; shift += 7)
        {
            byte next = _bytes[at++];
            length |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                return length <= _bytes.Length - at;
            }
        }

        return false;
    }

    private void Conclude()
    {
        // What has no package of its own has that of its element: *T, []T, map[K]T.
        foreach ((uint type, (int size, int package)) in _types.ToArray())
        {
            if (package == PackageIndex.None)
            {
                _types[type] = (size, ElementPackage(type, 0));
            }
        }

        Bytes = new long[_packages.Count];
        uint[] starts = [.. _types.Keys, .. _names.Keys];
        (int Size, int Package)[] all = [.. _types.Values, .. _names.Values];
        Array.Sort(starts, all);
        var ranges = new List<(long Offset, long Length)>();
        long end = 0;
        for (int i = 0; i < all.Length; i++)
        {
            (int size, int package) = all[i];
            uint start = starts[i];

            // What overlaps is counted where it comes first.
            long from = Math.Max(start, end);
            long length = start + size - from;
            if (length <= 0)
            {
                continue;
            }

            Bytes[package] += length;
            end = from + length;
            if (ranges.Count > 0 && ranges[^1].Offset + ranges[^1].Length == _offset + from)
            {
                ranges[^1] = (ranges[^1].Offset, ranges[^1].Length + length);
            }
            else
            {
                ranges.Add((_offset + from, length));
            }
        }

        Ranges = ranges;
        End = _offset + end;
    }

    private int ElementPackage(uint type, int depth)
    {
        if (depth > 32 || !_types.TryGetValue(type, out (int Size, int Package) known))
        {
            return PackageIndex.None;
        }

        if (known.Package != PackageIndex.None)
        {
            return known.Package;
        }

        int common = (4 * _word) + 16;
        int place = (_bytes[(int)type + (2 * _word) + 7] & KindMask) switch
        {
            17 or 18 or 22 or 23 => common,
            21 => common + _word,
            _ => -1,
        };
        return place >= 0 && Offset((int)type + place) is { } element ? ElementPackage(element, depth + 1) : PackageIndex.None;
    }

    private void Push(int pointer)
    {
        if (Offset(pointer) is { } offset)
        {
            PushOffset(offset);
        }
    }

    private void PushOffset(uint offset)
    {
        if (offset < _bytes.Length && !_types.ContainsKey(offset))
        {
            _todo.Push(offset);
        }
    }

    /// <summary>The offset among the types that a pointer holds; null where it leads elsewhere.</summary>
    private uint? Offset(int pointer)
    {
        if (pointer < 0 || pointer > _bytes.Length - _word)
        {
            return null;
        }

        ulong value = _reader.Word(_start + (ulong)pointer, _bytes.AsSpan(pointer, _word));
        return value >= _start && value - _start < (ulong)_bytes.Length ? (uint)(value - _start) : null;
    }

    // A slice's array, if it stands behind the type itself.
    private (int First, long Count) Slice(int at, int itemSize, int type)
    {
        if (at > _bytes.Length - (3 * _word) || Offset(at) is not { } first || first < type)
        {
            return (0, 0);
        }

        ulong count = _image.ReadWord(_bytes.AsSpan(at + _word));
        return count > 0xFFFF || first + ((long)count * itemSize) > _bytes.Length ? (0, 0) : ((int)first, (long)count);
    }

    private uint UInt32(int at) => at >= 0 && at <= _bytes.Length - 4 ? _image.ReadUInt32(_bytes.AsSpan(at)) : 0;

    private int UInt16(int at) => at < 0 || at > _bytes.Length - 2 ? 0
        : _image.BigEndian ? (_bytes[at] << 8) | _bytes[at + 1] : _bytes[at] | (_bytes[at + 1] << 8);

    private static int Align(long value, int alignment) => (int)((value + alignment - 1) / alignment * alignment);
}
