namespace GoCross.Sizes;

/// <summary>
/// The bytes of a file in cells of kind, section and package. Bytes only move between cells after the file was entered
/// whole, and never more than a cell holds, so that every sum over it is the file's length.
/// </summary>
internal sealed class SizeLedger
{
    private readonly Dictionary<(SizeKind Kind, string Section, string? Package), long> _cells = [];

    /// <summary>The cells and their bytes.</summary>
    public IEnumerable<(SizeKind Kind, string Section, string? Package, long Bytes)> Cells =>
        _cells.Where(cell => cell.Value != 0)
            .Select(cell => (cell.Key.Kind, cell.Key.Section, cell.Key.Package, cell.Value));

    /// <summary>Enters bytes that are nobody's yet.</summary>
    public void Add(SizeKind kind, string section, long bytes)
    {
        ref long cell = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
            _cells, (kind, section, null), out _);
        cell += bytes;
    }

    /// <summary>Gives a package bytes of a kind that are nobody's yet.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="package">The package's path.</param>
    /// <param name="bytes">How many; where fewer are left, it gets those.</param>
    public void Attribute(SizeKind kind, string package, long bytes) =>
        Move(kind, bytes, section => (kind, section, package));

    /// <summary>Says of bytes that are nobody's that they are of another kind.</summary>
    public void Turn(SizeKind from, SizeKind to, long bytes) => Move(from, bytes, section => (to, section, null));

    // A kind lies in one section, or in few.
    private void Move(SizeKind kind, long bytes, Func<string, (SizeKind Kind, string Section, string? Package)> target)
    {
        foreach (string section in SectionsOf(kind))
        {
            ref long source = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrNullRef(
                _cells, (kind, section, null));
            long moved = Math.Min(bytes, source);
            source -= moved;
            bytes -= moved;
            if (moved > 0)
            {
                var key = target(section);
                _cells[key] = _cells.GetValueOrDefault(key) + moved;
            }

            if (bytes == 0)
            {
                return;
            }
        }
    }

    private string[] SectionsOf(SizeKind kind)
    {
        if (!_sections.TryGetValue(kind, out string[]? sections))
        {
            // Sections get no new kinds after the file was entered, but for the kinds that bytes turn into.
            sections = [.. _cells.Where(cell => cell.Key.Kind == kind && cell.Key.Package is null)
                .OrderByDescending(cell => cell.Value).Select(cell => cell.Key.Section)];
            _sections.Add(kind, sections);
        }

        return sections;
    }

    private readonly Dictionary<SizeKind, string[]> _sections = [];
}
