namespace GoCross.Sboms;

/// <summary>What components are called inside of a document: by their purl where they have one, each name once.</summary>
internal sealed class SbomReferences
{
    private readonly Dictionary<SbomComponent, string> _names = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<SbomComponent>> _byPath = new(StringComparer.Ordinal);

    /// <summary>Names all components.</summary>
    internal SbomReferences(Sbom sbom, string root)
    {
        _taken.Add(root);
        Root = root;
        foreach (SbomComponent component in sbom.Components)
        {
            string name = component.PackageUrl?.ToString() ?? $"{component.Kind}:{component}";
            string unique = name;
            for (int number = 2; !_taken.Add(unique); number++)
            {
                // Two modules whose paths differ by case alone, or one module with and without a hash.
                unique = $"{name}#{number}";
            }

            _names.Add(component, unique);
            foreach (SbomPlace place in component.Places)
            {
                if (!_byPath.TryGetValue(place.Path, out List<SbomComponent>? components))
                {
                    components = [];
                    _byPath.Add(place.Path, components);
                }

                components.Add(component);
            }
        }
    }

    /// <summary>What the document is of.</summary>
    internal string Root { get; }

    /// <summary>The name of a component.</summary>
    internal string this[SbomComponent component] => _names[component];

    /// <summary>The names of what a program was built from.</summary>
    internal IReadOnlyList<string> PartsOf(string path) =>
    [
        .. _byPath.GetValueOrDefault(path, [])
            .Where(component => component.Kind is SbomComponentKind.GoModule or SbomComponentKind.GoStandardLibrary)
            .Select(component => _names[component])
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];
}
